import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Store, TableEvent } from '../../src/hall/ports.ts'
import type { Database } from '../../src/storage/sqlite/database.ts'
import type { FlushPolicy } from '../../src/storage/sqlite/event-store.ts'
import { appendEvents } from '../support/append-events.ts'
import { databaseIn, folder, leftBy, storeIn } from '../support/folders.ts'
import { settled, turn } from '../support/test-clock.ts'
import { contract } from './contract.ts'
import { event, fate, fates, move } from './samples.ts'

/** One turn of the event loop. */

/** Returns the positions of the table index and of the journal. */
function reach(database: Database): unknown[] {
  return Object.values(database.prepare('SELECT (SELECT place FROM covered), (SELECT max(place) FROM journal)').get() ?? {})
}

const AT_ONCE: Partial<FlushPolicy> = { lag: 0, entries: 1 }
const ended = (n: number, counts = true) => event(n, { type: 'ended', outcome: { winners: [0] }, ...(counts ? { counts } : {}) })

describe('a store whose table index is updated immediately', () => {
  contract(async (onError) => storeIn(databaseIn(folder()), AT_ONCE, onError))
})

describe('the table index', () => {
  test('is updated for some tables per turn, when the journal is far enough ahead', async () => {
    const database = databaseIn(folder())
    const { tables } = storeIn(database, { lag: 120, entries: 2 })
    await appendEvents(tables, 1, 0, [move(1, 1)])
    await turn()
    expect(reach(database)).toEqual([0, 1])
    await Promise.all([2, 3, 4, 5].map((table) => appendEvents(tables, table, 0, [move(table, 1)])))
    const noted: unknown[] = []
    for (let turns = 0; turns < 4; turns++) {
      noted.push(database.prepare('SELECT count(*) AS count FROM tables').get()?.count)
      if (turns === 1) void appendEvents(tables, 6, 0, [move(6, 1)])
      await turn()
    }
    expect(noted).toEqual([0, 2, 4, 5])
    expect(reach(database)).toEqual([2, 3])
  })

  test('is complete when the store is closed', async () => {
    const path = folder()
    const { tables, close } = storeIn(databaseIn(path), { lag: 1_000_000, entries: 2 })
    await Promise.all([1, 2, 3].map((table) => appendEvents(tables, table, 0, [move(table, 1)])))
    await appendEvents(tables, 2, 1, [ended(2)])
    await close()
    const database = databaseIn(path)
    expect(reach(database)).toEqual([2, 2])
    expect(database.prepare('SELECT * FROM tables ORDER BY id').all()).toEqual([
      expect.objectContaining({ id: 1, version: 1, places: ' 1:0', ended: null, counts: 0 }),
      expect.objectContaining({ id: 2, version: 2, places: ' 1:28 2:0', ended: 1, counts: 1 }),
      expect.objectContaining({ id: 3, version: 1, places: ' 1:56', ended: null, counts: 0 }),
    ])
  })

  test('stores unrated finished tables in blocks, and all others separately', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables, close } = storeIn(database, { lag: 1_000_000, entries: 2 })
    const blocks = () => database.prepare('SELECT block, first, entries FROM blocks ORDER BY block, first').all()
    for (const table of [3, 700, 4]) await appendEvents(tables, table, 0, [move(table, 1)])
    await appendEvents(tables, 700, 1, [ended(2, false)])
    await appendEvents(tables, 3, 1, [ended(2)])
    expect(blocks()).toEqual([])
    await Promise.all([appendEvents(tables, 4, 1, [ended(2, false)]), appendEvents(tables, 5, 0, [move(5, 1)])])
    const first = [
      expect.objectContaining({ block: 0, first: 4, entries: '\n4 2 3 3:0 6:0' }),
      expect.objectContaining({ block: 2, first: 700, entries: '\n700 2 1 2:0 4:0' }),
    ]
    expect(blocks()).toEqual(first)
    // later events are in a row of their own
    await appendEvents(tables, 4, 2, [move(4, 3)])
    await appendEvents(tables, 5, 1, [ended(2, false)])
    await close()
    const again = databaseIn(path)
    const left = storeIn(again)
    expect(again.prepare('SELECT first FROM blocks').all()).toEqual([4, 5, 700].map((one) => expect.objectContaining({ first: one })))
    expect(again.prepare('SELECT id FROM tables ORDER BY id').all()).toEqual([3, 4].map((id) => expect.objectContaining({ id })))
    expect([await left.tables.read(4, 0), await left.tables.read(700, 0)]).toEqual([
      [move(4, 1), ended(2, false), move(4, 3)],
      [move(700, 1), ended(2, false)],
    ])
    expect([await left.tables.ended(), await left.tables.ended(700), await left.tables.ended(4)]).toEqual([[3], [3], []])
    expect([await left.tables.unfinished(), await left.tables.newTable()]).toEqual([[], 701])
  })

  test('stores a table that ends during an update in a block, and only there', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables } = storeIn(database, { lag: 200, entries: 3 })
    const rows = () =>
      database
        .prepare('SELECT id FROM tables ORDER BY id')
        .all()
        .map(({ id }) => id)
    const blocks = () =>
      database
        .prepare('SELECT entries FROM blocks')
        .all()
        .map(({ entries }) => entries)
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((table) => appendEvents(tables, table, 0, [move(table, 1)])))
    await turn()
    await Promise.all([8, 2].map((table) => appendEvents(tables, table, 1, [ended(2, false)])))
    await settled()
    // one table had its row already
    expect(rows()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(blocks()).toEqual([expect.stringMatching(/^\n8 2 1 1:\d+ 2:0$/)])
    const left = storeIn(databaseIn(leftBy(path))).tables
    expect([await left.read(8, 0), await left.unfinished()]).toEqual([
      [move(8, 1), ended(2, false)],
      [1, 3, 4, 5, 6, 7],
    ])
    for (const table of [2, 8]) expect(await tables.read(table, 0)).toEqual([move(table, 1), ended(2, false)])
  })

  test('has all finished tables when its position advances, some entries per turn', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables } = storeIn(database, { lag: 100, entries: 2 }, vi.fn())
    database.run("CREATE TRIGGER full BEFORE INSERT ON blocks BEGIN SELECT RAISE(ABORT, 'no room'); END")
    await Promise.all([1, 2, 3, 4, 5].map((table) => appendEvents(tables, table, 0, [ended(1, false)])))
    database.run('DROP TRIGGER full')
    await appendEvents(tables, 6, 0, [move(6, 1), move(6, 2), move(6, 3), move(6, 4), move(6, 5)])
    const inBlocks: number[] = []
    while (reach(database)[0] !== 2) {
      inBlocks.push(database.prepare('SELECT entries FROM blocks').all().length)
      await turn()
    }
    expect(inBlocks.length).toBeGreaterThan(2)
    const left = storeIn(databaseIn(leftBy(path))).tables
    for (const table of [1, 2, 3, 4, 5]) expect(await left.read(table, 0)).toEqual([ended(1, false)])
  })

  test('has 256 tables in a block, as in all files', async () => {
    const database = databaseIn(folder())
    const { tables } = storeIn(database, { lag: 1_000_000, entries: 4 })
    await Promise.all([255, 256, 257, 511].map((table) => appendEvents(tables, table, 0, [ended(1, false)])))
    expect(database.prepare('SELECT block, first FROM blocks ORDER BY block').all()).toEqual([
      expect.objectContaining({ block: 0, first: 255 }),
      expect.objectContaining({ block: 1, first: 256 }),
    ])
    for (const table of [255, 256, 257, 511]) expect(await tables.read(table, 0)).toEqual([ended(1, false)])
  })

  test('is read on opening without reading its blocks again and again', async () => {
    const path = folder()
    const { tables } = storeIn(databaseIn(path), { lag: 1_000_000, entries: 16 })
    const all = Array.from({ length: 1000 }, (_, at) => at + 1)
    for (let from = 0; from < all.length; from += 20) {
      const some = all.slice(from, from + 20)
      await Promise.all(some.map((table) => appendEvents(tables, table, 0, [move(table, 1)])))
      await Promise.all(some.map((table) => appendEvents(tables, table, 1, [ended(2, false)])))
    }
    const database = databaseIn(leftBy(path))
    let asked = 0
    const ask = database.query.bind(database)
    vi.spyOn(database, 'query').mockImplementation((question) => {
      asked++
      return ask(question)
    })
    const left = storeIn(database)
    // a row is looked up once for each table, and each block is read a few times
    expect(asked).toBeLessThan(all.length + 50)
    expect(await left.tables.unfinished()).toEqual([])
  })

  test.each(['blocks', 'tables', 'covered'])(
    'blocks no game if it cannot write %s, reports that to the error handler, and retries the write later',
    async (what) => {
      const path = folder()
      let database = databaseIn(path)
      const onError = vi.fn()
      let { tables } = storeIn(database, { lag: 100, entries: 2 }, onError)
      const trigger = `CREATE TRIGGER full BEFORE ${what === 'covered' ? 'UPDATE' : 'INSERT'} ON ${what} BEGIN SELECT RAISE(ABORT, 'no room'); END`
      database.run(trigger)
      for (const table of [1, 2, 3, 4, 5, 6, 7, 8]) {
        await appendEvents(tables, table, 0, [move(table, 1)])
        if (table % 2 === 0) await appendEvents(tables, table, 1, [ended(2, false)])
        await turn()
      }
      expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'failed', message: expect.stringContaining('no room') }))
      // not with each commit
      expect(onError.mock.calls.length).toBeLessThan(8)
      expect(await tables.unfinished()).toEqual([1, 3, 5, 7])

      // nor after a kill
      database = databaseIn(leftBy(path))
      tables = storeIn(database, { lag: 100, entries: 2 }, onError).tables
      for (const table of [1, 3]) await appendEvents(tables, table, 1, [ended(2, false)])
      database.run('DROP TRIGGER full')
      for (let table = 9; reach(database)[0] !== reach(database)[1]; table++) {
        await appendEvents(tables, table, 0, [move(table, 1), ended(2, false)])
        await settled()
      }
      for (const table of [2, 4, 6, 8, 1, 3, 9]) expect(await tables.read(table, 0)).toEqual([move(table, 1), ended(2, false)])
      expect(await tables.unfinished()).toEqual([5, 7])
    },
  )

  test('retries a failed write when the store is closed', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables, close } = storeIn(database, AT_ONCE, vi.fn())
    database.run("CREATE TRIGGER full BEFORE UPDATE ON covered BEGIN SELECT RAISE(ABORT, 'no room'); END")
    await appendEvents(tables, 1, 0, [move(1, 1)])
    await turn()
    await turn()
    database.run('DROP TRIGGER full')
    await close()
    expect(reach(databaseIn(path))).toEqual([1, 1])
  })

  test.each([
    ['something before the first entry', "UPDATE blocks SET entries = 'X' || substr(entries, 2)"],
    ['no places', "UPDATE blocks SET entries = replace(entries, ' 1:0', '')"],
    ['an entry of another block', "UPDATE blocks SET entries = char(10) || '300 2 1 1:0'"],
  ])('causes an error of damage if a block has %s, and does not extend that block', async (_, sql) => {
    const path = folder()
    const { tables, close } = storeIn(databaseIn(path))
    await appendEvents(tables, 1, 0, [move(1, 1), ended(2, false)])
    await appendEvents(tables, 900, 0, [ended(1, false)])
    await close()
    const database = databaseIn(path)
    database.run(`${sql} WHERE block = 0`)
    const left = storeIn(database).tables
    await expect(left.read(1, 0)).rejects.toMatchObject({ code: 'damaged' })
    expect(await fates([appendEvents(left, 1, 0, [move(1, 1)]), appendEvents(left, 1, 2, [move(1, 3)])])).toEqual([
      'StoreError',
      'StoreError',
    ])
    expect(await left.read(900, 0)).toEqual([ended(1, false)])
  })

  test('reports a damaged block', async () => {
    const path = folder()
    const { tables, close } = storeIn(databaseIn(path))
    await appendEvents(tables, 1, 0, [ended(1, false)])
    await close()
    const database = databaseIn(path)
    database.run("UPDATE blocks SET entries = entries || '?'")
    expect(() => storeIn(database)).toThrow('the store is damaged: expected the entry of a table, found 1 1 1 1:0?')
  })

  test('reports and retries a failed write; the journal is complete meanwhile', async () => {
    const path = folder()
    const database = databaseIn(path)
    const onError = vi.fn()
    const { tables } = storeIn(database, AT_ONCE, onError)
    database.run("CREATE TRIGGER full BEFORE INSERT ON tables BEGIN SELECT RAISE(ABORT, 'no room'); END")
    await appendEvents(tables, 1, 0, [move(1, 1), ended(2)])
    await turn()
    await turn()
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code: 'failed', message: expect.stringContaining('no room') })]])
    expect(reach(database)).toEqual([0, 1])
    expect([await tables.read(1, 0), await tables.ended()]).toEqual([[move(1, 1), ended(2)], [1]])

    database.run('DROP TRIGGER full')
    await appendEvents(tables, 2, 0, [move(2, 1)])
    await settled()
    expect([await tables.read(1, 0), await tables.ended(), await tables.unfinished()]).toEqual([[move(1, 1), ended(2)], [1], [2]])
    expect(onError).toHaveBeenCalledTimes(1)
  })
})

