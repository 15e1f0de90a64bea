import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Durability } from '../../src/storage/sqlite/database.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { inPlainWords } from '../../src/storage/sqlite/journal-scan.ts'
import { repair } from '../../src/storage/sqlite/repair.ts'
import { verify } from '../../src/storage/sqlite/verify.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder, leftBy } from '../support/folders.ts'
import { event, move } from './samples.ts'

const file = (path: string) => join(path, 'parlor.db')
const said = (n: number) => event(n, { type: 'said', name: 'Ada', text: 'remarkable words '.repeat(8) })

/** Opens a store and returns it with its notices; it is closed after the test. */
async function opened(path: string, durable: Durability = 'process') {
  const notices: string[] = []
  const store = await openStore({ folder: path, durable, onWarning: (sentence) => notices.push(sentence) })
  onTestFinished(() => store.close())
  return { store, notices }
}

/** A folder as a killed server leaves it: tables 1 to 30, of which 20 are in the write-ahead log alone, one commit per event. */
async function killed(durable: Durability = 'process'): Promise<string> {
  const path = folder()
  const first = await opened(path, durable)
  for (let table = 1; table <= 10; table++) await appendEvents(first.store.tables, table, 0, [move(table, 1), said(2)])
  await first.store.close()
  const { store } = await opened(path, durable)
  for (let table = 11; table <= 30; table++) {
    await appendEvents(store.tables, table, 0, [move(table, 1)])
    await appendEvents(store.tables, table, 1, [said(2)])
  }
  return leftBy(path)
}

/** Changes a byte of a file, in the middle or at a text. */
function flip(path: string, at: number | string = Math.floor(statSync(path).size / 2)): void {
  const bytes = readFileSync(path)
  const place = typeof at === 'number' ? at : bytes.indexOf(at)
  expect(place).toBeGreaterThan(0)
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place)
  writeFileSync(path, bytes)
}

/** Changes the mark of a folder as if the machine was restarted since. */
function restartedMachine(path: string): void {
  const mark = join(path, 'parlor.mark')
  const [, line = ''] = /^(.*) \d+ *\n/.exec(readFileSync(mark, 'utf8')) ?? []
  const words = line.split(' ')
  words[3] = 'another-boot'
  const other = words.join(' ')
  writeFileSync(mark, `${other} ${crc32(other)} \n`)
}

const HOW = /Restore a backup, or continue without the lost data: "parlor repair --data /

describe('a missing or damaged write-ahead log is detected, and the start reports what is lost and how to continue', () => {
  const LOST = /the last \d+ of 50 commits are lost, with (table 30|tables \d+ to 30) altogether/

  test.each<[string, (path: string) => void, RegExp]>([
    [
      'missing',
      (path) => rmSync(`${file(path)}-wal`),
      /its log parlor\.db-wal is missing: the last 40 of 50 commits are lost, with tables 11 to 30/,
    ],
    [
      'empty',
      (path) => truncateSync(`${file(path)}-wal`),
      /its log parlor\.db-wal is (damaged or cut off|missing): the last 40 of 50 commits are lost/,
    ],
    ['cut off', (path) => truncateSync(`${file(path)}-wal`, statSync(`${file(path)}-wal`).size - 9000), LOST],
    ['damaged in the middle', (path) => flip(`${file(path)}-wal`), LOST],
    ['damaged at its head', (path) => flip(`${file(path)}-wal`, 17), /the last 40 of 50 commits are lost/],
    [
      'without the mark',
      (path) => rmSync(`${file(path)}-wal`) ?? rmSync(join(path, 'parlor.mark')),
      /log parlor\.db-wal is missing: the last commits of a server/,
    ],
  ])('%s', async (_, damage, sentence) => {
    const path = await killed()
    damage(path)
    for (const time of ['first', 'second']) {
      const start = openStore({ folder: path })
      await expect([time, await start.catch(({ code }) => code)]).toEqual([time, 'damaged'])
      await expect(openStore({ folder: path })).rejects.toThrow(sentence)
      await expect(openStore({ folder: path })).rejects.toThrow(HOW)
    }
  })

  test('the damaged log is not deleted', async () => {
    const path = await killed()
    flip(`${file(path)}-wal`)
    const before = readFileSync(`${file(path)}-wal`)
    await expect(openStore({ folder: path })).rejects.toMatchObject({ code: 'damaged' })
    expect(readFileSync(`${file(path)}-wal.damaged`).equals(before)).toBe(true)
  })

  test('an older copy in the place of the database is detected', async () => {
    const path = folder()
    const { store } = await opened(path)
    await appendEvents(store.tables, 1, 0, [move(1, 1)])
    const older = leftBy(path)
    await appendEvents(store.tables, 1, 1, [said(2)])
    const left = leftBy(path)
    for (const end of ['', '-wal']) copyFileSync(file(older) + end, file(left) + end)
    await expect(openStore({ folder: left })).rejects.toThrow(/the last of 2 commits is lost/)
  })
})

