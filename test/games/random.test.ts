import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chance, scriptedRandom, seededRandom, WordRandom } from '../../src/games/random.ts'

/** Returns a random source that uses the given words, in turn. */
class Scripted extends WordRandom {
  readonly #words: Iterator<number>

  constructor(words: Iterable<number>) {
    super()
    this.#words = words[Symbol.iterator]()
  }

  protected word(): number {
    const { value, done } = this.#words.next()
    if (done) throw new Error('more words were requested than there are')
    return value
  }
}

const LAST = 2 ** 32 - 1

describe('the random source', () => {
  test('uses the platform’s secure generator, and not Math.random', () => {
    const was = Math.random
    Math.random = () => {
      throw new Error('Math.random was called')
    }
    try {
      const drawn = new Set(Array.from({ length: 1000 }, () => chance.integer(0, 2 ** 53 - 1)))
      expect(drawn.size).toBe(1000)
      expect(['a', 'b']).toContain(chance.choice(['a', 'b']))
      expect(['a', 'b']).toContain(scriptedRandom(['b']).choice(['a', 'b']))
    } finally {
      Math.random = was
    }
  })

  test('stays within any range', () => {
    const number = fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 })
    fc.assert(
      fc.property(number, number, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        const drawn = chance.integer(low, high)
        expect(Number.isSafeInteger(drawn) && drawn >= low && drawn <= high).toBe(true)
      }),
    )
  })

  test('reaches both ends of its range, and all numbers about equally often', () => {
    const counts = Array<number>(10).fill(0)
    for (let at = 0; at < 20_000; at++) {
      const drawn = chance.integer(1, 10) - 1
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    // 2,000 each, ± 8 standard deviations
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(350)
  })

  test.each([
    [3, 2],
    [0.5, 2],
    [0, Number.POSITIVE_INFINITY],
    [Number.NaN, 1],
    [-(2 ** 53 - 1), 2 ** 53 - 1],
  ])('throws for a range from %d to %d', (low, high) => {
    expect(() => chance.integer(low, high)).toThrow(RangeError)
  })

  test('throws for a choice from an empty list', () => {
    expect(() => chance.choice([])).toThrow('there are no items')
  })
})

describe('random numbers from 32-bit words', () => {
  test('are the word modulo the size of the range', () => {
    const random = new Scripted([0, 1, 99, 100, 4_294_967_199])
    expect([1, 2, 3, 4, 5].map(() => random.integer(1, 100))).toEqual([1, 2, 100, 1, 100])
  })

  test('skip words that would make some numbers more likely', () => {
    // 2³² is 96 more than a multiple of 100
    expect(new Scripted([LAST, LAST - 95, LAST - 96]).integer(1, 100)).toBe(100)
    expect(new Scripted([LAST, 7]).choice(['a', 'b', 'c'])).toBe('b')
  })

  test('skip no word if the size divides the number of words', () => {
    expect(new Scripted([LAST]).integer(0, LAST)).toBe(LAST)
    expect(new Scripted([LAST]).integer(1, 16)).toBe(16)
    expect(new Scripted([LAST]).integer(5, 5)).toBe(5)
  })

  test('use two words for a range of more than 2³²', () => {
    expect(new Scripted([LAST, LAST]).integer(0, 2 ** 53 - 1)).toBe(2 ** 53 - 1)
    expect(new Scripted([1 << 11, 5]).integer(-1, 2 ** 53 - 2)).toBe(2 ** 32 + 4)
    // 2⁵³ is not a multiple of 2³² + 1, so the highest are discarded
    expect(new Scripted([LAST, LAST, 0, 3]).integer(0, 2 ** 32)).toBe(3)
  })
})

describe('seeded randomness', () => {
  test('returns the historic numbers for a seed, because logs are replayed with it', () => {
    const random = seededRandom(7)
    expect([1, 2, 3, 4, 5, 6].map(() => random.integer(1, 1000))).toEqual([12, 62, 977, 700, 522, 406])
    expect(seededRandom(-1).choice(['H', 'T'])).toBe(seededRandom(-1).choice(['H', 'T']))
  })
})
