import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { openStore } from '../../src/storage/sqlite.ts'
import { contract } from './contract.ts'
import { event, move } from './samples.ts'

/** A folder of its own, gone after the test. */
async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'parlor-store-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** The store in a folder, which the test may close itself. */
async function opened(path: string): Promise<Store> {
  const store = await openStore({ folder: path })
  onTestFinished(() => store.close())
  return store
}

/** A closed store with three moves at table 1, and what a damaged disk makes of its file. */
async function damaged(sql: string): Promise<Store> {
  const path = await folder()
  const store = await opened(path)
  await store.tables.append(2, 0, [move(2, 1)])
  await store.tables.append(1, 0, [move(1, 1), move(1, 2), move(1, 3)])
  await store.close()
  using file = new DatabaseSync(join(path, 'parlor.db'))
  file.exec(sql)
  return opened(path)
}

describe('a store in a file', () => {
  contract(async (onTrouble) => openStore({ folder: await folder(), onTrouble }))
})

describe('a store that outlives power', () => {
  contract(async (onTrouble) => openStore({ folder: await folder(), durable: 'power', onTrouble }))
})

describe('opening', () => {
  test('makes the folder, and one file', async () => {
    const path = join(await folder(), 'a', 'b')
    const store = await opened(path)
    await store.tables.append(1, 0, [move(1, 1)])
    await store.close()
    expect(await readdir(path)).toEqual(['parlor.db'])
  })

  test('brings back what was kept', async () => {
    const path = await folder()
    const before = await opened(path)
    const ada = { key: 'ada', name: 'Ada', password: '$argon2id$', since: 1 }
    const standing = { person: 'account:2', name: 'Ada', score: 12, games: 1 }
    const ended = event(2, { type: 'ended', outcome: { winners: [1] }, counts: true })
    const work = [
      before.tables.append(before.tables.newTable(), 0, [move(1, 1), ended]),
      before.tables.append(before.tables.newTable(), 0, [move(2, 1)]),
      before.accounts.add({ ...ada, key: 'bob' }),
      before.accounts.add(ada),
      before.accounts.openSession({ token: 't', person: 'account:2', until: 10 }),
      before.results.record(1, 'nim', [standing]),
      before.accounts.add({ ...ada, key: 'eve' }),
      before.accounts.remove('account:3'),
    ]
    await before.close()
    await Promise.all(work)

    const { tables, accounts, results } = await opened(path)
    expect(await tables.read(1, 0)).toEqual([move(1, 1), ended])
    expect([await tables.unfinished(), await tables.ended(), await results.last()]).toEqual([[2], [1], 1])
    expect(tables.newTable()).toBe(3)
    await tables.append(2, 1, [move(2, 2)])
    expect(await tables.read(2, 0)).toEqual([move(2, 1), move(2, 2)])
    expect(await accounts.named('ada')).toEqual({ ...ada, person: 'account:2' })
    expect(await accounts.session('t', 9)).toEqual({ token: 't', person: 'account:2', until: 10 })
    expect(await results.standing('nim', 'account:2')).toEqual(standing)
    expect(await results.record(1, 'nim', [])).toBe(false)
    expect(await accounts.add({ ...ada, key: 'eve' })).toMatchObject({ person: 'account:4' })
  })

  test('is refused while it is open, and possible again when it is closed', async () => {
    const path = await folder()
    const first = await opened(path)
    const second = openStore({ folder: path })
    await expect(second).rejects.toMatchObject({ code: 'in-use' })
    await expect(second).rejects.toThrow(/parlor\.db is in use by another program, perhaps another Parlor: end that one, or choose/)
    await first.tables.append(1, 0, [move(1, 1)])
    await first.close()
    expect(await (await opened(path)).tables.read(1, 0)).toEqual([move(1, 1)])
  })

  test('a folder that cannot be made, and a file that cannot be opened, are told', async () => {
    const path = await folder()
    await writeFile(join(path, 'file'), '')
    const inFile = openStore({ folder: join(path, 'file') })
    await expect(inFile).rejects.toMatchObject({ code: 'failed' })
    await expect(inFile).rejects.toThrow(/the folder .*file cannot be made: EEXIST/)
    await mkdir(join(path, 'parlor.db'))
    await expect(openStore({ folder: path })).rejects.toThrow(/parlor\.db cannot be read or written: unable to open/)
  })

  test('a file that is no database is refused, and left as it is', async () => {
    const path = await folder()
    const text = 'This is no database, but a text that somebody would miss.\n'.repeat(100)
    await writeFile(join(path, 'parlor.db'), text)
    const refused = openStore({ folder: path })
    await expect(refused).rejects.toMatchObject({ code: 'foreign' })
    await expect(refused).rejects.toThrow(/parlor\.db is no database: move it away, or choose another folder/)
    expect(await readFile(join(path, 'parlor.db'), 'utf8')).toBe(text)
  })

  test('a database of another program is refused, and left as it is', async () => {
    const path = await folder()
    const file = join(path, 'parlor.db')
    using other = new DatabaseSync(file)
    other.exec('CREATE TABLE recipes (name TEXT)')
    other.close()
    const before = await readFile(file)
    await expect(openStore({ folder: path })).rejects.toThrow(/parlor\.db is the database of another program: choose another folder/)
    expect(await readFile(file)).toEqual(before)
  })

  test('a file whose pages are damaged is refused with a sentence', async () => {
    const path = await folder()
    await (await opened(path)).close()
    const bytes = await readFile(join(path, 'parlor.db'))
    await writeFile(join(path, 'parlor.db'), bytes.fill(0xff, 100, 4096))
    await expect(openStore({ folder: path })).rejects.toThrow(/parlor\.db is damaged: put back a copy, or choose another folder/)
  })
})