describe('a commit that fails', () => {
  test('adds none of its tables to a block', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables, close } = storeIn(database, { lag: 1_000_000, entries: 2 })
    await Promise.all([1, 2, 3].map((table) => appendEvents(tables, table, 0, [move(table, 1)])))
    database.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END")
    expect(await fates([appendEvents(tables, 1, 1, [ended(2, false)])])).toEqual(['StoreError'])
    database.run('DROP TRIGGER full')
    await appendEvents(tables, 2, 1, [ended(2, false)])
    await appendEvents(tables, 3, 1, [ended(2, false)])
    expect(await tables.unfinished()).toEqual([1])
    await appendEvents(tables, 1, 1, [move(1, 2)])
    await close()
    const left = storeIn(databaseIn(path)).tables
    expect([await left.read(1, 0), await left.unfinished()]).toEqual([[move(1, 1), move(1, 2)], [1]])
    expect(await left.read(2, 0)).toEqual([move(2, 1), ended(2, false)])
  })

  test('leaves no trace of the tables that it would have opened or ended', async () => {
    const database = databaseIn(folder())
    const { tables } = storeIn(database)
    await appendEvents(tables, 1, 0, [move(1, 1)])
    database.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END")
    const lost = [appendEvents(tables, 1, 1, [ended(2)]), appendEvents(tables, 2, 0, [move(2, 1)]), appendEvents(tables, 2, 1, [ended(2)])]
    expect(await fates(lost)).toEqual(['StoreError', 'StoreError', 'VersionConflict'])
    expect([await tables.unfinished(), await tables.ended()]).toEqual([[1], []])
    expect([await tables.read(1, 0), await tables.read(2, 0)]).toEqual([[move(1, 1)], []])

    database.run('DROP TRIGGER full')
    await appendEvents(tables, 2, 0, [move(2, 1), ended(2)])
    await appendEvents(tables, 1, 1, [ended(2)])
    expect([await tables.unfinished(), await tables.ended(), await tables.ended(2)]).toEqual([[], [2, 1], [1]])
    expect(reach(database)).toEqual([0, 3])
  })
})

