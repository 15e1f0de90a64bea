import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { explainingSystem } from '../folder.ts'
import type { Ending } from '../log.ts'
import { makeFile, settle } from './backup.ts'
import { createDatabase, Database, isFull, number, text } from './database.ts'
import { ARCHIVE, damagedLogOf, keptLogOf, logOf, lossOfDatabase, markOf, missingBytes, pathsBeside, workFilesOf } from './files.ts'
import { batchOf, checksumOf, type Part, partsOf } from './journal.ts'
import { isSameFile, KeptLog } from './kept-log.ts'
import { migrate } from './migrations.ts'
import { damagesOf, rowsOf } from './scan.ts'

/** Repair is what came of one. */
export interface Repair {
  /** Folder of all files as they were. */
  readonly archive: string
  /** Places of the journal that are lost. */
  readonly places: number
  /** Tables whose last events are lost, or all of them. */
  readonly tables: readonly number[]
  /** Tables of the database, other than the journal, of which rows are lost. */
  readonly rows: readonly string[]
  /** Those of them of which no row could be read. */
  readonly gone: readonly string[]
  /** Number of tables with events that are kept. */
  readonly kept: number
  /** The database was missing or empty: all is lost. */
  readonly isNew: boolean
}

/** Numbers that are left out if the last one that was given away is lost: accounts that were removed may have had some. */
const UNKNOWN_NUMBERS = 1_000_000

/** Tables that are made anew from the journal, or belong to the file. */
const DERIVED = new Set(['journal', 'tables', 'blocks', 'covered', 'origin', 'sqlite_sequence'])

/**
 * Makes a new database of all that can still be read of one, and puts it in its place; the files as they were are copied to a
 * folder beside it first. Of a table whose events have a gap, those before it stay: it goes on from there. Throws a
 * StoreError where a server has the file open, where it is none of ours, or where there is too little room; then all is as it was.
 */
export function repair(path: string, now: number): Repair {
  if (lossOfDatabase(path) !== undefined) return replaced(path, now)
  const log = new KeptLog(path)
  let isReplaced = false
  try {
    const { database, archive } = opened(path, now)
    const made = `${path}.new`
    removeDatabase(made)
    try {
      migrate(database)
      const salvaged = salvage(database, made)
      database.close()
      settle(made)
      isReplaced = true
      // the database itself is there at every moment: the log is archived, and belongs to the old one
      for (const each of [...workFilesOf(path), damagedLogOf(path), keptLogOf(path)]) rmSync(each, { force: true })
      renameSync(made, path)
      rmSync(markOf(path), { force: true })
      settle(dirname(path))
      return { archive, ...salvaged, isNew: false }
    } catch (error) {
      database.close()
      removeDatabase(made)
      if (!isReplaced) rmSync(archive, { recursive: true, force: true })
      throw error
    }
  } catch (error) {
    if (!isReplaced) log.restore()
    throw error
  }
}

/**
 * Opens a damaged database, when its files as they were are archived. SQLite opens no file that is shorter than its head says:
 * that is extended, and what is behind its end counts as damaged pages.
 */
function opened(path: string, now: number): { readonly database: Database; readonly archive: string } {
  const missing = missingBytes(path)
  if (missing === 0) {
    const database = new Database(path, 'process')
    try {
      return { database, archive: archived(path, now) }
    } catch (error) {
      database.close()
      throw error
    }
  }
  const archive = archived(path, now)
  const { size } = statSync(path)
  try {
    truncateSync(path, size + missing)
    return { database: new Database(path, 'process'), archive }
  } catch (error) {
    truncateSync(path, size)
    rmSync(archive, { recursive: true })
    throw error
  }
}

