import { describe, expect, test } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import { findDirections, NumberSearch, ReceivedText } from '../../../src/lab/check/number-search.ts'
import { type Rehearsal, rehearse, toScript } from '../../../src/lab/check/rehearsal.ts'
import { noConsole } from '../../../src/protocol/definition.ts'
import { encode } from '../../../src/wire/text.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { program } from '../../support/play.ts'

const NUMBERS = Array.from({ length: 99 }, (_, at) => String(at + 1))

/** Returns the lines that a search types until it finds a number. */
async function searchFor(secret: number): Promise<readonly string[]> {
  const [end] = memoryPair()
  const received = new ReceivedText(end)
  received.open({ data() {}, finished() {}, closed() {} })
  const search = new NumberSearch({ directions: { low: 'LOW', high: 'HIGH' }, received, lines: () => NUMBERS, typist: noConsole })
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
  test('finds each number within 7 lines', async () => {
    const lengths = await Promise.all(NUMBERS.map(async (secret) => (await searchFor(Number(secret))).length))
    expect(lengths.length).toBe(99)
    expect(Math.max(...lengths)).toBe(7)
  })

  test('finds 50, 25 and 75 within two lines', async () => {
    expect(await searchFor(50)).toEqual(['50'])
    expect(await searchFor(25)).toEqual(['50', '25'])
    expect(await searchFor(75)).toEqual(['50', '75'])
  })

  test.each([
    ['guess', { low: 'LOW', high: 'HIGH' }],
    ['number', { low: 'Too small!', high: 'Too big!' }],
    ['headtail', undefined],
    ['hangman', undefined],
  ])('knows the answers to small and large numbers of %s from rehearsals', async (name, directions) => {
    const rehearsals = await rehearseSome(name)
    expect(rehearsals.length).toBeGreaterThan(10)
    expect(findDirections(rehearsals)).toEqual(directions)
  })
})