describe('what is damaged is told, with its table and number, and nothing of it is answered', () => {
  const change = (n: number, to: string) => `UPDATE events SET ${to} WHERE table_id = 1 AND n = ${n}`

  test.each([
    ['no JSON', change(2, `event = '{"n":2'`), 'event 2 of table 1 cannot be read: it is no JSON'],
    ['no object', change(2, `event = '2'`), 'event 2 of table 1 cannot be read: it is no JSON object'],
    ['nothing', change(2, `event = 'null'`), 'event 2 of table 1 cannot be read: it is no JSON object'],
    ['another number', change(3, `event = replace(event, '"n":3', '"n":2')`), 'event 3 of table 1 cannot be read: its number is 2'],
    ['no number', change(3, `event = replace(event, '"n":3', '"n":"3"')`), 'event 3 of table 1 cannot be read: it has no number'],
    [
      'another seat',
      change(1, `event = replace(event, '"seat":1', '"seat":-1')`),
      'event 1 of table 1 cannot be read: it is not as an event mo',
    ],
    [
      'another type',
      change(1, `event = replace(event, 'moved', 'mowed')`),
      'event 1 of table 1 cannot be read: there is no event of the type',
    ],
    ['a gap', 'DELETE FROM events WHERE table_id = 1 AND n = 2', 'event 2 of table 1 cannot be read: it is not there'],
    ['no end', 'DELETE FROM events WHERE table_id = 1 AND n = 3', 'event 3 of table 1 cannot be read: it is not there'],
    ['a circle', change(2, 'previous = 4'), 'event 1 of table 1 cannot be read: it is not there'],
    ['a way to another table', change(2, 'previous = 1'), 'event 1 of table 1 cannot be read: it is not there'],
    ['another version', 'UPDATE tables SET version = 5 WHERE id = 1', 'event 5 of table 1 cannot be read: it is not there'],
    ['no last event', 'UPDATE tables SET last = NULL WHERE id = 1', 'event 3 of table 1 cannot be read: it is not there'],
  ])('%s', async (_, sql, sentence) => {
    const { tables } = await damaged(sql)
    const read = tables.read(1, 0)
    await expect(read).rejects.toMatchObject({ code: 'damaged' })
    await expect(read).rejects.toThrow(sentence)
    expect(await tables.read(2, 0)).toEqual([move(2, 1)])
  })
})

describe('after closing', () => {
  test('everything answers that the store is closed', async () => {
    const { tables, results, accounts, close } = await opened(await folder())
    await close()
    const asked = [tables.read(1, 0), tables.unfinished(), tables.ended(), results.last(), results.rank('nim', 1), accounts.named('ada')]
    for (const one of asked) await expect(one).rejects.toThrow('the store is closed: nothing can be read from it any more')
    for (const one of [results.record(1, 'nim', []), accounts.session('t', 0)]) await expect(one).rejects.toMatchObject({ code: 'closed' })
  })
})
