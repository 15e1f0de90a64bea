import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventBatcher, readBatch } from '../../../src/lab/tap/event-batch.ts'
import type { TapEvent } from '../../../src/lab/tap/tap-event.ts'
import { TestClock } from '../../support/test-clock.ts'
import { CLIENT, SERVER, START, segment } from '../recordings/samples.ts'

const place = {
  connection: fc.integer({ min: 1, max: 0xffff_ffff }),
  // the times of the next two centuries are whole numbers of a double
  at: fc.integer({ min: 0, max: 8_000_000_000_000_000 }),
}
const from = fc.constantFrom('client', 'server')
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const length = fc.oneof({ weight: 5, arbitrary: fc.nat(60) }, fc.integer({ min: 30_000, max: 70_000 }))
const bytes = fc.tuple(length, fc.nat(255)).map(([count, first]) => Uint8Array.from({ length: count }, (_, at) => first + at))

const event: fc.Arbitrary<TapEvent> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('segment'), ...place, from, bytes }) },
  fc.record({
    type: fc.constant('open'),
    ...place,
    transport: fc.constantFrom('tcp', 'udp'),
    client: fc.constant(CLIENT),
    server: fc.record({ host: text, port: fc.constant(SERVER.port) }),
  }),
  fc.record({ type: fc.constant('end'), ...place, from, how: fc.constantFrom('fin', 'reset') }),
  fc.record({ type: fc.constant('closed'), ...place }),
  fc.record({ type: fc.constant('sent on'), ...place, from, length: fc.nat() }),
  fc.record({ type: fc.constant('fault'), ...place, sentence: text, isLossy: fc.boolean() }),
  fc.record({ type: fc.constant('time'), at: place.at }),
)

/** Returns the events of batches. */
function readAll(batches: readonly Uint8Array[]): TapEvent[] {
  const read: TapEvent[] = []
  for (const batch of batches) readBatch(batch, (one) => read.push(one))
  return read
}

test('reads the same events, in the same order, from the batches into which the batcher has encoded them', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
      const batches: Uint8Array[] = []
      const batcher = new EventBatcher(new TestClock(), (batch) => batches.push(batch))
      for (const one of events) batcher.push(one)
      batcher.flush()
      expect(readAll(batches)).toEqual(events)
    }),
  )
})

test('reads events from a batch that begins in the middle of its memory', () => {
  const batches: Uint8Array[] = []
  const batcher = new EventBatcher(new TestClock(), (batch) => batches.push(batch))
  batcher.push(segment('server', 'hello\n', 1))
  batcher.flush()
  const [batch = new Uint8Array()] = batches
  const memory = new Uint8Array(batch.length + 7)
  memory.set(batch, 7)
  expect(readAll([memory.subarray(7)])).toEqual([segment('server', 'hello\n', 1)])
})

test('sends the events of a few milliseconds together, in their order, and sends no event twice', async () => {
  const clock = new TestClock()
  const batches: Uint8Array[] = []
  const batcher = new EventBatcher(clock, (batch) => batches.push(batch))
  const times = () => readAll(batches).map(({ at }) => at - START)
  for (let n = 0; n < 300; n++) batcher.push(segment('client', 'hello\n', n))
  expect(batches).toEqual([])
  await clock.pass(10)
  expect(batches).toHaveLength(1)
  expect(times()).toHaveLength(300)
  batcher.push(segment('client', 'hello\n', 300))
  batcher.flush()
  expect(times()).toEqual(Array.from({ length: 301 }, (_, n) => n))
  await clock.pass(100)
  expect(batches).toHaveLength(2)
})

test('sends a full batch before its time, and a batch does not change when later events are added', () => {
  const batches: Uint8Array[] = []
  const batcher = new EventBatcher(new TestClock(), (batch) => batches.push(batch))
  for (let n = 0; n < 20_000; n++) batcher.push(segment('client', 'hello\n', n))
  expect(batches.length).toBeGreaterThan(3)
  const sent = readAll(batches)
  expect(sent.length).toBeGreaterThan(15_000)
  for (const [n, one] of sent.entries()) expect(one).toEqual(segment('client', 'hello\n', n))
})