test('a kill during an update of the table index leads to the same order of ends', async () => {
  const path = folder()
  const database = databaseIn(path)
  const { tables } = storeIn(database, AT_ONCE)
  database.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END")
  expect(await fates([appendEvents(tables, 9, 0, [ended(1)])])).toEqual(['StoreError'])
  database.run('DROP TRIGGER full')
  // the table index adds them by number, so it has 5 before 7
  void appendEvents(tables, 2, 0, [ended(1)])
  void appendEvents(tables, 2, 1, [ended(2)])
  void appendEvents(tables, 7, 0, [ended(1)])
  void appendEvents(tables, 5, 0, [ended(1)])
  // each turn of the event loop adds some
  while (database.prepare('SELECT count(*) AS count FROM tables').get()?.count !== 2) await turn()
  expect(reach(database)).toEqual([0, 1])
  const left = storeIn(databaseIn(leftBy(path)), AT_ONCE).tables
  await appendEvents(left, 1, 0, [ended(1)])
  expect([await left.ended(), await left.ended(7), await left.unfinished()]).toEqual([[2, 7, 5, 1], [5, 1], []])
})

type Step =
  | {
      readonly table: number
      readonly off: number
      readonly moves: number
      readonly ends: boolean
      readonly counts: boolean
      readonly together: boolean
    }
  | { readonly turns: number }
  | { readonly opened: 'after closing' | 'after a kill'; readonly pace: FlushPolicy }

