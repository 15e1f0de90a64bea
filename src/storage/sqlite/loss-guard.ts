import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatCount } from '../../base/counts.ts'
import { isTemporary } from '../../hall/ports.ts'
import { type OnStoreError, quietly, StoreError } from '../error.ts'
import { convertSystemErrors, type OnStoreWarning } from '../folder.ts'
import { Database, type Durability, toNumber, toText } from './database.ts'
import { countMissingBytes, damagedLogPath, markPath, preservedLogPath } from './database-files.ts'
import { checkStructure, type Damage, findDamages, findTablesAt } from './journal-scan.ts'
import { PreservedLog } from './preserved-log.ts'
import { isSameBoot, type MarkContent, type Progress, ProgressMark, readMark } from './progress-mark.ts'

/** Found has the state of the mark before SQLite opened the database and checkpointed the log. */
interface Found {
  readonly mark: MarkContent | undefined
  readonly hadMark: boolean
}

/** Maximum number of tables that a sentence names. */
const NAMED = 20

/**
 * LossGuard detects at the start of a store whether acknowledged data is lost. The guard searches for rows of the journal whose checksum
 * does not match, and for missing commits. Commits are missing if the write-ahead log is missing, truncated or damaged, or if the database
 * is an older copy. SQLite itself reports no error, because SQLite treats a damaged log as a log that ends at the damage.
 */
export class LossGuard {
  readonly #path: string
  readonly #found: Found
  #mark: ProgressMark | undefined
  #makeMark: ((progress: Progress) => ProgressMark) | undefined
  readonly #log: PreservedLog
  /** True if the guard leaves a damaged log in the folder under its second name, so that the operator can examine the log. */
  readonly #keepsDamaged: boolean
  /** The last error that `damageError` returned. */
  #reported: StoreError | undefined

  /** Reads the mark and preserves the log of a database that is not open yet. Throws a StoreError if the disk is full. */
  constructor(path: string) {
    this.#path = path
    const mark = readMark(markPath(path))
    this.#found = { mark, hadMark: existsSync(markPath(path)) }
    this.#keepsDamaged = mark?.open === true && isSameBoot(mark)
    this.#log = new PreservedLog(path)
  }

