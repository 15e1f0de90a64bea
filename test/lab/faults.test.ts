import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addFaults, type FaultPlan, type Faults } from '../../src/lab/faults.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { recordReceived, writesOf } from '../support/received.ts'
import { settled, TestClock } from '../support/test-clock.ts'

/** Parlor's end behind simulated faults, and the peer's raw end. */
function behind(plan: Omit<FaultPlan, 'clock'>, datagrams = false) {
  const [here, there] = memoryPair({ datagrams })
  const clock = new TestClock()
  const ours = addFaults(here, { ...plan, clock })
  return { ours, here, there, clock, writes: () => writesOf(here), peer: recordReceived(there), received: recordReceived(ours) }
}

describe('faults', () => {
  test('none: bytes pass unchanged', async () => {
    const { ours, there, writes, peer, received } = behind({})
    ours.write('a')
    ours.write('')
    ours.write('b')
    there.write('cd')
    ours.finish()
    await settled()
    expect(writes()).toEqual(['a', '', 'b'])
    expect(peer.finished).toBe(true)
    there.finish()
    await settled()
    expect(received).toMatchObject({ pieces: ['cd'], finished: true, closed: '' })
  })

  test('dribble: bytes arrive one by one, each later than the previous one', async () => {
    const { ours, clock, writes, peer } = behind({ toPeer: { dribble: 5 } })
    ours.write('abc')
    ours.finish()
    expect(writes()).toEqual(['a'])
    expect(ours.unsent).toBe(2)
    await clock.pass(4)
    expect(writes()).toEqual(['a'])
    await clock.pass(1)
    expect(writes()).toEqual(['a', 'b'])
    await clock.pass(5)
    expect(writes()).toEqual(['a', 'b', 'c'])
    expect(peer.finished).toBe(true)
    expect(clock.waiting).toBe(0)
  })

  test('cut: bytes are split at the given places, for any writes', async () => {
    const { ours, clock, writes } = behind({ toPeer: { cut: [2, 5] } })
    ours.write('abc')
    ours.write('defg')
    await clock.pass(10)
    expect(writes()).toEqual(['ab', 'c', 'de', 'fg'])
  })

  test('glue: bytes within the time arrive together', async () => {
    const { there, clock, received } = behind({ fromPeer: { glue: 80 } })
    there.write('LOW\n')
    await clock.pass(79)
    there.write('GUESS\n')
    await clock.pass(1)
    expect(received.pieces).toEqual(['LOW\nGUESS\n'])
    there.write('HIGH\n')
    there.finish()
    await settled()
    expect(received.pieces).toEqual(['LOW\nGUESS\n', 'HIGH\n'])
    expect(received.finished).toBe(true)
    expect(clock.waiting).toBe(0)
  })

  test('delay: bytes arrive late, and in order', async () => {
    const { there, clock, received } = behind({ fromPeer: { delay: 100 } })
    there.write('a')
    await clock.pass(50)
    there.write('b')
    there.finish()
    await clock.pass(49)
    expect(received.pieces).toEqual([])
    await clock.pass(1)
    expect(received.pieces).toEqual(['a'])
    await clock.pass(50)
    expect(received).toMatchObject({ pieces: ['a', 'b'], finished: true })
  })

  test.each(['toPeer', 'fromPeer'] as const)('reset after a number of bytes, %s: both sides see a reset connection', async (direction) => {
    const { ours, there, clock, peer, received } = behind({ [direction]: { reset: 5 } })
    ours.write('12345678')
    there.write('12345678')
    await clock.pass(1)
    expect(peer.closed).toBe('ECONNRESET')
    expect(received.closed).toBe('ECONNRESET')
    expect((direction === 'toPeer' ? peer : received).text).toBe('12345')
  })

  test('stop: no byte and no end arrives after a number of bytes; the other direction continues', async () => {
    const { ours, there, clock, peer, received } = behind({ toPeer: { stop: 3 } })
    ours.write('12345')
    ours.write('6')
    ours.finish()
    there.write('hello')
    await clock.pass(1000)
    expect(peer).toMatchObject({ text: '123', finished: false, closed: undefined })
    expect(received.text).toBe('hello')
    ours.destroy()
    await settled()
    expect(received.closed).toBe('')
  })

  test('datagrams are delayed or dropped, and never split or glued', async () => {
    const { there, clock, received } = behind({ fromPeer: { dribble: 5, glue: 10, delay: 20, stop: 8 } }, true)
    for (const text of ['abc', '', 'def', 'ghi', 'x']) there.write(text)
    await clock.pass(20)
    expect(received.pieces).toEqual(['abc', '', 'def'])
  })

  test('a side that has paused reading receives nothing until it resumes', async () => {
    const { ours, there, clock, received } = behind({ fromPeer: { delay: 10 } })
    there.write('a')
    await clock.pass(5)
    ours.pause()
    there.write('b')
    await clock.pass(100)
    expect(received.pieces).toEqual([])
    ours.resume()
    await clock.pass(100)
    expect(received.text).toBe('ab')
  })

  test.each(['destroy', 'reset'] as const)('%s leaves no timer behind', async (way) => {
    const { ours, there, clock, received } = behind({ toPeer: { dribble: 5 }, fromPeer: { glue: 50, delay: 50 } })
    ours.write('abc')
    there.write('def')
    await settled()
    ours[way]()
    await clock.pass(50)
    expect(clock.waiting).toBe(0)
    expect(received).toMatchObject({ text: '', closed: '' })
  })

  const faults: fc.Arbitrary<Faults> = fc.record(
    {
      delay: fc.oneof(fc.nat(50), fc.tuple(fc.nat(20), fc.integer({ min: 20, max: 60 }))),
      glue: fc.nat(50),
      dribble: fc.nat(3),
      chop: fc.integer({ min: 1, max: 5 }),
      cut: fc.array(fc.nat(40), { maxLength: 5 }),
    },
    { requiredKeys: [] },
  )
  const writes = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 12 }), { maxLength: 6 })

  test('any faults but a reset preserve the bytes and their order, and the end is last', async () => {
    await fc.assert(
      fc.asyncProperty(faults, writes, fc.nat(), async (fromPeer, sent, seed) => {
        const { there, clock, received } = behind({ fromPeer, seed })
        for (const text of sent) {
          there.write(text)
          await clock.pass(7)
        }
        there.finish()
        await clock.pass(1000)
        expect(received).toMatchObject({ text: sent.join(''), finished: true })
        expect(clock.waiting).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  test('the same seed repeats the faults, and another seed does not', async () => {
    const run = async (seed: number) => {
      const { ours, clock, writes } = behind({ toPeer: { chop: 8, delay: [0, 30] }, seed })
      ours.write('the quick brown fox jumps over the lazy dog')
      await clock.pass(1000)
      return writes()
    }
    expect(await run(7)).toEqual(await run(7))
    expect(await run(7)).not.toEqual(await run(8))
  })
})
