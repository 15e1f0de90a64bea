import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Seed, TableEvent, TableEventData } from '../../src/hall/ports.ts'
import { appendEvents } from '../support/append-events.ts'
import { fate, move, type Open } from './samples.ts'

const seat = fc.nat(7)
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\ud800', '"\\\n'))
/** Plain data of JSON, which has no -0. */
const plain = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)))
const optional = { noNullPrototype: true }
const owner = fc.record({ person: text, name: text, token: text }, { requiredKeys: ['person', 'name'], ...optional })
const outcome = fc.record({ winners: fc.array(seat), left: seat }, { requiredKeys: ['winners'], ...optional })
const ms = fc.nat()
/** Seeds of old logs, whose seeds have no version, and of later logs. */
const seed = fc.oneof(
  fc.integer(),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes): Seed => `1:${Buffer.from(bytes).toString('base64url')}`),
)

/** Generates any event of a table. */
export const eventData: fc.Arbitrary<TableEventData> = fc.oneof(
  fc.record(
    {
      type: fc.constant('opened' as const),
      game: text,
      options: plain,
      state: plain,
      seed,
      seats: fc.array(owner),
      rated: fc.boolean(),
      private: fc.boolean(),
      clock: fc.record({ total: ms, turn: ms, grace: ms }, { requiredKeys: [], ...optional }),
    },
    optional,
  ),
  fc.record({ type: fc.constant('moved' as const), seat, move: plain }, optional),
  fc.record({ type: fc.constant('said' as const), name: text, seat, text }, { requiredKeys: ['type', 'name', 'text'], ...optional }),
  fc.record({ type: fc.constant('offered' as const), seat, what: fc.constantFrom('draw' as const, 'rematch' as const) }, optional),
  fc.record(
    { type: fc.constantFrom('declined' as const, 'gone' as const, 'back' as const, 'revoked' as const, 'waited' as const), seat },
    optional,
  ),
  fc.constant({ type: 'suspended' as const }),
  fc.record({ type: fc.constant('reseeded' as const), seed }, optional),
  fc.record(
    { type: fc.constant('ended' as const), outcome, counts: fc.constant(true as const) },
    { requiredKeys: ['type', 'outcome'], ...optional },
  ),
  fc.record({ type: fc.constant('continued' as const), table: fc.integer({ min: 1 }) }, optional),
)

/** An attempt to append to one of a few tables, at a distance from its last number, in the turn of the previous attempt or a new turn. */
const attempt = fc.record({
  table: fc.integer({ min: 1, max: 3 }),
  off: fc.constantFrom(0, 0, 0, 0, -1, 1),
  count: fc.integer({ min: 1, max: 3 }),
  together: fc.boolean(),
})

/** Tests the properties of any store, for any events. */
export function propertiesContract(open: Open): void {
  describe('properties', () => {
    test('any events are read as they were appended', async () => {
      const { tables } = await open()
      await fc.assert(
        fc.asyncProperty(fc.array(eventData, { minLength: 1, maxLength: 8 }), fc.nat(8), async (allData, after) => {
          const table = await tables.newTable()
          const events = allData.map((one, at): TableEvent => ({ ...one, n: at + 1, at: at * 1000 }))
          await appendEvents(tables, table, 0, events)
          expect(await tables.read(table, after)).toEqual(events.slice(after))
        }),
      )
    })

    test('an append succeeds if and only if it follows the last event, and followers see the log', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(attempt, { maxLength: 30 }), async (attempts) => {
          const { tables } = await open()
          const logs = new Map<number, TableEvent[]>([1, 2, 3].map((table) => [table, []]))
          const observed = new Map<number, TableEvent[]>([1, 2, 3].map((table) => [table, []]))
          for (const [table, events] of observed) tables.follow(table, (more) => events.push(...more))
          const appended: Promise<string>[] = []
          const expectedFates: string[] = []
          for (const { table, off, count, together } of attempts) {
            const log = logs.get(table) ?? []
            const expected = Math.max(0, log.length + off)
            const events = Array.from({ length: count }, (_, at) => move(table, expected + 1 + at))
            const fits = expected === log.length
            appended.push(fate(appendEvents(tables, table, expected, events)))
            expectedFates.push(fits ? 'kept' : 'VersionConflict')
            if (fits) log.push(...events)
            if (!together) await appended.at(-1)
          }
          expect(await Promise.all(appended)).toEqual(expectedFates)
          for (const [table, log] of logs) expect(await tables.read(table, 0)).toEqual(log)
          expect(observed).toEqual(logs)
        }),
        { numRuns: 30 },
      )
    })
  })
}
