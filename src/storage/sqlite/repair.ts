import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { EndKind } from '../event-store.ts'
import { convertSystemErrors } from '../folder.ts'
import { createEmptyFile, syncToDisk } from './backup.ts'
import { createDatabase, Database, isDiskFull, toNumber, toText } from './database.ts'
import {
  ARCHIVE,
  countMissingBytes,
  damagedLogPath,
  describeLoss,
  markPath,
  pathsBeside,
  preservedLogPath,
  walPath,
  workFilePaths,
} from './database-files.ts'
import { checksum, formatBatch, type Part, parseParts } from './journal.ts'
import { findDamages, scanRows } from './journal-scan.ts'
import { migrate } from './migrations.ts'
import { isSameFile, PreservedLog } from './preserved-log.ts'

/** Repair is the report of a repair: the lost data, and the folder of the archived files. */
export interface Repair {
  /** Folder with copies of the original files. */
  readonly archive: string
  /** Number of places of the journal that are lost. */
  readonly places: number
  /** Tables that have lost their last events, or all events. */
  readonly tables: readonly number[]
  /** Names of the SQL tables that have lost rows. */
  readonly rows: readonly string[]
  /** Names of the SQL tables that have lost all rows. */
  readonly gone: readonly string[]
  /** Number of tables that have events in the new database. */
  readonly kept: number
  /** True if the database was missing or empty: all data is lost. */
  readonly isNew: boolean
}

/**
 * Number of account numbers that the repair skips if the last used account number is unknown, because removed accounts may have had these
 * numbers.
 */
const UNKNOWN_NUMBERS = 1_000_000

/**
 * SQL tables that the repair does not copy row by row: the journal, tables that the store derives from the journal, and tables with data
 * about the file itself.
 */
const DERIVED = new Set(['journal', 'tables', 'blocks', 'covered', 'origin', 'sqlite_sequence'])

/**
 * Archives the files of a database in a folder beside the database, copies all readable rows to a new database, and replaces the old
 * database by the new database. If the events of a table have a gap, the repair copies only the events before the gap, and the table
 * continues after these events. Throws a StoreError if a server has the file open, if the file belongs to another program, or if the disk
 * is full; the files are then unchanged.
 */