const pace: fc.Arbitrary<FlushPolicy> = fc.record({
  lag: fc.constantFrom(0, 50, 200, 1000),
  entries: fc.integer({ min: 1, max: 3 }),
  row: fc.constantFrom(1, 40, 64_000),
})
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        table: fc.integer({ min: 1, max: 5 }),
        off: fc.constantFrom(0, 0, 0, 0, 0, -1, 1),
        moves: fc.nat(2),
        ends: fc.constantFrom(false, false, true),
        counts: fc.boolean(),
        together: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ turns: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ opened: fc.constantFrom('after closing' as const, 'after a kill' as const), pace }) },
  ),
  { minLength: 1, maxLength: 40 },
)

/** Checks that a store contains exactly the events of a list in memory. */
async function compare(
  { tables }: Store,
  logs: ReadonlyMap<number, readonly TableEvent[]>,
  order: ReadonlyMap<number, boolean>,
): Promise<void> {
  const counting = [...order].filter(([, counts]) => counts).map(([table]) => table)
  for (const [table, log] of logs) expect(await tables.read(table, 0)).toEqual(log)
  const together = new Map<number, readonly TableEvent[] | Error>()
  for await (const read of tables.readAll([...logs.keys()])) together.set(read.table, 'events' in read ? read.events : read.failure)
  expect(together).toEqual(logs)
  expect(await tables.unfinished()).toEqual([...logs.keys()].filter((table) => !order.has(table)).sort((one, other) => one - other))
  expect(await tables.ended()).toEqual(counting)
  const all = [...order.keys()]
  for (const [at, table] of all.entries()) {
    const later = all.slice(at + 1).filter((other) => order.get(other))
    expect(await tables.ended(table)).toEqual(later)
  }
}