/** Puts an empty database in the place of one that is missing or empty, of which the log alone tells nothing. */
function replaced(path: string, now: number): Repair {
  const archive = archived(path, now)
  const made = `${path}.new`
  removeDatabase(made)
  try {
    createDatabase(made)
    const database = new Database(made, 'process')
    try {
      migrate(database)
      database.takeOverNow()
    } finally {
      database.close()
    }
    settle(made)
  } catch (error) {
    removeDatabase(made)
    rmSync(archive, { recursive: true, force: true })
    throw error
  }
  for (const each of pathsBeside(path)) rmSync(each, { force: true })
  renameSync(made, path)
  settle(dirname(path))
  return { archive, places: 0, tables: [], rows: [], gone: [], kept: 0, isNew: true }
}

/** Copies all files of a database to a folder of their own, for its owner alone. */
function archived(path: string, now: number): string {
  const archive = join(dirname(path), `${ARCHIVE}${new Date(now).toISOString().replaceAll(':', '-')}`)
  explainingSystem(archive, () => mkdirSync(archive, { mode: 0o700 }))
  try {
    for (const from of [path, ...pathsBeside(path)]) {
      if (!existsSync(from) || (from === keptLogOf(path) && isSameFile(from, logOf(path)))) continue
      const to = join(archive, from.slice(dirname(path).length + 1))
      explainingSystem(to, () => copyFileSync(from, to))
      chmodSync(to, 0o600)
    }
    return archive
  } catch (error) {
    rmSync(archive, { recursive: true, force: true })
    throw error
  }
}

function salvage(from: Database, path: string): Omit<Repair, 'archive' | 'isNew'> {
  makeFile(path)
  const to = new Database(path, 'process')
  try {
    migrate(to)
    const lost = new Set<number>()
    const rows: string[] = []
    const places = damagesOf(from).length
    if (places === 0 && !hasReadableEnds(from)) rows.push('journal')
    let kept = 0
    to.transaction(() => {
      const { counting, tables } = copyJournal(from, to, lost)
      kept = tables
      for (const table of othersOf(to)) if (!copyRows(from, to, table)) rows.push(table)
      continueNumbers(from, to)
      forgetResults(to, counting)
    })
    // a close says nothing if there is no room to take the log over
    to.takeOverNow()
    const gone = rows.filter((name) => number(to.prepare(`SELECT count(*) AS count FROM "${name}"`).get()?.count ?? 0) === 0)
    return { places, tables: [...lost].sort((one, other) => one - other), rows, gone, kept }
  } finally {
    to.close()
  }
}

/** Checks whether a journal can be read at both ends: if not, the places that are lost cannot be counted. */
function hasReadableEnds(from: Database): boolean {
  try {
    return from.prepare('SELECT min(place), max(place) FROM journal').get() !== undefined
  } catch {
    return false
  }
}

/**
 * Copies what is whole of the journal; answers with the tables that have ended and count, and how many there are in all. Parts that were moved stand behind
 * those that follow them: these wait for their turn. What is left of tables that were dropped has no beginning, and goes.
 */
function copyJournal(from: Database, to: Database, lost: Set<number>): { readonly counting: Set<number>; readonly tables: number } {
  const versions = new Map<number, number>()
  const waiting = new Map<number, Map<number, Part>>()
  const counting = new Set<number>()
  const add = to.prepare('INSERT INTO journal (place, batch, crc) VALUES (?, ?, ?)')
  let place = 0
  for (const { place: before, batch } of rowsOf(from)) {
    if (batch === undefined) continue
    const parts: Part[] = []
    for (const part of partsOf(batch, before)) {
      const later = waiting.get(part.table) ?? new Map<number, Part>()
      waiting.set(part.table, later.set(part.expected, part))
      for (let next = later.get(versions.get(part.table) ?? 0); next; next = later.get(versions.get(part.table) ?? 0)) {
        later.delete(next.expected)
        versions.set(next.table, next.expected + next.count)
        const whole = { ...next, ending: next.ending ?? endingIn(next.lines) }
        if (whole.ending === 'counts') counting.add(next.table)
        parts.push(whole)
      }
      if (later.size === 0) waiting.delete(part.table)
    }
    if (parts.length === 0) continue
    place++
    const text = batchOf(parts)
    add.run(place, text, checksumOf(place, text))
  }
  noteLost(from, versions, lost)
  return { counting, tables: versions.size }
}

