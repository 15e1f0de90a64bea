import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Store, TableEvent } from '../../src/hall/ports.ts'
import type { Database } from '../../src/storage/sqlite/database.ts'
import type { Pace } from '../../src/storage/sqlite/tables.ts'
import { keep } from '../support/keep.ts'
import { contract } from './contract.ts'
import { databaseIn, folder, leftBy, storeIn } from './folders.ts'
import { event, fate, fates, move } from './samples.ts'

/** One turn of the event loop. */
const turn = () => new Promise(setImmediate)

/** How far the directory goes, and how far the journal. */
function reach(database: Database): unknown[] {
  return Object.values(database.prepare('SELECT (SELECT place FROM covered), (SELECT max(place) FROM journal)').get() ?? {})
}

const AT_ONCE: Pace = { lag: 0, entries: 1 }
const ended = (n: number, counts = true) => event(n, { type: 'ended', outcome: { winners: [0] }, ...(counts ? { counts } : {}) })

describe('a store whose directory follows at once', () => {
  contract(async (onTrouble) => storeIn(databaseIn(folder()), AT_ONCE, onTrouble))
})

describe('the directory', () => {
  test('follows some tables a turn, when the journal is far enough ahead', async () => {
    const database = databaseIn(folder())
    const { tables } = storeIn(database, { lag: 120, entries: 2 })
    await keep(tables, 1, 0, [move(1, 1)])
    await turn()
    expect(reach(database)).toEqual([0, 1])
    await Promise.all([2, 3, 4, 5].map((table) => keep(tables, table, 0, [move(table, 1)])))
    const noted: unknown[] = []
    for (let turns = 0; turns < 4; turns++) {
      noted.push(database.prepare('SELECT count(*) AS count FROM tables').get()?.count)
      if (turns === 1) void keep(tables, 6, 0, [move(6, 1)])
      await turn()
    }
    expect(noted).toEqual([0, 2, 4, 5])
    expect(reach(database)).toEqual([2, 3])
  })

  test('has everything when the store is closed', async () => {
    const path = folder()
    const { tables, close } = storeIn(databaseIn(path), { lag: 1_000_000, entries: 2 })
    await Promise.all([1, 2, 3].map((table) => keep(tables, table, 0, [move(table, 1)])))
    await keep(tables, 2, 1, [ended(2)])
    await close()
    const database = databaseIn(path)
    expect(reach(database)).toEqual([2, 2])
    expect(database.prepare('SELECT * FROM tables ORDER BY id').all()).toEqual([
      expect.objectContaining({ id: 1, version: 1, places: ' 1:0', ended: null, counts: 0 }),
      expect.objectContaining({ id: 2, version: 2, places: ' 1:28 2:0', ended: 1, counts: 1 }),
      expect.objectContaining({ id: 3, version: 1, places: ' 1:56', ended: null, counts: 0 }),
    ])
  })

  test('has those that have ended and do not count many in a row, and all else by itself', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables, close } = storeIn(database, { lag: 1_000_000, entries: 2 })
    const blocks = () => database.prepare('SELECT block, first, entries FROM blocks ORDER BY block, first').all()
    for (const table of [3, 700, 4]) await keep(tables, table, 0, [move(table, 1)])
    await keep(tables, 700, 1, [ended(2, false)])
    await keep(tables, 3, 1, [ended(2)])
    expect(blocks()).toEqual([])
    await Promise.all([keep(tables, 4, 1, [ended(2, false)]), keep(tables, 5, 0, [move(5, 1)])])
    const first = [
      expect.objectContaining({ block: 0, first: 4, entries: '\n4 2 3 3:0 6:0' }),
      expect.objectContaining({ block: 2, first: 700, entries: '\n700 2 1 2:0 4:0' }),
    ]
    expect(blocks()).toEqual(first)
    // what comes after that is in a row of its own
    await keep(tables, 4, 2, [move(4, 3)])
    await keep(tables, 5, 1, [ended(2, false)])
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
    expect([await left.tables.unfinished(), left.tables.newTable()]).toEqual([[], 701])
  })

  test('has a table that ends while it is on its way once', async () => {
    const database = databaseIn(folder())
    const { tables } = storeIn(database, { lag: 60, entries: 1 })
    await Promise.all([1, 2, 3].map((table) => keep(tables, table, 0, [move(table, 1)])))
    await turn()
    await Promise.all([1, 3].map((table) => keep(tables, table, 1, [ended(2, false)])))
    while (reach(database)[0] !== 1) await turn()
    const rows = database.prepare('SELECT id, version FROM tables ORDER BY id').all()
    expect(rows).toEqual([1, 2].map((id) => expect.objectContaining({ id, version: 1 })))
    expect(database.prepare('SELECT entries FROM blocks').all()).toEqual([expect.objectContaining({ entries: '\n3 2 2 1:56 2:30' })])
    expect([await tables.read(1, 0), await tables.read(3, 1)]).toEqual([[move(1, 1), ended(2, false)], [ended(2, false)]])
  })

  test('whose block is damaged says so', async () => {
    const path = folder()
    const { tables, close } = storeIn(databaseIn(path))
    await keep(tables, 1, 0, [ended(1, false)])
    await close()
    const database = databaseIn(path)
    database.run("UPDATE blocks SET entries = entries || '?'")
    expect(() => storeIn(database)).toThrow('the store is damaged: there should be where a table is, and there is 1 1 1 1:0?')
  })

  test('that cannot be written is reported, and tried again; the journal has everything meanwhile', async () => {
    const path = folder()
    const database = databaseIn(path)
    const onTrouble = vi.fn()
    const { tables } = storeIn(database, AT_ONCE, onTrouble)
    database.run("CREATE TRIGGER full BEFORE INSERT ON tables BEGIN SELECT RAISE(ABORT, 'no room'); END")
    await keep(tables, 1, 0, [move(1, 1), ended(2)])
    await turn()
    await turn()
    expect(onTrouble.mock.calls).toEqual([[expect.objectContaining({ code: 'failed', message: expect.stringContaining('no room') })]])
    expect(reach(database)).toEqual([0, 1])
    expect([await tables.read(1, 0), await tables.ended()]).toEqual([[move(1, 1), ended(2)], [1]])

    database.run('DROP TRIGGER full')
    await keep(tables, 2, 0, [move(2, 1)])
    while (reach(database)[0] !== 2) await turn()
    expect([await tables.read(1, 0), await tables.ended(), await tables.unfinished()]).toEqual([[move(1, 1), ended(2)], [1], [2]])
    expect(onTrouble).toHaveBeenCalledTimes(1)
  })
})

