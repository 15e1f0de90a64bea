import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { counted } from '../../base/counts.ts'
import { isTemporary } from '../../hall/ports.ts'
import type { OnTrouble } from '../commits.ts'
import { StoreError } from '../error.ts'
import { explainingSystem, type OnNotice } from '../folder.ts'
import { Database, type Durable, number, text } from './database.ts'
import { damagedLogOf, keptLogOf, markOf, missingBytes } from './files.ts'
import { KeptLog } from './kept-log.ts'
import { isSameBoot, Mark, type MarkContent, type Progress, readMark } from './mark.ts'
import { type Damage, damagesOf, structureOf, tablesAt } from './scan.ts'

/** Found is the files of a folder before SQLite opens it, and takes over what it finds in the log. */
interface Found {
  readonly mark: MarkContent | undefined
  readonly hadMark: boolean
}

/** Tables that are named one by one in a sentence, at most. */
const NAMED = 20

/**
 * Guard finds out, when a store is opened, whether something is lost of what was acknowledged: rows of the journal that are
 * not as they were written, and commits that are no longer there, because the write-ahead log is missing, cut off or damaged,
 * or the database is an older copy. SQLite takes such a log for one that ends there, and says nothing.
 */
export class Guard {
  readonly #path: string
  readonly #found: Found
  #mark: Mark | undefined
  #makeMark: ((progress: Progress) => Mark) | undefined
  readonly #log: KeptLog
  /** True if a damaged log keeps its second name, for the operator. */
  readonly #keepsDamaged: boolean
  /** The last error of its own. */
  #said: StoreError | undefined

  /** Looks at the folder of a database file, before that is opened. Throws a StoreError if its disk has no room at all. */
  constructor(path: string) {
    this.#path = path
    const mark = readMark(markOf(path))
    this.#found = { mark, hadMark: existsSync(markOf(path)) }
    this.#keepsDamaged = mark?.open === true && isSameBoot(mark)
    this.#log = new KeptLog(path)
  }

