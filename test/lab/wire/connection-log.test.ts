import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WireEvent } from '../../../src/lab/monitor/observation.ts'
import { ConnectionLog, LOG_START } from '../../../src/lab/wire/connection-log.ts'
import { encode } from '../../../src/wire/text.ts'

const side = fc.constantFrom('client' as const, 'server' as const)
const entry = fc.oneof(
  fc.record({ from: side, bytes: fc.uint8Array({ maxLength: 200 }) }),
  fc.record({ from: side, text: fc.string({ unit: 'binary', maxLength: 100 }) }),
  fc.record({ from: side, how: fc.constantFrom('finished' as const, 'reset' as const) }),
)

/** Adds entries to a log, a millisecond apart, and returns the events that they are. */
function fill(log: ConnectionLog, entries: readonly (typeof entry extends fc.Arbitrary<infer Value> ? Value : never)[]): WireEvent[] {
  return entries.map((one, at): WireEvent => {
    const { from } = one
    if ('how' in one) {
      log.addEnd(from, one.how, at)
      return { kind: 'end', at, from, how: one.how }
    }
    if ('text' in one) log.addText(from, one.text, at)
    else log.addBytes(from, one.bytes, at)
    return { kind: 'bytes', at, from, bytes: 'text' in one ? encode(one.text) : Uint8Array.from(one.bytes) }
  })
}

test('a log returns what was added, in any portions', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), fc.integer({ min: 1, max: 70 }), (entries, portion) => {
      const log = new ConnectionLog()
      const added = fill(log, entries)
      const read: WireEvent[] = []
      let position = LOG_START
      while (position.at < log.end) {
        const { events, next } = log.read(position, portion)
        read.push(...events)
        position = next
      }
      expect(read).toEqual(added)
    }),
  )
})

test('a reader that is too slow learns how many bytes of each side it has missed, and a log has at most 32 KB', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ from: side, length: fc.integer({ min: 0, max: 12_000 }) }), { minLength: 20, maxLength: 60 }),
      fc.integer({ min: 1, max: 15 }),
      (all, first) => {
        const log = new ConnectionLog()
        const sum = { client: 0, server: 0 }
        const seen = { client: 0, server: 0 }
        let position = LOG_START
        const read = () => {
          const { events, next } = log.read(position, Number.POSITIVE_INFINITY)
          for (const event of events) {
            if (event.kind === 'bytes') seen[event.from] += event.bytes.length
            if (event.kind === 'gap') seen[event.from] += event.missing ?? 0
          }
          position = next
        }
        for (const [at, { from, length }] of all.entries()) {
          log.addBytes(from, new Uint8Array(length), at)
          sum[from] += length
          if (at < 2 || at % first === 0) read()
        }
        read()
        expect(seen).toEqual(sum)
        expect(log.size).toBeLessThanOrEqual(32 * 1024)
      },
    ),
  )
})

test('a reader that comes after the beginning is lost gets a gap without a number first', () => {
  const log = new ConnectionLog()
  for (let at = 0; at < 100; at++) log.addText('client', 'x'.repeat(1000), at)
  const [first, second] = log.read(LOG_START, 2).events
  expect(first).toMatchObject({ kind: 'gap', missing: undefined })
  expect(second?.kind).toBe('bytes')
})