/** Returns the ending of a table with some events, if the part does not have it: a moved part does not. */
function endingIn(lines: string): Ending | undefined {
  const [end] = /\n(?:\[\[|\{"type":"ended").*/.exec(lines) ?? []
  if (end === undefined) return undefined
  return end.includes('"counts":true') ? 'counts' : 'ended'
}

/** The tables that the directory has with more events than could be copied. */
function noteLost(from: Database, versions: ReadonlyMap<number, number>, lost: Set<number>): void {
  const note = (table: number, version: number) => {
    if ((versions.get(table) ?? 0) < version) lost.add(table)
  }
  try {
    for (const { id, version } of from.prepare('SELECT id, version FROM tables').iterate()) note(number(id), number(version))
    for (const { entries } of from.prepare('SELECT entries FROM blocks').iterate()) {
      for (const [, table, version] of text(entries).matchAll(/\n(\d+) (\d+) \d+ /g)) note(Number(table), Number(version))
    }
  } catch {
    // if the directory is damaged too, less is known
  }
}

/** All tables of a new database that do not follow from the journal. */
function othersOf(to: Database): string[] {
  const rows = to.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  return rows.map(({ name }) => text(name)).filter((name) => !DERIVED.has(name) && !name.startsWith('sqlite_'))
}

/** Copies the rows of a table as far as they can be read; answers whether that was all of them. */
function copyRows(from: Database, to: Database, table: string): boolean {
  const columns = to
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => `"${text(name)}"`)
  const add = to.prepare(`INSERT OR IGNORE INTO "${table}" (${columns}) VALUES (${columns.map(() => '?')})`)
  const copy = (order: string) => {
    try {
      for (const row of from.prepare(`SELECT ${columns} FROM "${table}"${order}`).iterate()) add.run(...Object.values(row))
      return true
    } catch (error) {
      if (isFull(error)) throw error
      return false
    }
  }
  if (copy('')) return true
  // what stands behind a damaged page is reached from the other end
  copy(` ORDER BY ${keyOf(to, table)} DESC`)
  return false
}

/** The columns by which the rows of a table are ordered in the file, as they stand before the last DESC of an order. */
function keyOf(to: Database, table: string): string {
  const keys = to.prepare(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`).all()
  return keys.length === 0 ? 'rowid' : keys.map(({ name }) => `"${text(name)}"`).join(' DESC, ')
}

/** No number of an account is given away a second time. */
function continueNumbers(from: Database, to: Database): void {
  const [forget, set] = [
    to.prepare('DELETE FROM sqlite_sequence WHERE name = ?'),
    to.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)'),
  ]
  for (const [name, last] of lastNumbers(from) ?? lastNumbers(to, UNKNOWN_NUMBERS) ?? []) {
    forget.run(name)
    set.run(name, last)
  }
}

/** The last numbers that a database has given away, and `more` behind them, by the table; `undefined` if they cannot be read. */
function lastNumbers(database: Database, more = 0): [string, number][] | undefined {
  try {
    const rows = database.prepare('SELECT name, seq FROM sqlite_sequence').all()
    return rows.map(({ name, seq }) => [text(name), number(seq) + more])
  } catch {
    return undefined
  }
}

/** Forgets that results of tables were recorded whose ends are lost: what comes after the last that is known is recorded next. */
function forgetResults(to: Database, counting: ReadonlySet<number>): void {
  const forget = to.prepare('DELETE FROM recorded WHERE table_id = ?')
  for (const { table_id } of to.prepare('SELECT table_id FROM recorded').all()) {
    const table = number(table_id)
    if (!counting.has(table)) forget.run(table)
  }
}

function removeDatabase(path: string): void {
  rmSync(path, { force: true })
  removeLogs(path)
}

function removeLogs(path: string): void {
  for (const each of workFilesOf(path)) rmSync(each, { force: true })
}