describe('a missing or empty database beside a server’s other files is not a new folder', () => {
  test.each<[string, (path: string) => void]>([
    ['missing', (path) => rmSync(file(path))],
    ['empty', (path) => truncateSync(file(path))],
    ['only the mark is left', (path) => rmSync(file(path)) ?? rmSync(`${file(path)}-wal`)],
    ['only the log is left', (path) => rmSync(file(path)) ?? rmSync(join(path, 'parlor.mark'))],
  ])('%s: it is refused, no file is changed, and a repair creates a new file', async (_, damage) => {
    const path = await killed()
    damage(path)
    const before = readdirSync(path).map((name) => [name, readFileSync(join(path, name)).length])
    await expect(openStore({ folder: path })).rejects.toMatchObject({ code: 'damaged', message: expect.stringMatching(/parlor repair/) })
    expect(readdirSync(path).map((name) => [name, readFileSync(join(path, name)).length])).toEqual(before)
    expect(repair(file(path), 0).isNew).toBe(true)
    expect((await opened(path)).notices).toEqual([])
  })
})

test.each<[string, (mark: string) => void]>([
  ['missing', (mark) => rmSync(mark)],
  ['damaged or empty', (mark) => truncateSync(mark)],
])('the start reports a mark that is %s', async (what, damage) => {
  const path = await killed()
  damage(join(path, 'parlor.mark'))
  expect((await opened(path)).notices).toEqual([expect.stringContaining(`parlor.mark is ${what}`)])
})

describe('the start does not report an undamaged folder as damaged', () => {
  test('after a kill at any moment, and after a clean stop, which leaves one file', async () => {
    const path = await killed()
    const { store, notices } = await opened(path)
    expect([await store.tables.read(30, 0), notices]).toEqual([[move(30, 1), said(2)], []])
    await store.close()
    expect(readdirSync(path)).toEqual(['parlor.db'])
    expect((await opened(path)).notices).toEqual([])
  })

  test('after a power failure, which may lose the latest commits: the start reports the loss, and the server starts', async () => {
    const path = await killed()
    restartedMachine(path)
    truncateSync(`${file(path)}-wal`, statSync(`${file(path)}-wal`).size - 9000)
    const { notices } = await opened(path)
    expect(notices).toEqual([
      expect.stringMatching(/the machine stopped without warning before its disk had the last commits: the last \d of 50 commits are lost/),
    ])
  })

  test('refuses to start after a lost commit if durable is power', async () => {
    const path = await killed('power')
    restartedMachine(path)
    truncateSync(`${file(path)}-wal`, statSync(`${file(path)}-wal`).size - 9000)
    await expect(openStore({ folder: path })).rejects.toThrow(/the last \d of 50 commits are lost/)
  })
})

describe('damage in the middle of the journal', () => {
  /** A folder that was closed, with one byte of a sentence at table 4 changed. */
  async function flipped(): Promise<string> {
    const path = folder()
    const { store } = await opened(path)
    for (let table = 1; table <= 8; table++) {
      await appendEvents(store.tables, table, 0, [move(table, 1)])
      await appendEvents(store.tables, table, 1, [event(2, { type: 'said', name: 'Ada', text: `words of ${table}` }), move(table, 3)])
    }
    await store.close()
    flip(file(path), 'words of 4')
    return path
  }

  test('is detected, and the start reports what is lost and how to continue', async () => {
    const path = await flipped()
    const { store, notices } = await opened(path)
    expect(notices).toEqual([
      expect.stringMatching(
        /is damaged: place 8 of its journal is not as it was written; table 4 cannot be read any more; all other tables can be read/,
      ),
    ])
    expect(notices[0]).toMatch(HOW)
    await expect(store.tables.read(4, 0)).rejects.toMatchObject({ code: 'damaged' })
    expect(await store.tables.read(5, 0)).toHaveLength(3)
  })

  test('is repaired: earlier events stay, all other data is unchanged, and the damaged files are archived', async () => {
    const path = await flipped()
    const before = readFileSync(file(path))
    const { archive, places, tables, rows } = repair(file(path), 0)
    expect([places, tables, rows]).toEqual([1, [4], []])
    expect(readFileSync(join(archive, 'parlor.db')).equals(before)).toBe(true)
    expect(statSync(archive).mode & 0o777).toBe(0o700)
    const { store, notices } = await opened(path)
    expect(notices).toEqual([])
    expect(await store.tables.read(4, 0)).toEqual([move(4, 1)])
    for (const table of [1, 2, 3, 5, 6, 7, 8]) expect(await store.tables.read(table, 0)).toHaveLength(3)
    await appendEvents(store.tables, 4, 1, [said(2)])
  })

  test('reports a damaged page, and recovers the data on other pages', async () => {
    const path = await killed()
    const { store } = await opened(path)
    await store.accounts.add({ key: 'ada', name: 'Ada', password: '$argon2id$', since: 5 })
    await store.close()
    using raw = new DatabaseSync(file(path))
    const pages = raw
      .prepare("SELECT pageno FROM dbstat WHERE name = 'journal' AND pagetype = 'leaf'")
      .all()
      .map(({ pageno }) => Number(pageno))
    raw.close()
    const bytes = readFileSync(file(path))
    bytes.fill(0xff, 4096 * ((pages[1] ?? 1) - 1), 4096 * (pages[1] ?? 1))
    writeFileSync(file(path), bytes)
    await expect(openStore({ folder: path })).rejects.toMatchObject({ code: 'damaged', message: expect.stringMatching(HOW) })
    const { tables } = repair(file(path), 0)
    expect(tables.length).toBeGreaterThan(0)
    expect(tables.length).toBeLessThan(30)
    const after = await opened(path)
    expect(await after.store.accounts.named('ada')).toMatchObject({ person: 'account:1', name: 'Ada' })
    for (let table = 1; table <= 30; table++) if (!tables.includes(table)) expect(await after.store.tables.read(table, 0)).toHaveLength(2)
  })
})

