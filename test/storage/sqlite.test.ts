import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { REMEMBERED, type Store } from '../../src/hall/ports.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder, leftBy } from '../support/folders.ts'
import { contract } from './contract.ts'
import { event, move } from './samples.ts'

/** A store in a folder, which the test may close itself. */
async function opened(path: string): Promise<Store> {
  const store = await openStore({ folder: path })
  onTestFinished(() => store.close())
  return store
}

/** Changes a store's file from outside. */
function change(path: string, sql: string): void {
  using file = new DatabaseSync(join(path, 'parlor.db'))
  file.exec(sql)
}

const said = event(3, { type: 'said', name: 'Ada', text: 'hi' })

/** A folder with a closed store: place 1 of its journal has table 2, places 2 and 3 have table 1. */
async function closed(): Promise<string> {
  const path = folder()
  const store = await opened(path)
  await appendEvents(store.tables, 2, 0, [move(2, 1)])
  await appendEvents(store.tables, 1, 0, [move(1, 1), move(1, 2), said])
  await appendEvents(store.tables, 1, 3, [move(1, 4)])
  await store.close()
  return path
}

describe('a store with durable = power', () => {
  contract(async (onError) => openStore({ folder: folder(), durable: 'power', onError }))
})

test('deletes sessions that expire together two hundred at a time, and accepts none of them meanwhile', async () => {
  const path = folder()
  const store = await opened(path)
  const token = (at: number) => `t${at}`
  const open = (at: number) =>
    store.accounts.openSession({ token: token(at), person: `account:${at % 9}`, until: 10 + at / 1000, since: 0, used: 0 })
  await Promise.all(Array.from({ length: 500 }, (_, at) => open(at)))
  expect(await store.accounts.session(token(499), 20 + REMEMBERED)).toBeUndefined()
  await store.close()
  using file = new DatabaseSync(join(path, 'parlor.db'))
  expect(file.prepare('SELECT count(*) AS left, min(until) AS first FROM sessions').get()).toEqual({ left: 300, first: 10.2 })
})

