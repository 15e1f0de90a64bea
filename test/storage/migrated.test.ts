import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { TableEvent } from '../../src/hall/ports.ts'
import { Database } from '../../src/storage/sqlite/database.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { MIGRATIONS, migrate } from '../../src/storage/sqlite/migrations.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder } from '../support/folders.ts'
import { event, move } from './samples.ts'

/** A database of version 1, open until the test closes it. */
function first(path: string): { readonly database: Database; append(table: number, events: readonly TableEvent[]): void } {
  const database = new Database(join(path, 'parlor.db'), 'process')
  migrate(database, MIGRATIONS.slice(0, 1))
  const open = database.prepare('INSERT INTO tables (id, version) VALUES (?, 0) ON CONFLICT DO NOTHING')
  const add = database.prepare(
    'INSERT INTO events (table_id, n, previous, event) SELECT ?1, ?2, last, ?3 FROM tables WHERE id = ?1 AND version = ?2 - 1',
  )
  const note = database.prepare('UPDATE tables SET version = ?2, last = ?3 WHERE id = ?1')
  const end = database.prepare('UPDATE tables SET ended = ?2, counts = ?3 WHERE id = ?1 AND ended IS NULL')
  return {
    database,
    /** Writes as version 1 did. */
    append(table, events) {
      database.transaction(() => {
        open.run(table)
        for (const one of events) {
          const place = add.run(table, one.n, JSON.stringify(one)).lastInsertRowid
          note.run(table, one.n, place)
          if (one.type === 'ended') end.run(table, place, Number(one.counts === true))
        }
      })
    },
  }
}

const ended = (n: number, counts: boolean) => event(n, { type: 'ended', outcome: { winners: [0] }, ...(counts ? { counts } : {}) })
const said = (n: number) => event(n, { type: 'said', name: 'Ada', text: 'line\nbreak, \u2028 and “7 0”\n7 0' })

test('a store of version 1 is read, and continues, without a loss', async () => {
  const path = folder()
  const { database, append } = first(path)
  append(9, [move(9, 1)])
  append(7, [move(7, 1), said(2)])
  append(3, [move(3, 1)])
  append(9, [move(9, 2), ended(3, true)])
  append(3, [said(2)])
  append(4, [move(4, 1), ended(2, false)])
  append(2, [ended(1, true)])
  append(7, [move(7, 3)])
  append(9, [said(4)])
  append(5, [said(1)])
  append(5, [ended(2, true), ended(3, true)])
  database.run(`
    INSERT INTO standings VALUES ('account:1', 'nim', 'Ada', 3, 2, 1500, 80, 0.06);
    INSERT INTO recorded (table_id) VALUES (9), (2);
    INSERT INTO accounts (key, name, password, since) VALUES ('ada', 'Ada', '$argon2id$', 5);
    INSERT INTO sessions VALUES ('t', 'account:1', 10)`)
  database.close()

  const logs = new Map<number, readonly TableEvent[]>([
    [2, [ended(1, true)]],
    [3, [move(3, 1), said(2)]],
    [4, [move(4, 1), ended(2, false)]],
    [5, [said(1), ended(2, true), ended(3, true)]],
    [7, [move(7, 1), said(2), move(7, 3)]],
    [9, [move(9, 1), move(9, 2), ended(3, true), said(4)]],
  ])
  for (const time of ['first', 'second']) {
    const { tables, results, accounts, close } = await openStore({ folder: path })
    for (const [table, log] of logs) expect([time, table, await tables.read(table, 0)]).toEqual([time, table, log])
    expect([await tables.unfinished(), await tables.ended(), await tables.ended(4)]).toEqual([
      [3, 7],
      [9, 2, 5],
      [2, 5],
    ])
    expect([await tables.newTable(), await results.last()]).toEqual([10, 2])
    const rating = { rating: 1500, deviation: 80, volatility: 0.06 }
    expect(await results.standing('nim', 'account:1')).toEqual({ person: 'account:1', name: 'Ada', score: 3, games: 2, rating })
    expect(await accounts.named('ada')).toEqual({ person: 'account:1', key: 'ada', name: 'Ada', password: '$argon2id$', since: 5 })
    expect(await accounts.session('t', 9)).toEqual({
      token: 't',
      person: 'account:1',
      until: 10,
      // a session of an older version lasts thirty days from its opening
      since: 10 - 30 * 24 * 3_600_000,
      used: 10 - 30 * 24 * 3_600_000,
    })
    await close()
  }

  const { tables, close } = await openStore({ folder: path })
  await appendEvents(tables, 7, 3, [move(7, 4), ended(5, true)])
  await appendEvents(tables, 9, 4, [said(5)])
  await appendEvents(tables, await tables.newTable(), 0, [move(10, 1), ended(2, true)])
  expect([await tables.read(7, 3), await tables.read(9, 4)]).toEqual([[move(7, 4), ended(5, true)], [said(5)]])
  expect([await tables.unfinished(), await tables.ended(), await tables.ended(5)]).toEqual([[3], [9, 2, 5, 7, 10], [7, 10]])
  await close()
})

