import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chance, seededRandom } from '../../src/games/random.ts'
import type { Seed } from '../../src/hall/ports.ts'
import { isWeak, newSeed, toDraws } from '../../src/hall/seeds.ts'

const SEED: Seed = '1:AAAAAAAAAAAAAAAAAAAAAA'
const WORD = 2 ** 32 - 1

/** Returns the first random numbers of an event, as words. */
function words(seed: Seed, n: number, count: number): number[] {
  const random = toDraws(seed, n)
  return Array.from({ length: count }, () => random.integer(0, WORD))
}

describe('a seed', () => {
  test('has a version and 128 bits, all from the random source', () => {
    const drawn: number[] = []
    const seed = newSeed({ integer: (low, high) => drawn.push(low, high) && 0xffff_ffff, choice: ([first]) => first as never })
    expect(seed).toBe('1:_____________________w')
    expect(drawn).toEqual([0, WORD, 0, WORD, 0, WORD, 0, WORD])
  })

  test('is never the same twice, and each of its bits is 0 as often as 1', () => {
    const seeds = Array.from({ length: 2000 }, () => String(newSeed(chance)))
    expect(new Set(seeds).size).toBe(seeds.length)
    const ones = Array<number>(128).fill(0)
    for (const seed of seeds) {
      const bytes = Buffer.from(seed.slice(2), 'base64url')
      expect(bytes).toHaveLength(16)
      for (let bit = 0; bit < 128; bit++) ones[bit] = (ones[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1)
    }
    // 1,000 each, ± 9 standard deviations
    for (const count of ones) expect(Math.abs(count - 1000)).toBeLessThan(200)
  })

  test('is weak without a version, and not with the present version', () => {
    expect([isWeak(7), isWeak(newSeed(chance))]).toEqual([true, false])
  })
})

describe('random numbers', () => {
  test('are those of HMAC-SHA-256 under the seed, block after block: logs are replayed with them', () => {
    const block = (number: number) => createHmac('sha256', '1:AAAAAAAAAAAAAAAAAAAAAA').update(`5:${number}`).digest()
    const expected = [0, 1, 2].flatMap((number) => Array.from({ length: 8 }, (_, at) => block(number).readUInt32LE(4 * at)))
    expect(words(SEED, 5, 24)).toEqual(expected)
    expect(words(SEED, 5, 3)).toEqual([2_393_866_560, 304_587_510, 3_969_484_257])
  })

  test('are the same each time for an event, and others for another event or another seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e6 }), fc.integer({ min: 2, max: 1e6 }), (n, other) => {
        const seed = newSeed(chance)
        expect(words(seed, n, 9)).toEqual(words(seed, n, 9))
        if (n !== other) expect(words(seed, n, 4)).not.toEqual(words(seed, other, 4))
        expect(words(seed, n, 4)).not.toEqual(words(newSeed(chance), n, 4))
      }),
    )
  })

  test('from a seed without a version are those of the earlier generator', () => {
    for (const [seed, n] of [
      [7, 2],
      [2_147_483_647, 3],
      [-5, 1000],
    ] as const) {
      const [random, was] = [toDraws(seed, n), seededRandom(Math.imul(seed ^ n, 0x9e3779b1))]
      for (let at = 0; at < 10; at++) expect(random.integer(1, 1000)).toBe(was.integer(1, 1000))
    }
  })
})