test('the store has all events after it is closed or killed, at any moment, and opened again', async () => {
  await fc.assert(
    fc.asyncProperty(steps, pace, async (all, first) => {
      let path = folder()
      let store = storeIn(databaseIn(path), first)
      const logs = new Map<number, TableEvent[]>()
      const order = new Map<number, boolean>()
      let appended: Promise<string>[] = []
      let expected: string[] = []
      for (const step of [...all, { opened: 'after a kill', pace: first } as const]) {
        if ('turns' in step) for (let turns = 0; turns < step.turns; turns++) await turn()
        else if ('opened' in step) {
          expect(await Promise.all(appended)).toEqual(expected)
          appended = []
          expected = []
          await compare(store, logs, order)
          if (step.opened === 'after a kill') path = leftBy(path)
          await store.close()
          store = storeIn(databaseIn(path), step.pace)
          await compare(store, logs, order)
        } else {
          const log = logs.get(step.table) ?? []
          const from = Math.max(0, log.length + step.off)
          const events = Array.from({ length: step.moves }, (_, at) => move(step.table, from + 1 + at))
          if (step.ends) events.push(ended(from + 1 + step.moves, step.counts))
          const fits = from === log.length
          appended.push(fate(appendEvents(store.tables, step.table, from, events)))
          expected.push(fits ? 'kept' : 'VersionConflict')
          if (fits && events.length > 0) logs.set(step.table, [...log, ...events])
          if (fits && step.ends && !order.has(step.table)) order.set(step.table, step.counts)
          if (!step.together) await appended.at(-1)
        }
      }
      await store.close()
    }),
    { numRuns: 100 },
  )
})