describe('opening', () => {
  test('creates the folder, and one file', async () => {
    const path = join(folder(), 'a', 'b')
    const store = await opened(path)
    await appendEvents(store.tables, 1, 0, [move(1, 1)])
    await store.close()
    expect(await readdir(path)).toEqual(['parlor.db'])
  })

  test('returns the persisted data', async () => {
    const path = folder()
    const before = await opened(path)
    const ada = { key: 'ada', name: 'Ada', password: '$argon2id$', since: 1 }
    const standing = { person: 'account:2', name: 'Ada', score: 12, games: 1 }
    const ended = event(2, { type: 'ended', outcome: { winners: [1] }, counts: true })
    const work = [
      appendEvents(before.tables, await before.tables.newTable(), 0, [move(1, 1), ended]),
      appendEvents(before.tables, await before.tables.newTable(), 0, [move(2, 1)]),
      before.accounts.add({ ...ada, key: 'bob' }),
      before.accounts.add(ada),
      before.accounts.openSession({ token: 't', person: 'account:2', until: 10, since: 0, used: 0 }),
      before.results.setStandings(1, 'nim', [standing]),
      before.accounts.add({ ...ada, key: 'eve' }),
      before.accounts.remove('account:3'),
    ]
    await before.close()
    await Promise.all(work)

    const { tables, accounts, results } = await opened(path)
    expect(await tables.read(1, 0)).toEqual([move(1, 1), ended])
    expect([await tables.unfinished(), await tables.ended(), await results.last()]).toEqual([[2], [1], 1])
    expect(await tables.newTable()).toBe(3)
    await appendEvents(tables, 2, 1, [move(2, 2)])
    expect(await tables.read(2, 0)).toEqual([move(2, 1), move(2, 2)])
    expect(await accounts.named('ada')).toEqual({ ...ada, person: 'account:2' })
    expect(await accounts.session('t', 9)).toEqual({ token: 't', person: 'account:2', until: 10, since: 0, used: 0 })
    expect(await results.standing('nim', 'account:2')).toEqual(standing)
    expect(await results.setStandings(1, 'nim', [])).toBe(false)
    expect(await accounts.add({ ...ada, key: 'eve' })).toMatchObject({ person: 'account:4' })
  })

  test('is refused while the store is open, which leaves no file, and possible again after it is closed', async () => {
    const path = folder()
    const first = await opened(path)
    const names = await readdir(path)
    const second = openStore({ folder: path })
    await expect(second).rejects.toMatchObject({ code: 'in-use' })
    await expect(second).rejects.toThrow(/parlor\.db is in use by another program, perhaps another Parlor: end that program, or choose/)
    expect(await readdir(path)).toEqual(names)
    await appendEvents(first.tables, 1, 0, [move(1, 1)])
    await first.close()
    expect(await (await opened(path)).tables.read(1, 0)).toEqual([move(1, 1)])
  })

  test('reports a folder that cannot be created, and a file that cannot be opened', async () => {
    const path = folder()
    await writeFile(join(path, 'file'), '')
    const inFile = openStore({ folder: join(path, 'file') })
    await expect(inFile).rejects.toMatchObject({ code: 'failed' })
    await expect(inFile).rejects.toThrow(/the folder .*file cannot be made: .*file is not a folder/)
    await expect(openStore({ folder: join(path, 'file', 'below') })).rejects.toThrow(/below cannot be made: ENOTDIR/)
    await (await opened(join(path, 'some', 'folders', 'deep'))).close()
    // in a place in which no folder can be created
    if (process.platform === 'linux') await expect(openStore({ folder: '/proc/parlor/x' })).rejects.toThrow(/x cannot be made: ENOENT/)
    await mkdir(join(path, 'parlor.db'))
    await expect(openStore({ folder: path })).rejects.toThrow(/parlor\.db is a directory, and should be a regular file: move it away/)
  })

  test('refuses a file that is not a database, and leaves it unchanged', async () => {
    const path = folder()
    const text = 'This is no database, but a text that somebody would miss.\n'.repeat(100)
    await writeFile(join(path, 'parlor.db'), text)
    const refused = openStore({ folder: path })
    await expect(refused).rejects.toMatchObject({ code: 'foreign' })
    await expect(refused).rejects.toThrow(/parlor\.db is not a database: move it away, or choose another folder/)
    expect(await readFile(join(path, 'parlor.db'), 'utf8')).toBe(text)
  })

  test('refuses a database of another program, and leaves it unchanged', async () => {
    const path = folder()
    const file = join(path, 'parlor.db')
    using other = new DatabaseSync(file)
    other.exec('CREATE TABLE recipes (name TEXT)')
    other.close()
    const before = await readFile(file)
    await expect(openStore({ folder: path })).rejects.toThrow(/parlor\.db is the database of another program: choose another folder/)
    expect(await readFile(file)).toEqual(before)
  })

  test('refuses a file with damaged pages with a sentence', async () => {
    const path = folder()
    await (await opened(path)).close()
    const bytes = await readFile(join(path, 'parlor.db'))
    await writeFile(join(path, 'parlor.db'), bytes.fill(0xff, 100, 4096))
    await expect(openStore({ folder: path })).rejects.toThrow(
      /parlor\.db is damaged: SQLite cannot open it\. Restore a backup, or continue without the lost data/,
    )
  })
})