  /**
   * Opens the database. Throws a StoreError if SQLite cannot open the database. If the cause is not damage, the failed attempt leaves no
   * new file in the folder.
   */
  openDatabase(durable: Durability, onError: OnStoreError): Database {
    try {
      return new Database(this.#path, durable, onError)
    } catch (error) {
      if (!isDamage(error)) {
        this.restoreLog(error)
        throw error
      }
      const missing = countMissingBytes(this.#path)
      throw this.damageError(
        missing > 0 ? `it is cut off, and ${formatCount(missing, 'byte')} are missing at its end` : 'SQLite cannot open it',
        error,
      )
    }
  }

  /**
   * Reports damaged rows of the journal, and the tables that are unreadable because of this damage; all other tables are readable.
   * Throws a StoreError with the code `damaged` if the structure of the file is damaged.
   */
  checkRows(database: Database, onWarning: OnStoreWarning): void {
    const wrong = checkStructure(database)
    if (wrong.length > 0) throw this.damageError(wrong.slice(0, 3).join('; '))
    const damages = findDamages(database)
    if (damages.length === 0) return
    const tables = findTablesAt(database, new Set(damages.map(({ place }) => place)))
    const { message } = this.damageError(
      `${describe(damages)}; ${formatTables(tables)} cannot be read any more; all other tables can be read`,
    )
    onWarning(message)
  }

  /** Adds advice to an error about damage; returns any other error unchanged. */
  explain(error: unknown): unknown {
    return isDamage(error) && error !== this.#reported ? this.damageError(error.message, error) : error
  }

  /**
   * After a failed start, restores the log that SQLite has removed. If `#keepsDamaged` is true, the log of a damaged database stays under
   * its second name.
   */
  restoreLog(reason: unknown): void {
    if (!(this.#keepsDamaged && isDamage(reason))) this.#log.restore()
  }

  /**
   * Throws a StoreError with the code `damaged` if commits are missing at the end of the journal; if a loss of power is the cause,
   * calls `onWarning` instead.
   */
  checkEnd(database: Database, progress: Progress, onWarning: OnStoreWarning): void {
    const origin = readOrigin(database)
    const { mark } = this.#found
    const hadLog = this.#log.existed
    if (mark?.origin === origin.id && mark.place > progress.place) {
      const lost = lossOf(mark, progress)
      if (mark.durable === 'power' || isSameBoot(mark)) {
        // this rename fails if there was no log, or if the file system is read-only or has no hard links
        quietly(() => renameSync(preservedLogPath(this.#path), damagedLogPath(this.#path)))
        throw this.damageError(`its log parlor.db-wal is ${hadLog ? 'damaged or cut off' : 'missing'}: ${lost}`)
      }
      onWarning(`${this.#path}: the machine stopped without warning before its disk had the last commits: ${lost}`)
    } else if (origin.open && !hadLog && mark?.origin !== origin.id) {
      throw this.damageError('its log parlor.db-wal is missing: the last commits of a server are lost, and their number is unknown')
    } else if (origin.open && !hadLog && mark?.open) {
      onWarning(
        `${this.#path}: its log parlor.db-wal is missing; all events of games are there, but names, passwords or results may be lost`,
      )
    }
    const wrong = this.#wrongMark(origin)
    if (wrong !== undefined)
      onWarning(`${markPath(this.#path)} ${wrong}: if commits are missing at the end of ${this.#path}, this start cannot detect the loss`)
  }

  /** Returns the fault of a database's mark, as a clause. A database that a server has closed needs no mark. */
  #wrongMark(origin: Origin): string | undefined {
    const { mark, hadMark } = this.#found
    if (mark) return mark.origin === origin.id ? undefined : 'belongs to another database'
    if (hadMark) return 'is damaged or empty'
    return origin.open ? 'is missing' : undefined
  }

  /**
   * Creates the mark, and records in the database that the database is open. Afterwards, `note` writes the end of the journal to the mark.
   * Throws a StoreError if the system cannot create the mark, or if a write to the database fails; ignores a temporary failure of the
   * database.
   */
  open(database: Database, durable: Durability, progress: Progress): void {
    // the mark comes first; otherwise, a process that is killed between the two writes would leave an open database without a mark
    const fixed = { origin: readOrigin(database).id, durable }
    this.#makeMark = (at) => convertSystemErrors(markPath(this.#path), () => new ProgressMark(markPath(this.#path), fixed, at))
    this.#mark = this.#makeMark(progress)
    try {
      database.transaction(() => database.run('UPDATE origin SET open = 1'))
      database.checkpoint()
    } catch (error) {
      // an outage does not prevent the start, because the server can still read
      if (!isTemporary(error)) throw error
    }
    rmSync(preservedLogPath(this.#path), { force: true })
  }

  /** Writes the end of the journal to the mark. Throws the system's error if the write fails. */
  note(progress: Progress): void {
    this.#mark?.write(progress)
  }

  /**
   * Creates the mark again if another program has removed, replaced or truncated the mark, and the files of the database are still at their
   * paths. Returns true if this method has created the mark. Throws a StoreError if the system cannot create the mark.
   */
  restoreMark(database: Database, progress: Progress): boolean {
    const before = this.#mark
    if (!before || !this.#makeMark || before.isInPlace() || !database.isInPlace()) return false
    this.#mark = this.#makeMark(progress)
    before.release()
    return true
  }

  /**
   * Records that the server has closed the store, and removes the mark. Throws a StoreError if a write to the database fails, or the
   * system's error if the system cannot write or remove the mark. After an error, the mark remains, and the next start checks for losses.
   */
  close(database: Database, progress: Progress): void {
    const mark = this.#mark
    this.#mark = undefined
    try {
      database.transaction(() => database.run('UPDATE origin SET open = 0'))
    } catch (error) {
      mark?.close(progress)
      throw error
    }
    mark?.close(progress)
    rmSync(markPath(this.#path), { force: true })
  }

  /** Returns an error that names the damage and says how the operator can continue. */
  damageError(what: string, cause?: unknown): StoreError {
    const folder = dirname(this.#path)
    this.#reported = new StoreError(
      'damaged',
      `${this.#path} is damaged: ${what}. Restore a backup, or continue without the lost data: "parlor repair --data ${folder}" copies all files unchanged before it changes the folder`,
      cause,
    )
    return this.#reported
  }
}

/** Origin has the id of a database file. `open` is true if a server has the file open, or has ended but not closed the file. */
interface Origin {
  readonly id: string
  readonly open: boolean
}

/** Reads the origin of a database. */
function readOrigin(database: Database): Origin {
  const row = database.query(() => database.prepare('SELECT id, open FROM origin').get())
  return { id: toText(row?.id), open: toNumber(row?.open) === 1 }
}

function describe(damages: readonly Damage[]): string {
  const named = damages.slice(0, 3).map(({ place, what }) => `place ${place} of its journal ${what}`)
  return damages.length > 3 ? `${named.join(', ')}, and ${damages.length - 3} more` : named.join(', ')
}

/** Formats a list of tables for a sentence; shortens a list of more than 20 tables. */
export function formatTables(tables: readonly number[]): string {
  if (tables.length === 0) return 'unknown tables'
  if (tables.length === 1) return `table ${tables[0]}`
  const named = tables.slice(0, NAMED).join(', ')
  return tables.length > NAMED ? `tables ${named} and ${tables.length - NAMED} more` : `tables ${named}`
}

/** Describes the loss between two states of a journal. */
function lossOf(was: Progress, is: Progress): string {
  const rows = was.place - is.place
  const tables = was.highest - is.highest
  const games = tables === 1 ? `table ${was.highest}` : `tables ${is.highest + 1} to ${was.highest}`
  return [
    rows === 1 ? `the last of ${formatCount(was.place, 'commit')} is lost` : `the last ${rows} of ${was.place} commits are lost`,
    ...(tables > 0 ? [`with ${games} altogether`] : []),
    ...(was.ended > is.ended ? [`with the ends and results of ${formatCount(was.ended - is.ended, 'game')}`] : []),
    'and the last events of unfinished tables',
  ].join(', ')
}

function isDamage(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'damaged'
}
