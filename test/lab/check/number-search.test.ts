import { describe, expect, test } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import { seededRandom } from '../../../src/games/random.ts'
import { findDirections, NumberSearch, ReceivedText } from '../../../src/lab/check/number-search.ts'
import { type Rehearsal, rehearse, toScript } from '../../../src/lab/check/rehearsal.ts'
import { noConsole } from '../../../src/protocol/definition.ts'
import { encode } from '../../../src/wire/text.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { program } from '../../support/play.ts'

const NUMBERS = Array.from({ length: 99 }, (_, at) => String(at + 1))

/** Returns the lines that a search types until it finds a number. */
async function searchFor(secret: number, seed = 1): Promise<readonly string[]> {
  const [end] = memoryPair()
  const received = new ReceivedText(end)
  received.open({ data() {}, finished() {}, closed() {} })
  const directions = { low: 'LOW', high: 'HIGH' }
  const random = seededRandom(seed)
  const search = new NumberSearch({ directions, received, lines: () => NUMBERS, typist: noConsole, random })
  const typed: string[] = []
  while (typed.at(-1) !== String(secret)) {
    const line = await search.ask('Guess: ')
    typed.push(line)
    received.data(encode(`${Number(line) < secret ? 'LOW' : 'HIGH'}\nGUESS\n`))
  }
  return typed
}

async function rehearseSome(name: string): Promise<readonly Rehearsal[]> {
  const subject = { program: await program(name), options: {}, role: 'server', random: undefined, clock: createSystemClock() } as const
  const found: Rehearsal[] = []
  for (let number = 0; number < 40; number++) {
    const rehearsal = await rehearse(subject, toScript(1, number))
    if (rehearsal) found.push(rehearsal)
  }
  return found
}

describe('a search for a number', () => {
  test('finds each number within 9 lines', async () => {
    const lengths = await Promise.all(NUMBERS.map(async (secret) => (await searchFor(Number(secret))).length))
    expect(lengths.length).toBe(99)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(9)
  })

  test('takes another way with another seed, and finds a fixed number within five lines by one of six ways', async () => {
    const ways = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => searchFor(42, seed)))
    expect(new Set(ways.map(String)).size).toBeGreaterThan(3)
    expect(Math.min(...ways.map(({ length }) => length))).toBeLessThanOrEqual(5)
    expect(await searchFor(42, 1)).toEqual(ways[0])
  })

  test('leaves a line to the typist if the role has refused the number, and asks again without an answer', async () => {
    const [end] = memoryPair()
    const typist = { ...noConsole, ask: async () => 'typed' }
    const options = { directions: { low: 'LOW', high: 'HIGH' }, received: new ReceivedText(end), lines: () => NUMBERS, typist }
    const search = new NumberSearch({ ...options, random: seededRandom(1) })
    expect(NUMBERS).toContain(await search.ask('Guess: '))
    expect(await search.ask('Guess: ')).toBe('typed')
  })

  test.each([
    ['guess', { low: 'LOW', high: 'HIGH' }],
    ['number', { low: 'Too small!', high: 'Too big!' }],
    ['headtail', undefined],
    ['scissors', undefined],
    ['hangman', undefined],
  ])('knows the answers to small and large numbers of %s from rehearsals', async (name, directions) => {
    const rehearsals = await rehearseSome(name)
    expect(rehearsals.length).toBeGreaterThan(10)
    expect(findDirections(rehearsals)).toEqual(directions)
  })
})