describe('a commit that fails', () => {
  test('leaves no trace: neither of what it would have opened, nor of what it would have ended', async () => {
    const database = databaseIn(folder())
    const { tables } = storeIn(database)
    await keep(tables, 1, 0, [move(1, 1)])
    database.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END")
    const lost = [keep(tables, 1, 1, [ended(2)]), keep(tables, 2, 0, [move(2, 1)]), keep(tables, 2, 1, [ended(2)])]
    expect(await fates(lost)).toEqual(['StoreError', 'StoreError', 'VersionConflict'])
    expect([await tables.unfinished(), await tables.ended()]).toEqual([[1], []])
    expect([await tables.read(1, 0), await tables.read(2, 0)]).toEqual([[move(1, 1)], []])

    database.run('DROP TRIGGER full')
    await keep(tables, 2, 0, [move(2, 1), ended(2)])
    await keep(tables, 1, 1, [ended(2)])
    expect([await tables.unfinished(), await tables.ended(), await tables.ended(2)]).toEqual([[], [2, 1], [1]])
    expect(reach(database)).toEqual([0, 3])
  })
})

test('a directory that is only on its way when the process is killed leads to the same order of ends', async () => {
  const path = folder()
  const database = databaseIn(path)
  const { tables } = storeIn(database, AT_ONCE)
  database.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END")
  expect(await fates([keep(tables, 9, 0, [ended(1)])])).toEqual(['StoreError'])
  database.run('DROP TRIGGER full')
  // the directory takes them by number, so that it has 5 before 7
  void keep(tables, 2, 0, [ended(1)])
  void keep(tables, 2, 1, [ended(2)])
  void keep(tables, 7, 0, [ended(1)])
  void keep(tables, 5, 0, [ended(1)])
  while (database.prepare('SELECT count(*) AS count FROM tables').get()?.count !== 2) await turn()
  expect(reach(database)).toEqual([0, 1])
  const left = storeIn(databaseIn(leftBy(path)), AT_ONCE).tables
  await keep(left, 1, 0, [ended(1)])
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
  | { readonly opened: 'after closing' | 'after a kill'; readonly pace: Pace }

const pace: fc.Arbitrary<Pace> = fc.record({ lag: fc.constantFrom(0, 50, 200, 1000), entries: fc.integer({ min: 1, max: 3 }) })
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

/** Everything that a store has is what a list of events in memory has. */
async function compare(
  { tables }: Store,
  logs: ReadonlyMap<number, readonly TableEvent[]>,
  order: ReadonlyMap<number, boolean>,
): Promise<void> {
  const counting = [...order].filter(([, counts]) => counts).map(([table]) => table)
  for (const [table, log] of logs) expect(await tables.read(table, 0)).toEqual(log)
  expect(await tables.unfinished()).toEqual([...logs.keys()].filter((table) => !order.has(table)).sort((one, other) => one - other))
  expect(await tables.ended()).toEqual(counting)
  const all = [...order.keys()]
  for (const [at, table] of all.entries()) {
    const later = all.slice(at + 1).filter((other) => order.get(other))
    expect(await tables.ended(table)).toEqual(later)
  }
}

test('whatever happens at tables, and whenever the store is closed or killed and opened again, it has all of it', async () => {
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
          appended.push(fate(keep(store.tables, step.table, from, events)))
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