describe('verify', () => {
  const events = () => undefined

  test('finds no fault in an undamaged folder, and each fault elsewhere', async () => {
    const path = await killed()
    expect(verify(file(leftBy(path)), events)).toEqual({ tables: 30, events: 60, problems: [] })
    const cut = leftBy(path)
    rmSync(`${file(cut)}-wal`)
    expect(verify(file(cut), events).problems).toEqual([expect.stringMatching(/its log parlor\.db-wal is missing/)])
    const { store } = await opened(path)
    await store.close()
    const sql: readonly [string, RegExp][] = [
      [
        "UPDATE journal SET batch = replace(batch, 'remarkable', 'remarkabel') WHERE place = 3",
        /place 3 of the journal is not as it was written: events of table 3 are lost/,
      ],
      ['DELETE FROM journal WHERE place = 5', /place 5 of the journal is missing: events of table 5 are lost/],
      ["UPDATE tables SET places = ' 1:0' WHERE id = 2", /table 2/],
      ['INSERT INTO recorded (table_id) VALUES (7)', /results of table 7 are recorded, although this table is not a finished rated table/],
    ]
    for (const [change, problem] of sql) {
      const damaged = leftBy(path)
      const database = new DatabaseSync(file(damaged))
      database.exec(change)
      database.close()
      expect(verify(file(damaged), events).problems.join('\n')).toMatch(problem)
    }
    expect(verify(file(leftBy(path)), (table) => (table === 9 ? 'it is against the rules' : undefined)).problems).toEqual([
      'table 9: it is against the rules',
    ])
  })
})

test('an undamaged folder contains only its database file', async () => {
  const path = folder()
  await (await opened(path)).store.close()
  expect(existsSync(join(path, 'parlor.mark'))).toBe(false)
})

describe('verify reports damaged pages of the file in plain words', () => {
  test.each([
    [['*** in database main ***\nTree 20 page 20: btreeInitPage() returns error code 11'], ['page 20 of the file is damaged']],
    [
      ['Tree 5 page 9 cell 3: invalid page number 0', 'Tree 5 page 9 cell 4: 2nd reference to page 7', 'Page 12: never used'],
      ['2 pages of the file are damaged, the first of them page 9'],
    ],
    [
      Array.from({ length: 20 }, (_, at) => `Page ${at + 30}: never used`),
      ['20 or more pages of the file are damaged, the first of them page 30'],
    ],
    [['database disk image is malformed'], ['the structure of the file is damaged']],
    [['row 3 missing from index ladder'], ['SQLite finds: row 3 missing from index ladder']],
    [[], []],
  ])('%j', (findings, said) => {
    expect(inPlainWords(findings)).toEqual(said)
  })

  test('the report contains no messages of SQLite', async () => {
    const path = folder()
    const { store } = await opened(path)
    for (let table = 1; table <= 300; table++) await appendEvents(store.tables, table, 0, [move(table, 1), said(2)])
    await store.close()
    const bytes = readFileSync(file(path))
    const pages = Math.floor(bytes.length / 4096)
    expect(pages).toBeGreaterThan(20)
    // the last pages belong to the journal: a page with an invalid header cannot be read
    for (const page of [pages - 2, pages - 4]) bytes.fill(0xff, (page - 1) * 4096, (page - 1) * 4096 + 100)
    writeFileSync(file(path), bytes)
    const { problems } = verify(file(path), () => undefined)
    expect(problems.join('\n')).toMatch(/^the structure of the file is damaged$/m)
    expect(problems.join('\n')).not.toMatch(/\*\*\*|btree|error code|Tree \d|malformed/)
  })
})
