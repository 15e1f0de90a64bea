import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addFaults } from '../../../src/lab/faults/faulty-transport.ts'
import { memoryPair } from '../../../src/wire/transports/memory.ts'
import { faultProgram, faultRules } from '../../support/faults.ts'
import { recordReceived } from '../../support/received.ts'
import { settled, TestClock } from '../../support/test-clock.ts'

/** Our end, that of the server of fh/time, behind faults, and the peer's raw end. */
async function behind(rules: string, seed = 1) {
  const [here, there] = memoryPair({ datagrams: true })
  const clock = new TestClock()
  const ours = addFaults(here, { program: await faultProgram('time'), rules: faultRules(rules), seed, clock })
  return { ours, there, clock, peer: recordReceived(there), heard: recordReceived(ours) }
}

const NUMBERS = Array.from({ length: 1000 }, (_, at) => String(at))

/** Sends numbered datagrams, `gap` milliseconds apart, and returns what arrives. */
async function deliver(rules: string, seed: number, numbers: readonly string[], gap = 0): Promise<readonly string[]> {
  const { ours, there, clock, peer } = await behind(rules, seed)
  expect(there.datagrams).toBe(true)
  for (const text of numbers) {
    ours.write(text)
    if (gap > 0) await clock.pass(gap)
  }
  ours.finish()
  await clock.pass(2000)
  expect(clock.waiting).toBe(0)
  expect(peer.closed).toBe(undefined)
  expect(peer.finished).toBe(true)
  return peer.pieces
}

describe('faults of datagrams', () => {
  test('delay, stop: datagrams are late, in order, or dropped, and faults of streams do nothing', async () => {
    const { there, clock, heard } = await behind('in:dribble 5,in:glue 10,in:delay 20,in:stop 8')
    for (const text of ['abc', '', 'def', 'ghi', 'x']) there.write(text)
    await clock.pass(20)
    expect(heard.pieces).toEqual(['abc', '', 'def'])
  })

  test.each([
    ['lose 2nd', ['0', '2', '3']],
    ['lose third', ['0', '1', '3']],
    ['lose at 1st answer', ['1', '2', '3']],
    ['lose 100%', []],
    ['duplicate 2nd', ['0', '1', '1', '2', '3']],
    ['reorder 1st', ['1', '0', '2', '3']],
    ['reorder 1st,reorder 2nd', ['2', '1', '0', '3']],
    ['reorder 4th', ['0', '1', '2', '3']],
    ['reorder 100%', ['3', '2', '1', '0']],
    ['stop before 3rd message', ['0', '1']],
    ['stop after 3rd message', ['0', '1', '2']],
    ['stop 2', ['0', '1']],
  ])('%s', async (rules, expected) => {
    expect((await deliver(rules, 1, ['0', '1', '2', '3'])).filter((text) => text !== '')).toEqual(expected)
  })

  test('lose 20%: about a fifth is lost, and the rest arrives once, in order', async () => {
    const left = await deliver('lose 20%', 5, NUMBERS)
    expect(left.length).toBeGreaterThan(740)
    expect(left.length).toBeLessThan(860)
    expect(left).toEqual(NUMBERS.filter((text) => left.includes(text)))
  })

  test('reorder, duplicate, delay: nothing is lost', async () => {
    const all = await deliver('reorder 30%,duplicate 10%,delay 1..50', 5, NUMBERS.slice(0, 800))
    expect(new Set(all)).toEqual(new Set(NUMBERS.slice(0, 800)))
    expect(all.length).toBeGreaterThan(840)
    expect(all).not.toEqual(all.toSorted((one, other) => Number(one) - Number(other)))
  })

  test('a reordered datagram that no other follows arrives after a second', async () => {
    const { there, clock, heard } = await behind('in:reorder 2nd')
    there.write('a')
    there.write('b')
    await clock.pass(999)
    expect(heard.pieces).toEqual(['a'])
    await clock.pass(1)
    expect(heard.pieces).toEqual(['a', 'b'])
  })

  test('a flood of late datagrams is bounded', async () => {
    const { there, clock, heard } = await behind('in:delay 5s')
    for (let times = 0; times < 3000; times++) there.write('x')
    await clock.pass(5000)
    expect(heard.pieces).toHaveLength(1024)
  })

  test('closing leaves no timer behind', async () => {
    const { ours, there, clock, heard } = await behind('reorder 100%,in:delay 1m')
    ours.write('a')
    there.write('b')
    await settled()
    ours.destroy()
    await clock.pass(1)
    expect(clock.waiting).toBe(0)
    expect(heard).toMatchObject({ text: '', closed: '' })
  })

  test('a datagram has the same fate at any time of its arrival, and another fate with another seed', async () => {
    const rules = fc.subarray(['lose 30%', 'duplicate 30%', 'reorder 30%', 'lose 3rd', 'duplicate at 5th message', 'delay 3', 'stop 40'], {
      minLength: 1,
    })
    const sent = NUMBERS.slice(0, 40)
    const all = new Set<string>()
    await fc.assert(
      fc.asyncProperty(rules, fc.nat(65_535), fc.integer({ min: 1, max: 20 }), async (list, seed, gap) => {
        const whole = await deliver(list.join(','), seed, sent)
        all.add(whole.join(' '))
        expect(await deliver(list.join(','), seed, sent, gap)).toEqual(whole)
      }),
      { numRuns: 40 },
    )
    expect(all.size).toBeGreaterThan(20)
  })
})
