import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, expect, test } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { repair } from '../../src/storage/sqlite/repair.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder } from '../support/folders.ts'
import { event, move } from './samples.ts'

const PAGE = 4096
const ACCOUNTS = 40
/** The undamaged database, and its page of the last numbers. */
let whole = Buffer.alloc(0)
let numbers = 0

beforeAll(async () => {
  const path = mkdtempSync(join(tmpdir(), 'parlor-pages-'))
  const store = await openStore({ folder: path })
  for (let n = 1; n <= ACCOUNTS; n++) await store.accounts.add({ key: `user${n}`, name: `user${n}`, password: 'x'.repeat(100), since: 1 })
  const last = await store.accounts.named(`user${ACCOUNTS}`)
  await store.accounts.remove(last?.person ?? '')
  for (let table = 1; table <= 60; table++)
    await appendEvents(store.tables, table, 0, [
      move(table, 1),
      event(2, { type: 'said', name: 'Ada', text: 'remarkable words '.repeat(8) }),
    ])
  await store.close()
  const file = join(path, 'parlor.db')
  const database = new DatabaseSync(file, { readOnly: true })
  numbers = Number(database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_sequence'").get()?.rootpage)
  database.close()
  whole = readFileSync(file)
  return () => rmSync(path, { recursive: true })
})

/** A folder with the database, with changed bytes. */
function changed(change: (bytes: Buffer) => Buffer): string {
  const path = folder()
  writeFileSync(join(path, 'parlor.db'), change(Buffer.from(whole)))
  return path
}

function overwritten(...pages: readonly number[]): string {
  return changed((bytes) => {
    for (const page of pages) for (let at = 0; at < PAGE; at++) bytes[(page - 1) * PAGE + at] = (at * 7919 + page) & 255
    return bytes
  })
}

test('repair continues without the page of the last numbers, and does not reuse the number of a removed account', async () => {
  const path = overwritten(numbers)
  expect(repair(join(path, 'parlor.db'), 0)).toMatchObject({ places: 0, tables: [], rows: [] })
  const store = await openStore({ folder: path })
  expect(await store.accounts.all()).toHaveLength(ACCOUNTS - 1)
  const added = await store.accounts.add({ key: 'new', name: 'new', password: 'x', since: 1 })
  expect(Number(added?.person.split(':')[1])).toBeGreaterThan(ACCOUNTS)
  await store.close()
})

test('repair reports the unreadable data, and the number of recovered tables', () => {
  const at = (name: string) => {
    const path = changed((bytes) => bytes)
    const database = new DatabaseSync(join(path, 'parlor.db'), { readOnly: true })
    const page = Number(database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.rootpage)
    database.close()
    return page
  }
  expect(repair(join(overwritten(at('journal')), 'parlor.db'), 0)).toMatchObject({ kept: 0 })
  expect(repair(join(overwritten(at('accounts')), 'parlor.db'), 0)).toMatchObject({ rows: ['accounts'], gone: ['accounts'], kept: 60 })
  expect(repair(join(overwritten(numbers), 'parlor.db'), 0)).toMatchObject({ gone: [], kept: 60 })
})

test('repair continues after damage of any page except the first', { timeout: 120_000 }, async () => {
  const pages = whole.length / PAGE
  expect(pages).toBeGreaterThan(20)
  for (let page = 2; page <= pages; page++) {
    const path = overwritten(page)
    expect(repair(join(path, 'parlor.db'), 0), `page ${page}`).toMatchObject({ isNew: false })
    await (await openStore({ folder: path })).close()
  }
})

test('repair reads a table from both ends if a page between them is damaged', async () => {
  // the row of the table, and not of an index
  const path = overwritten(Math.floor(whole.lastIndexOf('user20xxxx') / PAGE) + 1)
  expect(repair(join(path, 'parlor.db'), 0).rows).toEqual(['accounts'])
  const store = await openStore({ folder: path })
  const names = (await store.accounts.all()).map(({ name }) => name)
  await store.close()
  expect(names).not.toContain('user20')
  expect(names.length).toBeGreaterThan(0)
})

test.each([30_000, 8192, 4096])('repair continues with the rest of a database that was cut to %d bytes', async (size) => {
  const path = changed((bytes) => bytes.subarray(0, size))
  await expect(openStore({ folder: path })).rejects.toThrow(/is cut off, and \d+ bytes are missing at its end\. .*"parlor repair --data /)
  const { rows, archive } = repair(join(path, 'parlor.db'), 0)
  expect(rows).toContain('journal')
  expect(statSync(join(archive, 'parlor.db')).size).toBe(size)
  await (await openStore({ folder: path })).close()
})

test('repair leaves a file without a header unchanged', () => {
  const path = changed((bytes) => bytes.subarray(0, 100))
  expect(() => repair(join(path, 'parlor.db'), 0)).toThrow(/is damaged/)
  expect(readdirSync(path)).not.toContainEqual(expect.stringContaining('damaged'))
  expect(statSync(join(path, 'parlor.db')).size).toBe(100)
})
