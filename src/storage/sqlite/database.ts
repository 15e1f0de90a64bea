import { closeSync, constants, copyFileSync, fdatasync, linkSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { type OnTrouble, warn } from '../commits.ts'
import { StoreError, sentenceOf } from '../error.ts'
import { explainingSystem, tryToWrite } from '../folder.ts'
import { createFile } from '../names.ts'
import { logOf } from './files.ts'
import { FileIdentity } from './identity.ts'

/**
 * Durable is what is to be survived: `process`, that this process is killed at any moment; `power`, also that the machine loses
 * power, which makes every commit wait for the disk. Without it power loss may take the last moments, and no more.
 */
export type Durable = 'process' | 'power'

/** Commits after which what is in the write-ahead log is taken over into the file. */
const TAKEN_OVER = 400
/** Bytes of the log above which that is done earlier, and the log cut then; and by how much it grows before that is tried again. */
const LONG = 8_000_000
const LONGER = 2_000_000

/** Pages that a backup copies at a time. */
const COPIED = 256

/** What stands in the head of a file of ours, so that no other program's database is taken for one: "Parl". */
const APPLICATION = 0x5061726c

/**
 * Database is one file that this process has to itself. Everything that goes wrong with it becomes a StoreError. What was
 * written to its write-ahead log goes to the disk in the background before it is taken over into the file, for which
 * SQLite would wait for the disk itself, and everybody with it.
 */
export class Database {
  readonly path: string
  readonly #handle: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #onTrouble: OnTrouble
  readonly #identity: FileIdentity
  /** Commits since the log was taken over, or was begun to be. */
  #since = 0
  /** Bytes that the log had then, if it was too long. */
  #lengthThen = 0
  /** The log, to have it written to the disk, and whether that is under way. */
  readonly #log: number
  #writing = false

  /** Opens a file, new or ours. Throws a StoreError, also where another process has it open. */
  constructor(path: string, durable: Durable, onTrouble: OnTrouble = warn) {
    this.path = path
    this.#onTrouble = onTrouble
    this.#handle = explaining(path, () => new DatabaseSync(path))
    try {
      explaining(path, () => take(this.#handle, path, durable))
      this.#begin = this.prepare('BEGIN IMMEDIATE')
      this.#commit = this.prepare('COMMIT')
      this.#rollback = this.prepare('ROLLBACK')
      // SQLite makes the log with the first of these
      this.run('BEGIN IMMEDIATE; COMMIT')
      const page = number(this.prepare('PRAGMA page_size').get()?.page_size)
      this.#identity = new FileIdentity({ database: path, log: logOf(path), page })
      this.#log = explainingSystem(path, () => openSync(logOf(path), 'r+'))
    } catch (error) {
      this.#handle.close()
      throw error
    }
  }

  /** A statement to be used often, inside of `transaction` or `ask`. */
  prepare(sql: string): StatementSync {
    return explaining(this.path, () => this.#handle.prepare(sql))
  }

  /** Runs statements without parameters, inside of `transaction`. */
  run(script: string): void {
    this.#handle.exec(script)
  }

  /**
   * Runs work in a transaction, which is rolled back if it throws, or if the folder was removed or replaced: what is
   * written to a file that has no name is lost.
   */
  transaction(work: () => void): void {
    explaining(this.path, () => {
      this.#begin.run()
      try {
        work()
        this.#identity.check()
        this.#commit.run()
        this.#since++
      } catch (error) {
        this.#identity.noteOverwriting()
        // some errors, such as a full disk, have ended it already
        if (this.#handle.isTransaction) this.#rollback.run()
        throw error
      }
    })
    if (!this.#writing && (this.#since >= TAKEN_OVER || this.#isLogLong())) this.#writeLog()
  }

  #isLogLong(): boolean {
    const { logLength } = this.#identity
    return logLength >= Math.max(LONG, this.#lengthThen + LONGER)
  }

  /** Checks whether its files are those at their paths. */
  isInPlace(): boolean {
    return this.#identity.isInPlace()
  }

  /** Throws a StoreError if a file was removed, replaced or cut: what is in memory may be whole all the same. */
  checkFiles(): void {
    this.#identity.check()
  }

  /** Notes that the last transaction has added to the journal, so that a log without it is noticed. */
  noteCommit(): void {
    this.#identity.noteCommit()
  }

  /** Answers with what is in the file. */
  ask<Answer>(question: () => Answer): Answer {
    if (!this.#handle.isOpen) throw new StoreError('closed', 'the store is closed: nothing can be read from it any more')
    return explaining(this.path, question)
  }

  /** Lets go of the file. */
  close(): void {
    if (!this.#handle.isOpen) return
    explaining(this.path, () => this.#handle.close())
    if (!this.#writing) closeSync(this.#log)
  }

  /** Takes all of the log over into the file, and waits for the disk. Throws a StoreError where that cannot be done. */
  takeOverNow(): void {
    explaining(this.path, () => {
      this.#identity.check()
      this.#handle.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    })
    this.#identity.resize()
  }

  /**
   * Copies everything to a file while all goes on: some pages at a time, off the event loop. Rejects with a StoreError, which
   * names the file that is at fault: the copy if it cannot be opened or written, or else this one.
   */
  async backup(path: string): Promise<void> {
    try {
      await backup(this.#handle, path, { rate: COPIED })
    } catch (error) {
      // a file that was cut is reported as such, instead of as SQLite's error
      explaining(this.path, () => this.#identity.check())
      explaining(isOfCopy(error) ? path : this.path, () => {
        throw error
      })
    }
  }

  /** Tries whether something can be written: so much as a commit may bring. Throws a StoreError where it cannot. */
  probe(): void {
    this.transaction(() => {})
    explainingSystem(this.path, () => {
      try {
        tryToWrite(dirname(this.path))
      } catch (error) {
        // one reason of an outage is one sentence, whoever finds it
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
          throw new StoreError('full', `${this.path} ${FULL}`, error)
        throw error
      }
    })
  }

  /** Has the log written to the disk, and then takes it over. Where that cannot be done, it is tried again. */
  #writeLog(): void {
    this.#since = 0
    this.#writing = true
    fdatasync(this.#log, (error) => {
      this.#writing = false
      if (error) this.#onTrouble(error)
      if (this.#handle.isOpen) this.#takeOver()
      else closeSync(this.#log)
    })
  }

  #takeOver(): void {
    try {
      explaining(this.path, () => {
        this.#identity.check()
        this.#identity.noteOverwriting()
        const isLong = this.#identity.logLength >= LONG
        // a log that is not cut is written over from its beginning, and its length says nothing any more
        this.#handle.exec(`PRAGMA wal_checkpoint(${isLong ? 'TRUNCATE' : 'PASSIVE'})`)
        if (isLong) this.#identity.resize()
        this.#lengthThen = this.#identity.logLength
      })
    } catch (error) {
      this.#onTrouble(error)
    }
  }
}

/**
 * Creates a database without tables, for its owner alone: at another path first, so that a file that is empty is always one
 * that lost its content. Does nothing if another process was faster. Throws a StoreError.
 */
export function createDatabase(path: string): void {
  const made = `${path}.new-${process.pid}`
  try {
    explainingSystem(path, () => createFile(made))
    explaining(path, () => {
      const handle = new DatabaseSync(made)
      try {
        handle.exec('PRAGMA journal_mode = WAL')
      } finally {
        handle.close()
      }
    })
    explainingSystem(path, () => publish(made, path))
  } finally {
    rmSync(made, { force: true })
  }
}

/** Gives a file its final name, unless there is one already. */
function publish(made: string, path: string): void {
  try {
    linkSync(made, path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    // a file system without hard links
    copyFileSync(made, path, constants.COPYFILE_EXCL)
  }
}

/** A column's text. Throws a StoreError for anything else, which only a damaged file has. */
export function text(value: SQLOutputValue | undefined): string {
  if (typeof value === 'string') return value
  throw new StoreError('damaged', `the store is damaged: there should be a text, and there is ${value}`)
}

/** A column's number. Throws a StoreError for anything else, which only a damaged file has. */
export function number(value: SQLOutputValue | undefined): number {
  if (typeof value === 'number') return value
  throw new StoreError('damaged', `the store is damaged: there should be a number, and there is ${value}`)
}

/**
 * Takes a file for this process alone, for as long as it is open: the lock is the system's, and ends with the process
 * however that ends. Nothing is written to a file that is not ours.
 */
function take(handle: DatabaseSync, path: string, durable: Durable): void {
  // a lock for writing at once, for two that only read could wait for one another for ever
  handle.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT')
  const one = (sql: string) => number(Object.values(handle.prepare(sql).get() ?? {})[0])
  const application = one('PRAGMA application_id')
  if (application !== APPLICATION && (application !== 0 || one('SELECT count(*) FROM sqlite_schema') > 0))
    throw new StoreError('foreign', `${path} is the database of another program: choose another folder`)
  handle.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
  handle.exec(durable === 'power' ? 'PRAGMA synchronous = FULL; PRAGMA fullfsync = ON' : 'PRAGMA synchronous = NORMAL')
}

/** SQLite's result codes for a file that is read-only, on a full disk, or cannot be opened. */
const OF_COPY = [8, 13, 14]

/** The sentence of a full disk, behind the path. */
const FULL = 'cannot be read or written: database or disk is full: make room on its disk'

/** What SQLite's result codes (sqlite.org/rescode.html) come to for us, and the sentence behind the path. */
const TROUBLES: ReadonlyMap<unknown, readonly [StoreError['code'], string?]> = new Map([
  [10, ['io']],
  [14, ['io']],
  [8, ['read-only', 'cannot be written: it, its folder or the file system is read-only: make it writable']],
  [13, ['full', FULL]],
  [3850, ['failed', 'is on a file system without locks, as some network drives are: choose a folder on a disk of this machine']],
  [5, ['in-use', 'is in use by another program, perhaps another Parlor: end that one, or choose another folder']],
  [11, ['damaged', 'is damaged: put back a copy, or choose another folder']],
  [
    26,
    ['foreign', 'is no database: move it away, or choose another folder; if it was one, its head is damaged: put a backup in its place'],
  ],
] as const)

/** Checks whether SQLite's error is that the disk is full. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 13
}

/** Checks whether SQLite's error in a backup was to open or to write the copy. */
function isOfCopy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && OF_COPY.includes(error.errcode & 0xff)
}

function explaining<Answer>(path: string, work: () => Answer): Answer {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) throw error
    const [code, sentence = `cannot be read or written: ${sentenceOf(error)}`] = TROUBLES.get(error.errcode) ??
      TROUBLES.get(error.errcode & 0xff) ?? ['failed']
    throw new StoreError(code, `${path} ${sentence}`, error)
  }
}
