import { copyFileSync, existsSync, type NoParamCallback, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Database, type Durability } from '../../src/storage/sqlite/database.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { MIGRATIONS, migrate } from '../../src/storage/sqlite/migrations.ts'
import { appendEvents } from '../support/append-events.ts'
import { folder, storeIn } from '../support/folders.ts'
import { event, fates, move } from './samples.ts'

/** The calls of `fdatasync`, which run in a thread of their own, and after which the log is checkpointed. */
const syncs = vi.hoisted(() => {
  let waiting: (() => void)[] = []
  return {
    begun: 0,
    running: 0,
    begin() {
      this.begun++
      this.running++
    },
    end() {
      this.running--
      if (this.running > 0) return
      for (const resolve of waiting) resolve()
      waiting = []
    },
    /** Resolves when none runs. */
    ended: (): Promise<void> => (syncs.running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
})

vi.mock(import('node:fs'), async (original) => {
  const fs = await original()
  const fdatasync = (file: number, then: NoParamCallback) => {
    syncs.begin()
    fs.fdatasync(file, (error) => {
      then(error)
      syncs.end()
    })
  }
  return { ...fs, fdatasync: Object.assign(fdatasync, { __promisify__: fs.fdatasync.__promisify__ }) }
})

beforeEach(() => {
  syncs.begun = 0
})

function file(): string {
  return join(folder(), 'parlor.db')
}

function opened(path: string, durable: Durability = 'process'): Database {
  const database = new Database(path, durable)
  onTestFinished(() => database.close())
  return database
}

/** Returns the value of a query with one row and one column. */
function one(database: Database, sql: string): unknown {
  return Object.values(database.prepare(sql).get() ?? {})[0]
}

describe('migrations', () => {
  const step = (version: number) => `CREATE TABLE step${version} (x); PRAGMA user_version = ${version}`
  const first = `PRAGMA application_id = 0x5061726c; ${step(1)}`
  const tablesOf = (database: Database) => one(database, 'SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema ORDER BY name)')

  test('a new file runs all migrations, and has their number', async () => {
    const database = opened(file())
    migrate(database)
    expect(one(database, 'PRAGMA user_version')).toBe(MIGRATIONS.length)
    expect(one(database, 'PRAGMA integrity_check')).toBe('ok')
    migrate(database)
    expect(one(database, 'PRAGMA user_version')).toBe(MIGRATIONS.length)
  })

  test('an older file runs the migrations that it lacks', async () => {
    const path = file()
    const old = opened(path)
    migrate(old, [first, step(2)])
    old.close()
    const database = opened(path)
    migrate(database, ['this was run already', 'and this', step(3), step(4)])
    expect([tablesOf(database), one(database, 'PRAGMA user_version')]).toEqual(['step1,step2,step3,step4', 4])
  })

  test('a migration that fails leaves the previous version', async () => {
    const path = file()
    const database = opened(path)
    expect(() => migrate(database, [first, `${step(2)}; CREATE TABLE step1 (x)`, step(3)])).toThrow(/table step1 already exists/)
    expect([tablesOf(database), one(database, 'PRAGMA user_version')]).toEqual(['step1', 1])
    database.close()
    migrate(opened(path), [first, step(2)])
  })

  test('a file of a newer version is refused with a sentence', async () => {
    const path = file()
    const newer = opened(path)
    migrate(newer, [first, step(2), step(3)])
    newer.close()
    const database = opened(path)
    expect(() => migrate(database, [first])).toThrow(
      /parlor\.db was written by a newer Parlor \(it has version 3, and this Parlor supports 1\): use the newer Parlor, or choose another folder/,
    )
    expect(() => migrate(database, [first])).toThrow(expect.objectContaining({ code: 'newer' }))
  })
})

describe('durability', () => {
  test.each<[Durability, number]>([
    ['process', 1],
    ['power', 2],
  ])('%s', async (durable, synchronous) => {
    const database = opened(file(), durable)
    expect([one(database, 'PRAGMA journal_mode'), one(database, 'PRAGMA synchronous')]).toEqual(['wal', synchronous])
  })
})

describe('a full disk', () => {
  test('fails the appends of the callers whose events do not fit; other events are persisted, and the store continues when there is space', async () => {
    const database = opened(file())
    migrate(database)
    const { tables: log } = storeIn(database)
    const long = event(2, { type: 'said', name: 'Ada', text: 'x'.repeat(1_000_000) })
    await appendEvents(log, 1, 0, [move(1, 1)])
    const pages = one(database, 'PRAGMA page_count')
    database.run(`PRAGMA max_page_count = ${Number(pages) + 5}`)
    const received: number[] = []
    for (const table of [1, 2, 3]) log.follow(table, () => received.push(table))
    const big = appendEvents(log, 1, 1, [long])
    const appended = [
      appendEvents(log, 2, 0, [move(2, 1)]),
      big,
      appendEvents(log, 1, 2, [move(1, 3)]),
      appendEvents(log, 3, 0, [move(3, 1)]),
    ]
    expect(await fates(appended)).toEqual(['kept', 'StoreError', 'VersionConflict', 'kept'])
    await expect(big).rejects.toThrow(/parlor\.db cannot be read or written: database or disk is full/)
    expect(received).toEqual([2, 3])
    expect([await log.read(1, 0), await log.read(2, 0), await log.read(3, 0)]).toEqual([[move(1, 1)], [move(2, 1)], [move(3, 1)]])
    database.run('PRAGMA max_page_count = 1000000')
    await appendEvents(log, 1, 1, [long])
    expect(await log.read(1, 1)).toEqual([long])
  })
})

describe('the write-ahead log', () => {
  test('is checkpointed every thousand commits, without a caller that waits for the disk', async () => {
    const path = join(folder(), 'parlor.db')
    const onError = vi.fn()
    const database = new Database(path, 'process', onError)
    database.transaction(() => database.run('CREATE TABLE numbers (n INTEGER PRIMARY KEY)'))
    const add = database.prepare('INSERT INTO numbers VALUES (?)')
    const inFile = () => {
      const alone = `${path}-alone`
      copyFileSync(path, alone)
      using copy = new DatabaseSync(alone)
      return copy.prepare("SELECT count(*) AS count FROM sqlite_schema WHERE name = 'numbers'").get()?.count
        ? Number(copy.prepare('SELECT max(n) AS max FROM numbers').get()?.max)
        : 0
    }
    let n = 0
    const commit = () => database.transaction(() => add.run(++n))
    while (n < 900) commit()
    expect([syncs.begun, inFile()]).toEqual([0, 0])
    while (n < 1050) commit()
    await syncs.ended()
    expect(inFile()).toBeGreaterThanOrEqual(999)
    while (n < 3250) commit()
    await syncs.ended()
    expect(inFile()).toBeGreaterThanOrEqual(3000)
    // under way when the file is closed
    while (n < 4250) commit()
    expect(syncs.running).toBe(1)
    database.close()
    await syncs.ended()
    expect([inFile(), existsSync(`${path}-wal`)]).toEqual([4250, false])
    expect(onError).not.toHaveBeenCalled()
  })

  test('is checkpointed and truncated before it has 30 MB, if commits are large', async () => {
    const path = join(folder(), 'parlor.db')
    const database = opened(path)
    database.transaction(() => database.run('CREATE TABLE texts (text TEXT)'))
    const add = database.prepare('INSERT INTO texts VALUES (?)')
    const length = () => statSync(`${path}-wal`).size
    for (let round = 0; round < 4; round++) {
      for (let at = 0; at < 9; at++) database.transaction(() => add.run('x'.repeat(1_000_000)))
      expect(length()).toBeGreaterThan(8_000_000)
      expect(length()).toBeLessThan(30_000_000)
      await syncs.ended()
      expect(length()).toBe(0)
    }
  })
})

describe('a complete log is never taken for a truncated log', () => {
  test('after commits of any size, over several checkpoints, with some that fail', async () => {
    const path = folder()
    const store = await openStore({ folder: path })
    onTestFinished(() => store.close())
    for (let table = 1; table <= 1500; table++) {
      const text = 'remarkable words '.repeat(table % 97 === 0 ? 40_000 : table % 13)
      await appendEvents(store.tables, table, 0, [move(table, 1), event(2, { type: 'said', name: 'Ada', text })])
      // a refused job writes nothing, and a job that writes the same values adds nothing to the journal
      if (table % 7 === 0) await expect(appendEvents(store.tables, table, 0, [move(table, 1)])).rejects.toThrow()
      if (table % 11 === 0) await store.accounts.closeSession('none')
      // the checkpoint runs after the present job
      if (table % 50 === 0) await syncs.ended()
    }
    expect(store.availability?.failure).toBeUndefined()
  })

  test('after a rolled-back transaction that has written to the log', async () => {
    const database = opened(file())
    migrate(database)
    const add = database.prepare('INSERT INTO journal (place, batch, crc) VALUES (?, ?, 0)')
    const large = 'x'.repeat(1_000_000)
    database.run('PRAGMA cache_size = 10')
    for (let place = 1; place <= 200; place++) {
      if (place % 5 === 0) {
        const failing = () => {
          for (let at = 0; at < 5; at++) add.run(place + at, large)
          throw new Error('it is taken back')
        }
        expect(() => database.transaction(failing)).toThrow('it is taken back')
      }
      database.transaction(() => void add.run(place, 'small'))
      database.noteCommit()
      if (place % 60 === 0) database.checkpoint()
    }
    database.transaction(() => {})
  })
})