  /** Opens the database. Throws a StoreError; if another process has it open, nothing is left in its folder. */
  openDatabase(durable: Durable, onTrouble: OnTrouble): Database {
    try {
      return new Database(this.#path, durable, onTrouble)
    } catch (error) {
      if (!isDamage(error)) {
        this.restoreLog(error)
        throw error
      }
      const missing = missingBytes(this.#path)
      throw this.damaged(
        missing > 0 ? `it is cut off, and ${counted(missing, 'byte')} are missing at its end` : 'SQLite cannot open it',
        error,
      )
    }
  }

  /**
   * Says which rows of the journal are damaged, and what is lost with them: their tables cannot be read, and all others can.
   * Throws a StoreError, with the code `damaged`, where the file itself is no longer in order.
   */
  checkRows(database: Database, onNotice: OnNotice): void {
    const wrong = structureOf(database)
    if (wrong.length > 0) throw this.damaged(wrong.slice(0, 3).join('; '))
    const damages = damagesOf(database)
    if (damages.length === 0) return
    const tables = tablesAt(database, new Set(damages.map(({ place }) => place)))
    const { message } = this.damaged(`${describe(damages)}; ${tablesOf(tables)} cannot be read any more, and all others can`)
    onNotice(message)
  }

  /** The same error about the journal, with how to go on. */
  explain(error: unknown): unknown {
    return isDamage(error) && error !== this.#said ? this.damaged(error.message, error) : error
  }

  /** Puts the log back that SQLite has removed, when a start has failed and the database is closed. That of a damaged one keeps its second name. */
  restoreLog(reason: unknown): void {
    if (!(this.#keepsDamaged && isDamage(reason))) this.#log.restore()
  }

  /** Throws a StoreError, with the code `damaged`, where the journal goes less far than it did; after a loss of power only says so. */
  checkEnd(database: Database, progress: Progress, onNotice: OnNotice): void {
    const origin = originOf(database)
    const { mark } = this.#found
    const hadLog = this.#log.existed
    if (mark?.origin === origin.id && mark.place > progress.place) {
      const lost = lossOf(mark, progress)
      if (mark.durable === 'power' || isSameBoot(mark)) {
        quietly(() => renameSync(keptLogOf(this.#path), damagedLogOf(this.#path)))
        throw this.damaged(`its log parlor.db-wal is ${hadLog ? 'damaged or cut off' : 'missing'}: ${lost}`)
      }
      onNotice(`${this.#path}: the machine stopped without warning, and took what was written last along: ${lost}`)
    } else if (origin.open && !hadLog && mark?.origin !== origin.id) {
      throw this.damaged('its log parlor.db-wal is missing: what a server had written last is lost, and how much that is cannot be told')
    } else if (origin.open && !hadLog && mark?.open) {
      onNotice(
        `${this.#path}: its log parlor.db-wal is missing; no event of a game is lost by that, but names, passwords or results may be`,
      )
    }
    const wrong = this.#wrongMark(origin)
    if (wrong !== undefined)
      onNotice(`${markOf(this.#path)} ${wrong}: if commits are missing at the end of ${this.#path}, that cannot be detected this time`)
  }

  /** Finds what is wrong with the mark that a database should have: none is needed if a server closed it last. */
  #wrongMark(origin: Origin): string | undefined {
    const { mark, hadMark } = this.#found
    if (mark) return mark.origin === origin.id ? undefined : 'belongs to another database'
    if (hadMark) return 'is damaged or empty'
    return origin.open ? 'is missing' : undefined
  }

  /** All is well: from here on the mark follows the journal. */
  open(database: Database, durable: Durable, progress: Progress): void {
    // the mark is written before the database says that it is open, so that a kill in between leaves no database without a mark
    const fixed = { origin: originOf(database).id, durable }
    this.#makeMark = (at) => explainingSystem(markOf(this.#path), () => new Mark(markOf(this.#path), fixed, at))
    this.#mark = this.#makeMark(progress)
    try {
      database.transaction(() => database.run('UPDATE origin SET open = 1'))
      database.takeOverNow()
    } catch (error) {
      // the server serves all the same, as far as it can
      if (!isTemporary(error)) throw error
    }
    rmSync(keptLogOf(this.#path), { force: true })
  }

  /** Notes how far the journal goes now. Throws the system's error. */
  note(progress: Progress): void {
    this.#mark?.write(progress)
  }

  /**
   * Makes the mark anew if it was removed, replaced or cut, and the database is where it was; answers whether that was
   * necessary. Throws a StoreError if it cannot be made.
   */
  restoreMark(database: Database, progress: Progress): boolean {
    const before = this.#mark
    if (!before || !this.#makeMark || before.isInPlace() || !database.isInPlace()) return false
    this.#mark = this.#makeMark(progress)
    before.release()
    return true
  }

  /** Notes that all was closed in good order. Throws a StoreError where that cannot be written: then the next start finds out what is there. */
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
    rmSync(markOf(this.#path), { force: true })
  }

  /** An error that says what is damaged, and how to go on. */
  damaged(what: string, cause?: unknown): StoreError {
    const folder = dirname(this.#path)
    this.#said = new StoreError(
      'damaged',
      `${this.#path} is damaged: ${what}. Restore a backup, or go on without what is lost: "parlor repair --data ${folder}" copies all files as they are before it changes anything`,
      cause,
    )
    return this.#said
  }
}

/** Origin is which file this is, and whether a server has or had it open. */
interface Origin {
  readonly id: string
  readonly open: boolean
}

/** The origin of a database. */
export function originOf(database: Database): Origin {
  const row = database.ask(() => database.prepare('SELECT id, open FROM origin').get())
  return { id: text(row?.id), open: number(row?.open) === 1 }
}

function describe(damages: readonly Damage[]): string {
  const named = damages.slice(0, 3).map(({ place, what }) => `place ${place} of its journal ${what}`)
  return damages.length > 3 ? `${named.join(', ')}, and ${damages.length - 3} more` : named.join(', ')
}

/** Tables in words. */
export function tablesOf(tables: readonly number[]): string {
  if (tables.length === 0) return 'tables that cannot be told any more'
  if (tables.length === 1) return `table ${tables[0]}`
  const named = tables.slice(0, NAMED).join(', ')
  return tables.length > NAMED ? `tables ${named} and ${tables.length - NAMED} more` : `tables ${named}`
}

/** Describes the loss if a journal reaches less far than it did. */
function lossOf(was: Progress, is: Progress): string {
  const rows = was.place - is.place
  const tables = was.highest - is.highest
  const games = tables === 1 ? `table ${was.highest}` : `tables ${is.highest + 1} to ${was.highest}`
  return [
    rows === 1 ? `lost is the last of ${counted(was.place, 'commit')}` : `lost are the last ${rows} of ${was.place} commits`,
    ...(tables > 0 ? [`with ${games} altogether`] : []),
    ...(was.ended > is.ended ? [`with the ends of ${counted(was.ended - is.ended, 'game')} and what came of them`] : []),
    'and what was done last at tables that went on',
  ].join(', ')
}

function isDamage(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'damaged'
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // there is no log, or the file system has no second names, or is read-only
  }
}
