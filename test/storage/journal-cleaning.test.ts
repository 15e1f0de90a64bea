import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { TableEvent, TableLog } from '../../src/hall/ports.ts'
import { EventLog } from '../../src/storage/event-log.ts'
import { GroupCommit } from '../../src/storage/group-commit.ts'
import { LeaseTable, TableClaims } from '../../src/storage/memory-leases.ts'
import type { Database } from '../../src/storage/sqlite/database.ts'
import { type FlushPolicy, SqliteEventStore } from '../../src/storage/sqlite/event-store.ts'
import { SqliteResults } from '../../src/storage/sqlite/results.ts'
import { ScoreCounts } from '../../src/storage/sqlite/score-counts.ts'
import { appendEvents } from '../support/append-events.ts'
import { databaseIn, folder, leftBy } from '../support/folders.ts'
import { settled, turn } from '../support/test-clock.ts'
import { event, game, move } from './samples.ts'

const ended = (n: number, counts: boolean) => event(n, { type: 'ended', outcome: { winners: [0] }, ...(counts ? { counts } : {}) })

/** A store whose oldest rows a test drops by hand. */
function opened(path: string, pace: Partial<FlushPolicy>) {
  const database = databaseIn(path)
  const trouble = vi.fn()
  const eventStore = new SqliteEventStore(database, trouble, pace)
  const commits = new GroupCommit(eventStore, trouble)
  const log = new EventLog(eventStore, commits, new TableClaims(new LeaseTable()))
  // only so that it knows the followed tables: a pass never begins by itself
  eventStore.compact({ keep: Number.POSITIVE_INFINITY }, (table) => log.isFollowed(table))
  const close = () => {
    commits.close()
    eventStore.close()
    database.close()
  }
  onTestFinished(close)
  return { database, eventStore, log, results: new SqliteResults(database, commits, new ScoreCounts()), trouble, close }
}

/** Drops all rows that can be dropped, one after the other. */
function cleanAll(eventStore: SqliteEventStore): void {
  const end = eventStore.indexedUpTo
  for (let last: number | undefined = 0; last !== undefined && last < end; ) last = eventStore.removeOldest(1)
}

const size = (database: Database) => Number(database.prepare('SELECT sum(length(batch)) AS size FROM journal').get()?.size)
const count = (database: Database, table: string) => Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count)

async function play(log: TableLog, table: number): Promise<void> {
  for (const one of game(table)) await appendEvents(log, table, one.n - 1, [one])
}

test('drops finished tables with the oldest rows, whole, and with their index entries; unfinished tables stay', async () => {
  const path = folder()
  const { database, eventStore, log, close } = opened(path, { lag: 0, entries: 4 })
  await appendEvents(log, 1, 0, [move(1, 1)])
  for (let table = 2; table <= 40; table++) {
    await play(log, table)
    if (table % 10 === 0) await appendEvents(log, 1, table / 10, [move(1, table / 10 + 1)])
  }
  await settled()
  const before = size(database)
  cleanAll(eventStore)
  await settled()
  cleanAll(eventStore)
  expect(size(database)).toBeLessThan(before / 5)
  expect(await log.read(1, 0)).toEqual([1, 2, 3, 4, 5].map((n) => move(1, n)))
  expect(await log.read(2, 0)).toEqual([])
  // the last table stays, so that its number is not used again
  expect(await log.read(40, 0)).toEqual(game(40))
  expect(count(database, 'tables') + count(database, 'blocks')).toBeLessThan(4)
  close()
  const again = opened(path, {})
  expect(await again.log.read(1, 0)).toEqual([1, 2, 3, 4, 5].map((n) => move(1, n)))
  expect([await again.log.unfinished(), await again.log.newTable()]).toEqual([[1], 41])
})

test('drops no table that is followed, none that is rated and not recorded, and not the last recorded table', async () => {
  const { eventStore, log, results } = opened(folder(), { lag: 0, entries: 1 })
  const unfollow = log.follow(1, () => {})
  for (const table of [1, 2, 3, 4]) {
    await appendEvents(log, table, 0, game(table).slice(0, 3))
    await appendEvents(log, table, 3, [ended(4, table > 1)])
  }
  await results.setStandings(2, 'g', [])
  await results.setStandings(3, 'g', [])
  await play(log, 5)
  const clean = async () => {
    await settled()
    cleanAll(eventStore)
  }
  const there = async () =>
    (await Promise.all([1, 2, 3, 4].map(async (table) => [table, (await log.read(table, 0)).length] as const))).filter(
      ([, events]) => events > 0,
    )
  await clean()
  expect(await there()).toEqual([
    [1, 4],
    [3, 4],
    [4, 4],
  ])
  expect([await log.ended(await results.last()), await results.last()]).toEqual([[4], 3])
  await appendEvents(log, 1, 4, [event(5, { type: 'continued', table: 5 })])
  unfollow()
  await results.setStandings(4, 'g', [])
  await play(log, 6)
  await clean()
  await clean()
  await clean()
  expect(await there()).toEqual([[4, 4]])
  expect(await log.ended(await results.last())).toEqual([])
})

test('drops a table from the histories of guests, and leaves it in those of accounts', async () => {
  const { database, eventStore, log } = opened(folder(), { lag: 0, entries: 1 })
  const history = () =>
    database
      .prepare('SELECT person, table_id FROM history ORDER BY person')
      .all()
      .map((row) => Object.values(row))
  for (const person of ['account:1', 'guest:ada'])
    for (const table of [1, 2]) database.run(`INSERT INTO history VALUES ('${person}', ${table}, 0, '{}')`)
  await play(log, 1)
  await play(log, 2)
  await settled()
  cleanAll(eventStore)
  expect(history()).toEqual([
    ['account:1', 1],
    ['account:1', 2],
    ['guest:ada', 2],
  ])
})