describe('the store reports damage with its table and number, and returns no damaged data', () => {
  const becomes = (text: string, other: string) => `UPDATE journal SET batch = replace(batch, '${text}', '${other}') WHERE place = 2`

  test.each([
    ['no JSON', becomes('"1/2"', '"1/2'), 'event 2 of table 1 cannot be read: it is not JSON'],
    ['no time', becomes('"1/2",1760000000002', '"1/2",""'), 'event 2 of table 1 cannot be read: it has no time'],
    ['another number', becomes('"said"', '"said","n":2'), 'event 3 of table 1 cannot be read: its number is 2'],
    ['no number', becomes('"said"', '"said","n":"3"'), 'event 3 of table 1 cannot be read: it has no number'],
    ['another seat', becomes('[1,"1/1"', '[-1,"1/1"'), 'event 1 of table 1 cannot be read: the fields of an event moved are wrong'],
    ['another type', becomes('said', 'sad'), 'event 3 of table 1 cannot be read: there is no event of the type "sad"'],
    ['no event', becomes('[0,"1/2"', '0,"1/2"'), 'event 2 of table 1 cannot be read: it is missing from the journal'],
    ['a gap', becomes('\n[0,"1/2",1760000000002]', ''), 'event 3 of table 1 cannot be read: it is missing from the journal'],
    ['one too many', becomes('\n[0,"1/2"', '\n[0,5,17]\n[0,"1/2"'), 'event 5 of table 1 cannot be read: it is missing from the journal'],
    ['another table', becomes('\n1 0', '\n3 0'), 'event 1 of table 1 cannot be read: it is missing from the journal'],
    ['another beginning', becomes('\n1 0', '\n1 1'), 'event 1 of table 1 cannot be read: it is missing from the journal'],
    ['no place', 'DELETE FROM journal WHERE place = 2', 'event 1 of table 1 cannot be read: it is missing from the journal'],
    ['no last place', 'DELETE FROM journal WHERE place = 3', 'event 4 of table 1 cannot be read: it is missing from the journal'],
    [
      'other places',
      "UPDATE tables SET places = ' 1:0 3:0' WHERE id = 1",
      'event 1 of table 1 cannot be read: it is missing from the journal',
    ],
    [
      'another character',
      "UPDATE tables SET places = ' 2:1 3:0' WHERE id = 1",
      'event 1 of table 1 cannot be read: it is missing from the journal',
    ],
    ['no places', "UPDATE tables SET places = '' WHERE id = 1", 'event 1 of table 1 cannot be read: it is missing from the journal'],
    [
      'a place twice',
      "UPDATE tables SET places = ' 2:0 2:0' WHERE id = 1",
      'event 4 of table 1 cannot be read: it is missing from the journal',
    ],
    ['a later version', 'UPDATE tables SET version = 6 WHERE id = 1', 'event 5 of table 1 cannot be read: it is missing from the journal'],
    ['an earlier version', 'UPDATE tables SET version = 3 WHERE id = 1', 'event 4 of table 1 cannot be read: it should not be there'],
  ])('%s', async (_, sql, sentence) => {
    const path = await closed()
    change(path, sql)
    const { tables } = await opened(path)
    const read = tables.read(1, 0)
    await expect(read).rejects.toMatchObject({ code: 'damaged' })
    await expect(read).rejects.toThrow(sentence)
    expect(await tables.read(2, 0)).toEqual([move(2, 1)])
  })
})

describe('the store reports damage in the journal after the table index, after a kill, on opening, with its position', () => {
  test.each([
    ['no batch', "UPDATE journal SET batch = 'x' || batch WHERE place = 3", 'place 3 of its journal cannot be read from character 1 on'],
    [
      'the end of one',
      "UPDATE journal SET batch = batch || 'x' || char(10) WHERE place = 3",
      'place 3 of its journal cannot be read from char',
    ],
    ['no place', 'DELETE FROM journal WHERE place = 2', 'place 2 of its journal is not there'],
    ['no cover', 'DELETE FROM covered', 'expected a number, found undefined'],
  ])('%s', async (_, sql, sentence) => {
    const path = folder()
    const { tables } = await opened(path)
    for (const n of [1, 2, 3, 4]) await appendEvents(tables, 1, n - 1, [move(1, n)])
    const left = leftBy(path)
    change(left, sql)
    const refused = openStore({ folder: left })
    await expect(refused).rejects.toMatchObject({ code: 'damaged' })
    await expect(refused).rejects.toThrow(sentence)
  })

  test('the caller that reads damaged events gets an error', async () => {
    const path = folder()
    const before = await opened(path)
    await Promise.all([1, 2].map((table) => appendEvents(before.tables, table, 0, [move(table, 1), move(table, 2)])))
    const left = leftBy(path)
    // as in a row of an earlier version, which has no checksum
    change(left, `UPDATE journal SET batch = replace(batch, '"1/2"', '"1/2'), crc = NULL`)
    const { tables } = await opened(left)
    await expect(tables.read(1, 0)).rejects.toThrow('event 2 of table 1 cannot be read: it is not JSON')
    expect(await tables.read(2, 0)).toEqual([move(2, 1), move(2, 2)])
    expect(await tables.unfinished()).toEqual([1, 2])
  })
})

describe('after closing', () => {
  test('every request answers that the store is closed', async () => {
    const { tables, results, accounts, close } = await opened(folder())
    await close()
    const asked = [tables.read(1, 0), tables.unfinished(), tables.ended(), results.last(), results.rank('nim', 1), accounts.named('ada')]
    for (const one of asked) await expect(one).rejects.toThrow('the store is closed: it answers no more reads')
    for (const one of [results.setStandings(1, 'nim', []), accounts.session('t', 0)])
      await expect(one).rejects.toMatchObject({ code: 'closed' })
  })
})