test('a store of version 3 is read, and continues, without a loss', async () => {
  const path = folder()
  const database = new Database(join(path, 'parlor.db'), 'process')
  migrate(database, MIGRATIONS.slice(0, 3))
  const opening = (rest: string) => `{"type":"opened","game":"g","options":{},"state":0,"seed":7,"seats":[]${rest},"n":1,"at":1}`
  const batch = `
1 0
${opening('')}
[0,5,2]
2 0
${opening(',"rated":true')}
3 0 ended
${opening('')}
{"type":"ended","outcome":{"winners":[0]},"n":2,"at":9}`
  database.run(`
    INSERT INTO journal VALUES
      (1, '${batch}'),
      (2, '\n2 1 counts\n{"type":"ended","outcome":{"winners":[1]},"counts":true,"n":2,"at":8}');
    INSERT INTO tables VALUES
      (1, 2, ' 1:0', NULL, 0),
      (2, 1, ' 1:${batch.indexOf('\n2 0')}', NULL, 0),
      (3, 2, ' 1:${batch.indexOf('\n3 0')}', 1, 0);
    UPDATE covered SET place = 1, ended = 1`)
  database.close()
  const opened = (rated: boolean) =>
    ({ type: 'opened', game: 'g', options: {}, state: 0, seed: 7, seats: [], rated, private: false, clock: {}, n: 1, at: 1 }) as const
  const logs = new Map<number, TableEvent[]>([
    [1, [opened(false), { type: 'moved', seat: 0, move: 5, n: 2, at: 2 }]],
    [2, [opened(true), { type: 'ended', outcome: { winners: [1] }, counts: true, n: 2, at: 8 }]],
    [3, [opened(false), { type: 'ended', outcome: { winners: [0] }, n: 2, at: 9 }]],
  ])
  for (const time of ['first', 'second']) {
    const { tables, close } = await openStore({ folder: path })
    for (const [table, log] of logs) expect([time, table, await tables.read(table, 0)]).toEqual([time, table, log])
    const more = logs.size + 1
    expect([await tables.unfinished(), await tables.ended(), await tables.newTable()]).toEqual([[1], [2], more])
    logs.set(more, [opened(false), { type: 'moved', seat: 0, move: 5, n: 2, at: 1 }, { ...ended(3, false) }])
    await appendEvents(tables, more, 0, logs.get(more) ?? [])
    const first = logs.get(1) ?? []
    logs.set(1, [...first, move(1, first.length + 1)])
    await appendEvents(tables, 1, first.length, [move(1, first.length + 1)])
    await close()
  }
})

test('retains the last hundred sessions of an account that has 124,081, and all of another account that has fewer', async () => {
  const path = folder()
  const database = new Database(join(path, 'parlor.db'), 'process')
  migrate(database, MIGRATIONS.slice(0, 10))
  const many = 124_081
  database.transaction(() =>
    database.run(`
      INSERT INTO accounts (key, name, password, since) VALUES ('ada', 'Ada', '$argon2id$', 5), ('bob', 'Bob', '$argon2id$', 5);
      WITH RECURSIVE all_of_them (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM all_of_them WHERE n < ${many})
        INSERT INTO sessions SELECT 'a' || n, 'account:1', n FROM all_of_them;
      INSERT INTO sessions VALUES ('b1', 'account:2', 7), ('b2', 'account:2', 8)`),
  )
  database.close()
  const { accounts, close } = await openStore({ folder: path })
  onTestFinished(close)
  const found = async (token: string) => (await accounts.session(token, 0))?.until
  expect(await Promise.all(['a1', `a${many - 100}`, `a${many - 99}`, `a${many}`, 'b1', 'b2'].map(found))).toEqual([
    ...[undefined, undefined, many - 99, many],
    ...[7, 8],
  ])
  expect([await accounts.setPassword('account:1', 'new'), await accounts.remove('account:2')]).toEqual([100, 2])
})

test('reports the damage in a store of version 1 as before, and reads the other tables', async () => {
  const path = folder()
  const { database, append } = first(path)
  for (const table of [1, 2, 3, 4])
    append(
      table,
      [1, 2, 3].map((n) => move(table, n)),
    )
  database.run(`
    DELETE FROM events WHERE table_id = 1 AND n = 2;
    DELETE FROM events WHERE table_id = 2;
    UPDATE events SET event = '{"n":2' WHERE table_id = 3 AND n = 2`)
  database.close()
  const { tables, close } = await openStore({ folder: path })
  await expect(tables.read(1, 0)).rejects.toMatchObject({ code: 'damaged' })
  await expect(tables.read(2, 0)).rejects.toThrow('event 1 of table 2 cannot be read: it is missing from the journal')
  await expect(tables.read(3, 0)).rejects.toThrow('event 2 of table 3 cannot be read: it is not JSON')
  expect(await tables.read(4, 0)).toEqual([1, 2, 3].map((n) => move(4, n)))
  expect(await tables.unfinished()).toEqual([1, 2, 3, 4])
  await close()
})
