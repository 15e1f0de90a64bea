import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FaultSettings, formatFaults, hasChance, parseFaults, toRules } from '../../src/lab/fault-grammar.ts'
import { addFaults } from '../../src/lab/faults.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { recordReceived, writesOf } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const size = fc.integer({ min: 1, max: 65_536 })
const time = fc.integer({ min: 0, max: 600_000 })
const ranged = (value: fc.Arbitrary<number>) =>
  fc.oneof(
    value,
    fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  )
const faults = fc.record(
  { split: ranged(size), glue: time, delay: ranged(time), dribble: time, reset: size, stop: size },
  { requiredKeys: [] },
)

describe('the grammar of faults', () => {
  test.each<[string, FaultSettings]>([
    ['split 8', { toPeer: { split: 8 } }],
    ['glue 80ms', { toPeer: { glue: 80 } }],
    ['delay 5ms..20ms', { toPeer: { delay: [5, 20] } }],
    ['in:delay 5..20', { fromPeer: { delay: [5, 20] } }],
    ['both:split 1..5, in: glue 2s', { toPeer: { split: [1, 5] }, fromPeer: { split: [1, 5], glue: 2000 } }],
    ['out:split 8,in:split 4', { toPeer: { split: 8 }, fromPeer: { split: 4 } }],
    ['delay 0.5s', { toPeer: { delay: 500 } }],
    ['reset 100,in:stop 5', { toPeer: { reset: 100 }, fromPeer: { stop: 5 } }],
  ])('%s', (text, network) => {
    expect(parseFaults(text)).toEqual(network)
  })

  test.each([
    ['', 'is not a network rule'],
    ['split', 'is not a network rule'],
    ['cut 8', 'is not a network rule'],
    ['split 0', 'split takes a number of bytes from 1 to 65536, or a range such as 1..5, not "0"'],
    ['split 5..1', 'split 5..1 runs backwards: write 1..5'],
    ['in:delay 20..5ms', 'delay 20..5ms runs backwards: write 5ms..20'],
    ['split 5..0', 'split takes'],
    ['glue 20..5', 'glue takes'],
    ['split 1..2..3', 'split takes'],
    ['split -1', 'split takes'],
    ['split 1e3', 'split takes'],
    ['glue 1ms..2ms', 'glue takes a time such as 5ms or 2s, up to 10m, not "1ms..2ms"'],
    ['delay 11m', 'delay takes'],
    ['delay 5h', 'delay takes'],
    ['up:split 8', 'a direction is in, out or both, not "up"'],
    ['split 8,split 4', 'split is given twice for one direction'],
    ['both:split 8,in:split 4', 'split is given twice'],
  ])('%j is refused with a sentence', (text, sentence) => {
    expect(parseFaults(text)).toMatchObject({ refused: expect.stringContaining(sentence) })
  })

  test('formatted rules parse to the same rules, and any text is parsed or refused', () => {
    fc.assert(
      fc.property(fc.record({ toPeer: faults, fromPeer: faults }), (network) => {
        const text = formatFaults(network)
        const filled = Object.fromEntries(Object.entries(network).filter(([, one]) => Object.keys(one).length > 0))
        if (text !== '') expect(parseFaults(text)).toEqual(filled)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'splitgluedelayinout:., 0158m-') }), (text) => {
        const network = parseFaults(text)
        if (!('refused' in network)) expect(parseFaults(formatFaults(network))).toEqual(network)
      }),
    )
  })

  test('the value of an option is a rule without its verb', () => {
    expect(toRules('split', '8')).toBe('split 8')
    expect(toRules('split', 'in:8, out:1..5')).toBe('in:split 8,out:split 1..5')
    expect(parseFaults(toRules('delay', 'both:5ms..20ms'))).toEqual({ toPeer: { delay: [5, 20] }, fromPeer: { delay: [5, 20] } })
    expect(hasChance({ toPeer: { split: [1, 5] } })).toBe(true)
    expect(hasChance({ fromPeer: { delay: 5, split: 3 } })).toBe(false)
  })
})

describe('a network that splits', () => {
  function behind(text: string, seed = 1) {
    const network = parseFaults(text)
    if ('refused' in network) throw new Error(network.refused)
    const [here, there] = memoryPair()
    const clock = new TestClock()
    const ours = addFaults(here, { ...network, seed, clock })
    return { ours, here, there, clock, peer: recordReceived(there), received: recordReceived(ours), writes: () => writesOf(here) }
  }

  test('split 3: sends pieces of three bytes, a millisecond apart', async () => {
    const { ours, clock, writes } = behind('split 3')
    ours.write('Hello\nabc')
    expect(writes()).toEqual(['Hel'])
    await clock.pass(2)
    expect(writes()).toEqual(['Hel', 'lo\n', 'abc'])
  })

  test('split 3, delay 100ms: sends each piece 100 ms after the previous one', async () => {
    const { ours, clock, writes } = behind('split 3,delay 100ms')
    ours.write('Hello\n')
    await clock.pass(99)
    expect(writes()).toEqual([])
    await clock.pass(1)
    expect(writes()).toEqual(['Hel'])
    await clock.pass(99)
    expect(writes()).toEqual(['Hel'])
    await clock.pass(1)
    expect(writes()).toEqual(['Hel', 'lo\n'])
  })

  test('split 1..4: splits at random, repeats for the same seed, and loses no byte', async () => {
    const text = 'abcdefghijklmnopqrstuvwxyz'
    const run = async (seed: number) => {
      const { ours, clock, writes, peer } = behind('split 1..4', seed)
      ours.write(text)
      ours.finish()
      await clock.pass(100)
      expect(peer).toMatchObject({ text, finished: true })
      return writes().join('|')
    }
    expect(await run(7)).toBe(await run(7))
    expect(await run(7)).not.toBe(await run(8))
    for (const piece of (await run(7)).split('|')) expect(piece.length).toBeLessThanOrEqual(4)
  })

  test('in: splits the bytes that are read, not those that are written, and passes a reset on', async () => {
    const { ours, there, clock, received, writes } = behind('in:split 2')
    ours.write('whole')
    there.write('abcde')
    await clock.pass(10)
    expect(writes()).toEqual(['whole'])
    expect(received.pieces).toEqual(['ab', 'cd', 'e'])
    there.reset()
    await settled()
    expect(received.closed).toBe('ECONNRESET')
  })
})