test('a step processes a limited number of characters of the journal, or one row', async () => {
  const { database, eventStore, log } = opened(folder(), { lag: 0, entries: 1 })
  for (let table = 1; table <= 20; table++) await play(log, table)
  await settled()
  const rows = database.prepare('SELECT place, length(batch) AS length FROM journal ORDER BY place').all()
  const through = (last: number | undefined) =>
    rows.filter(({ place }) => Number(place) <= (last ?? 0)).reduce((sum, { length }) => sum + Number(length), 0)
  const first = eventStore.removeOldest(600)
  expect(through(first)).toBeGreaterThan(300)
  expect(through(first)).toBeLessThanOrEqual(600)
  expect(eventStore.removeOldest(1)).toBe((first ?? 0) + 1)
})

test('does not move a damaged row, so that its damage can still be found', async () => {
  const { database, eventStore, log } = opened(folder(), { lag: 0, entries: 1 })
  await appendEvents(log, 1, 0, [move(1, 1)])
  await play(log, 2)
  await settled()
  database.run("UPDATE journal SET batch = replace(batch, '1/1', '1/7') WHERE place = 1")
  expect(() => eventStore.removeOldest(1)).toThrow(/place 1 of its journal is not as it was written/)
  expect(count(database, 'journal')).toBeGreaterThan(1)
})

test('a step that fails changes nothing', async () => {
  const path = folder()
  const { database, eventStore, log } = opened(path, { lag: 0, entries: 1 })
  await appendEvents(log, 1, 0, [move(1, 1)])
  await play(log, 2)
  await play(log, 3)
  await settled()
  database.run("CREATE TRIGGER full BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END")
  expect(() => eventStore.removeOldest(1)).toThrow('no room')
  database.run('DROP TRIGGER full')
  await appendEvents(log, 1, 1, [move(1, 2)])
  const left = opened(leftBy(path), {})
  for (const one of [log, left.log]) {
    expect(await one.read(1, 0)).toEqual([move(1, 1), move(1, 2)])
    expect(await one.read(2, 0)).toEqual(game(2))
  }
})

type Step =
  | { readonly table: number; readonly moves: number; readonly ends: boolean; readonly counts: boolean; readonly together: boolean }
  | { readonly turns: number }
  | { readonly clean: number }
  | { readonly follow: number }
  | { readonly opened: 'after closing' | 'after a kill'; readonly pace: Partial<FlushPolicy> }

const pace = fc.record({ lag: fc.constantFrom(0, 50, 300), entries: fc.integer({ min: 1, max: 3 }), row: fc.constantFrom(1, 60, 64_000) })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        table: fc.integer({ min: 1, max: 12 }),
        moves: fc.nat(2),
        ends: fc.boolean(),
        counts: fc.boolean(),
        together: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ turns: fc.nat(4) }) },
    { weight: 3, arbitrary: fc.record({ clean: fc.constantFrom(1, 1, 100, 1000) }) },
    { weight: 1, arbitrary: fc.record({ follow: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ opened: fc.constantFrom('after closing' as const, 'after a kill' as const), pace }) },
  ),
  { minLength: 1, maxLength: 60 },
)

test('if rows are dropped at any moment, unfinished tables stay, and finished tables are there whole or not at all, and do not return', async () => {
  await fc.assert(
    fc.asyncProperty(steps, pace, async (all, first) => {
      let path = folder()
      let store = opened(path, first)
      const logs = new Map<number, TableEvent[]>()
      const over = new Map<number, boolean>()
      const gone = new Set<number>()
      const compare = async () => {
        for (const [table, log] of logs) {
          const read = await store.log.read(table, 0)
          if (read.length === 0) gone.add(table)
          expect([table, read]).toEqual([table, gone.has(table) ? [] : log])
          if (gone.has(table)) expect([table, over.get(table)]).toEqual([table, false])
        }
        const unfinished = [...logs.keys()].filter((table) => !over.has(table)).sort((one, other) => one - other)
        expect(await store.log.unfinished()).toEqual(unfinished)
        // nothing is recorded here, so all rated tables wait for their records
        expect(await store.log.ended()).toEqual([...over].filter(([, counts]) => counts).map(([table]) => table))
      }
      for (const step of [...all, { turns: 4 }, { clean: 1000 }, { opened: 'after a kill', pace: first } as const]) {
        if ('turns' in step) for (let turns = 0; turns < step.turns; turns++) await turn()
        else if ('clean' in step) store.eventStore.removeOldest(step.clean)
        else if ('follow' in step) store.log.follow(step.follow, () => {})
        else if ('opened' in step) {
          await turn()
          if (step.opened === 'after a kill') path = leftBy(path)
          store.close()
          store = opened(path, step.pace)
        } else {
          const { table } = step
          const log = logs.get(table) ?? []
          // a dropped table is not opened again, because numbers of tables are used once
          if ((await store.log.read(table, 0)).length < log.length) gone.add(table)
          if (gone.has(table)) continue
          const events = Array.from({ length: step.moves + (log.length === 0 ? 1 : 0) }, (_, at) => move(table, log.length + 1 + at))
          if (step.ends) events.push(ended(log.length + events.length + 1, step.counts))
          const appended = appendEvents(store.log, table, log.length, events)
          logs.set(table, [...log, ...events])
          if (step.ends && !over.has(table)) over.set(table, step.counts)
          if (!step.together) await appended
          else await turn()
        }
        await compare()
      }
      expect(store.trouble.mock.calls).toEqual([])
      store.close()
    }),
    { numRuns: 60 },
  )
})