export function repair(path: string, now: number): Repair {
  if (describeLoss(path) !== undefined) return replaceLost(path, now)
  const log = new PreservedLog(path)
  let isReplaced = false
  try {
    const { database, archive } = openArchived(path, now)
    const made = `${path}.new`
    removeDatabase(made)
    try {
      migrate(database)
      const salvaged = salvage(database, made)
      database.close()
      syncToDisk(made)
      isReplaced = true
      // the repair removes the log first, because the log belongs to the old database; the archive has a copy of the log
      for (const each of [...workFilePaths(path), damagedLogPath(path), preservedLogPath(path)]) rmSync(each, { force: true })
      renameSync(made, path)
      rmSync(markPath(path), { force: true })
      syncToDisk(dirname(path))
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
 * Archives the files of a damaged database and opens the database. SQLite opens no file that is shorter than the length in its head, so
 * this function extends such a file with zeros; SQLite reports the pages after the old end as damaged.
 */
function openArchived(path: string, now: number): { readonly database: Database; readonly archive: string } {
  const missing = countMissingBytes(path)
  if (missing === 0) {
    const database = new Database(path, 'process')
    try {
      return { database, archive: archiveFiles(path, now) }
    } catch (error) {
      database.close()
      throw error
    }
  }
  const archive = archiveFiles(path, now)
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

/** Replaces a missing or empty database by a new database. The function does not use the log, because a log has only some of the pages. */
function replaceLost(path: string, now: number): Repair {
  const archive = archiveFiles(path, now)
  const made = `${path}.new`
  removeDatabase(made)
  try {
    createDatabase(made)
    const database = new Database(made, 'process')
    try {
      migrate(database)
      database.checkpoint()
    } finally {
      database.close()
    }
    syncToDisk(made)
  } catch (error) {
    removeDatabase(made)
    rmSync(archive, { recursive: true, force: true })
    throw error
  }
  for (const each of pathsBeside(path)) rmSync(each, { force: true })
  renameSync(made, path)
  syncToDisk(dirname(path))
  return { archive, places: 0, tables: [], rows: [], gone: [], kept: 0, isNew: true }
}

/** Copies all files of a database to a new folder that only its owner can read. Returns the path of the folder. */
function archiveFiles(path: string, now: number): string {
  const archive = join(dirname(path), `${ARCHIVE}${new Date(now).toISOString().replaceAll(':', '-')}`)
  convertSystemErrors(archive, () => mkdirSync(archive, { mode: 0o700 }))
  try {
    for (const from of [path, ...pathsBeside(path)]) {
      if (!existsSync(from) || (from === preservedLogPath(path) && isSameFile(from, walPath(path)))) continue
      const to = join(archive, from.slice(dirname(path).length + 1))
      convertSystemErrors(to, () => copyFileSync(from, to))
      chmodSync(to, 0o600)
    }
    return archive
  } catch (error) {
    rmSync(archive, { recursive: true, force: true })
    throw error
  }
}

function salvage(from: Database, path: string): Omit<Repair, 'archive' | 'isNew'> {
  createEmptyFile(path)
  const to = new Database(path, 'process')
  try {
    migrate(to)
    const lost = new Set<number>()
    const rows: string[] = []
    const places = findDamages(from).length
    if (places === 0 && !hasReadableEnds(from)) rows.push('journal')
    let kept = 0
    to.transaction(() => {
      const { counting, tables } = copyJournal(from, to, lost)
      kept = tables
      for (const table of othersOf(to)) if (!copyRows(from, to, table)) rows.push(table)
      continueNumbers(from, to)
      forgetResults(to, counting)
    })
    // the close reports no error if the disk has no space for the checkpoint
    to.checkpoint()
    const gone = rows.filter((name) => toNumber(to.prepare(`SELECT count(*) AS count FROM "${name}"`).get()?.count ?? 0) === 0)
    return { places, tables: [...lost].sort((one, other) => one - other), rows, gone, kept }
  } finally {
    to.close()
  }
}

/** Checks whether the first and the last place of a journal are readable; otherwise, the repair cannot count the lost places. */
function hasReadableEnds(from: Database): boolean {
  try {
    return from.prepare('SELECT min(place), max(place) FROM journal').get() !== undefined
  } catch {
    return false
  }
}

/**
 * Copies the undamaged parts of the journal. Returns the finished rated tables, and the number of all copied tables. Compaction moves parts
 * to later rows, so a part may be in an earlier row than the previous part of the table. Such a part waits until this function has found
 * the previous part. The first parts of dropped tables are missing, so this function copies no part of a dropped table.
 */
function copyJournal(from: Database, to: Database, lost: Set<number>): { readonly counting: Set<number>; readonly tables: number } {
  const versions = new Map<number, number>()
  const waiting = new Map<number, Map<number, Part>>()
  const counting = new Set<number>()
  const add = to.prepare('INSERT INTO journal (place, batch, crc) VALUES (?, ?, ?)')
  let place = 0
  for (const { place: before, batch } of scanRows(from)) {
    if (batch === undefined) continue
    const parts: Part[] = []
    for (const part of parseParts(batch, before)) {
      const later = waiting.get(part.table) ?? new Map<number, Part>()
      waiting.set(part.table, later.set(part.expected, part))
      for (let next = later.get(versions.get(part.table) ?? 0); next; next = later.get(versions.get(part.table) ?? 0)) {
        later.delete(next.expected)
        versions.set(next.table, next.expected + next.count)
        const whole = { ...next, ending: next.endKind ?? endingIn(next.lines) }
        if (whole.ending === 'counts') counting.add(next.table)
        parts.push(whole)
      }
      if (later.size === 0) waiting.delete(part.table)
    }
    if (parts.length === 0) continue
    place++
    const text = formatBatch(parts)
    add.run(place, text, checksum(place, text))
  }
  noteLost(from, versions, lost)
  return { counting, tables: versions.size }
}

/**
 * Returns the way in which a table ends in the lines of a part; `undefined` if the table does not end there. The repair needs this function
 * for moved parts, because the head of a moved part omits the ending.
 */
function endingIn(lines: string): EndKind | undefined {
  const [end] = /\n(?:\[\[|\{"type":"ended").*/.exec(lines) ?? []
  if (end === undefined) return undefined
  return end.includes('"counts":true') ? 'counts' : 'ended'
}

/** Adds to `lost` the tables that have more events in the index than in the copy. */
function noteLost(from: Database, versions: ReadonlyMap<number, number>, lost: Set<number>): void {
  const note = (table: number, version: number) => {
    if ((versions.get(table) ?? 0) < version) lost.add(table)
  }
  try {
    for (const { id, version } of from.prepare('SELECT id, version FROM tables').iterate()) note(toNumber(id), toNumber(version))
    for (const { entries } of from.prepare('SELECT entries FROM blocks').iterate()) {
      for (const [, table, version] of toText(entries).matchAll(/\n(\d+) (\d+) \d+ /g)) note(Number(table), Number(version))
    }
  } catch {
    // if the index is damaged, too, the repair cannot report all losses
  }
}

/** Returns the SQL tables that the repair copies row by row. */
function othersOf(to: Database): string[] {
  const rows = to.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  return rows.map(({ name }) => toText(name)).filter((name) => !DERIVED.has(name) && !name.startsWith('sqlite_'))
}

/** Copies the readable rows of an SQL table; returns true if all rows were readable. */
function copyRows(from: Database, to: Database, table: string): boolean {
  const columns = to
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => `"${toText(name)}"`)
  const add = to.prepare(`INSERT OR IGNORE INTO "${table}" (${columns}) VALUES (${columns.map(() => '?')})`)
  const copy = (order: string) => {
    try {
      for (const row of from.prepare(`SELECT ${columns} FROM "${table}"${order}`).iterate()) add.run(...Object.values(row))
      return true
    } catch (error) {
      if (isDiskFull(error)) throw error
      return false
    }
  }
  if (copy('')) return true
  // this query begins at the other end, and so reads the rows after a damaged page
  copy(` ORDER BY ${keyOf(to, table)} DESC`)
  return false
}

/** Returns the key columns of an SQL table, for an ORDER BY that ends with DESC. */
function keyOf(to: Database, table: string): string {
  const keys = to.prepare(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`).all()
  return keys.length === 0 ? 'rowid' : keys.map(({ name }) => `"${toText(name)}"`).join(' DESC, ')
}

/** Sets the last used account number in the new database, so that the server uses no number twice. */
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

/** Returns the last used number of each SQL table, increased by `more`; `undefined` if the numbers are unreadable. */
function lastNumbers(database: Database, more = 0): [string, number][] | undefined {
  try {
    const rows = database.prepare('SELECT name, seq FROM sqlite_sequence').all()
    return rows.map(({ name, seq }) => [toText(name), toNumber(seq) + more])
  } catch {
    return undefined
  }
}

/** Deletes the records of tables whose ends are lost, because the server records only results after the end of the last recorded table. */
function forgetResults(to: Database, counting: ReadonlySet<number>): void {
  const forget = to.prepare('DELETE FROM recorded WHERE table_id = ?')
  for (const { table_id } of to.prepare('SELECT table_id FROM recorded').all()) {
    const table = toNumber(table_id)
    if (!counting.has(table)) forget.run(table)
  }
}

function removeDatabase(path: string): void {
  rmSync(path, { force: true })
  removeLogs(path)
}

function removeLogs(path: string): void {
  for (const each of workFilePaths(path)) rmSync(each, { force: true })
}