const round = fc.record({
  open: fc.integer({ min: 1, max: 20 }),
  turns: fc.nat(4),
  ends: fc.array(fc.nat(40), { maxLength: 6 }),
  more: fc.array(fc.nat(40), { maxLength: 3 }),
  fault: fc.constantFrom(undefined, undefined, undefined, 'blocks' as const, 'tables' as const, 'covered' as const),
  opened: fc.constantFrom(undefined, undefined, 'after closing' as const, 'after a kill' as const),
})

test('many tables that end in any order are each stored once, also if the table index cannot be written for a while', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { minLength: 1, maxLength: 8 }),
      fc.record({ lag: fc.constantFrom(0, 60, 300), entries: fc.integer({ min: 1, max: 6 }), row: fc.constantFrom(1, 100, 64_000) }),
      fc.nat(300),
      async (rounds, pace, before) => {
        let path = folder()
        let database = databaseIn(path)
        let store = storeIn(database, pace, () => {})
        const logs = new Map<number, readonly TableEvent[]>()
        const order = new Map<number, boolean>()
        let next = before + 1
        const append = (table: number, what: (n: number) => TableEvent) => {
          const log = logs.get(table) ?? []
          const one = what(log.length + 1)
          logs.set(table, [...log, one])
          if (one.type === 'ended' && !order.has(table)) order.set(table, false)
          return appendEvents(store.tables, table, log.length, [one])
        }
        for (const { open, turns, ends, more, fault, opened } of rounds) {
          await Promise.all(Array.from({ length: open }, () => append(next, (n) => move(next++, n))))
          for (let passed = 0; passed < turns; passed++) await turn()
          if (fault) {
            const when = fault === 'covered' ? 'UPDATE' : 'INSERT'
            database.run(`CREATE TRIGGER full BEFORE ${when} ON ${fault} BEGIN SELECT RAISE(ABORT, 'no room'); END`)
          }
          for (const back of ends) if (logs.has(next - 1 - back)) await append(next - 1 - back, (n) => ended(n, false))
          for (const back of more) if (logs.has(next - 1 - back)) await append(next - 1 - back, (n) => move(next - 1 - back, n))
          for (let passed = 0; passed < turns; passed++) await turn()
          if (fault) database.run('DROP TRIGGER full')
          await compare(store, logs, order)
          if (!opened) continue
          if (opened === 'after a kill') path = leftBy(path)
          await store.close()
          database = databaseIn(path)
          store = storeIn(database, pace, () => {})
          await compare(store, logs, order)
        }
        const entries = database.prepare('SELECT entries FROM blocks').all()
        const inBlocks = entries.flatMap((row) => [...String(row.entries).matchAll(/\n(\d+) /g)].map(([, table]) => Number(table)))
        expect(inBlocks.length).toBe(new Set(inBlocks).size)
        await store.close()
      },
    ),
    { numRuns: 150 },
  )
})
