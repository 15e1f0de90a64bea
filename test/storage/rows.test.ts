import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ReadTable, TableLog } from '../../src/hall/ports.ts'
import { Journal } from '../../src/storage/sqlite/journal.ts'
import { appendEvents } from '../support/append-events.ts'
import { databaseIn, folder, leftBy, storeIn } from '../support/folders.ts'
import { event, fate, game, move } from './samples.ts'

/** The opening of a table, as in its log. */
const opening = (table: number) => game(table).slice(0, 1)

async function readAll(log: TableLog, tables: readonly number[]): Promise<readonly ReadTable[]> {
  const all: ReadTable[] = []
  for await (const one of log.readAll(tables)) all.push(one)
  return all
}

describe('rows of the journal', () => {
  test('are read once for all their tables, with shared beginnings', async () => {
    const { tables } = storeIn(databaseIn(folder()))
    const all = Array.from({ length: 300 }, (_, at) => at + 1)
    await Promise.all(all.map((table) => appendEvents(tables, table, 0, opening(table))))
    await Promise.all(all.map((table) => appendEvents(tables, table, 1, [event(2, { type: 'suspended' })])))
    const at = vi.spyOn(Journal.prototype, 'at')
    onTestFinished(() => at.mockRestore())
    const read = await readAll(tables, all)
    expect(read).toEqual(all.map((table) => ({ table, events: [...opening(table), event(2, { type: 'suspended' })] })))
    expect(at.mock.calls).toEqual([[1], [2]])
  })

  test('have a limited length: the rest of a commit is written to further rows', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables } = storeIn(database, { row: 100 })
    const all = Array.from({ length: 40 }, (_, at) => at + 1)
    await Promise.all(all.map((table) => appendEvents(tables, table, 0, [move(table, 1)])))
    const rows = database.prepare('SELECT length(batch) AS length FROM journal').all()
    expect(rows.length).toBeGreaterThan(5)
    for (const { length } of rows) expect(length).toBeLessThan(200)
    const left = storeIn(databaseIn(leftBy(path))).tables
    for (const table of all) expect(await left.read(table, 0)).toEqual([move(table, 1)])
  })

  test('of a commit that fails are all rolled back', async () => {
    const path = folder()
    const database = databaseIn(path)
    const { tables } = storeIn(database, { row: 1 }, vi.fn())
    await appendEvents(tables, 1, 0, [move(1, 1)])
    database.run("CREATE TRIGGER full BEFORE INSERT ON journal WHEN new.place > 2 BEGIN SELECT RAISE(ABORT, 'no room'); END")
    const stored = await Promise.all(
      [1, 2, 3].map((table) => fate(appendEvents(tables, table, table === 1 ? 1 : 0, [move(table, table === 1 ? 2 : 1)]))),
    )
    // each has a transaction of its own here
    expect(stored).toEqual(['kept', 'StoreError', 'StoreError'])
    database.run('DROP TRIGGER full')
    await Promise.all([2, 3].map((table) => appendEvents(tables, table, 0, [move(table, 1)])))
    const left = storeIn(databaseIn(leftBy(path))).tables
    expect(await Promise.all([1, 2, 3].map((table) => left.read(table, 0)))).toEqual([[move(1, 1), move(1, 2)], [move(2, 1)], [move(3, 1)]])
    expect(database.prepare('SELECT count(*) AS count, max(place) AS last FROM journal').get()).toMatchObject({ count: 4, last: 4 })
  })

  test('cause an error for their tables if they are damaged, and the others are read', async () => {
    const database = databaseIn(folder())
    const { tables } = storeIn(database)
    for (const table of [1, 2, 3]) await appendEvents(tables, table, 0, [move(table, 1)])
    database.run('DELETE FROM journal WHERE place = 2')
    const read = await readAll(tables, [1, 2, 3])
    expect(read).toMatchObject([
      { table: 1, events: [move(1, 1)] },
      {
        table: 2,
        failure: expect.objectContaining({ code: 'damaged', message: 'event 1 of table 2 cannot be read: it is missing from the journal' }),
      },
      { table: 3, events: [move(3, 1)] },
    ])
  })
})
