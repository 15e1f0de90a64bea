import { closeSync, constants, copyFileSync, fdatasync, linkSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { errorMessage } from '../../base/errors.ts'
import { type OnStoreError, StoreError, warn } from '../error.ts'
import { convertSystemErrors, probeDisk } from '../folder.ts'
import { createFile } from '../names.ts'
import { walPath } from './database-files.ts'
import { FileIdentity } from './identity.ts'

/*
 * The class Database opens one SQLite file, and decides when the disk gets the log of the file.
 *
 * The problem: SQLite runs on the thread of the event loop, so while SQLite waits for the disk, all users have to wait. In WAL mode, a
 * commit appends to the log `parlor.db-wal`, and a checkpoint copies the log into the database. By default, SQLite checkpoints inside a
 * commit, and waits until the disk has the log (fdatasync). This wait takes milliseconds to seconds.
 *
 * The idea: automatic checkpoints are off. After `COMMITS` commits, or if the log is long, this class calls fdatasync on the
 * log in the thread pool, and checkpoints the log afterwards. The disk then already has most of the log, so the wait of SQLite is short.
 *
 *   transaction() ... transaction()     appended to the log, without a wait for the disk
 *        |  1000 commits, or 8 MB
 *        v
 *   fdatasync(log)                      in the thread pool; transactions continue
 *        v
 *   wal_checkpoint                      PASSIVE, or TRUNCATE if the log is long
 *
 * - `durable = process`: a commit survives the end of this process, because the operating system already has the bytes of the log. A loss
 *   of power may lose the last commits, but never damages the database, because each checkpoint follows an fdatasync of the log.
 * - `durable = power`: SQLite waits for the disk in every commit (synchronous = FULL).
 * - The lock is exclusive while the file is open, so no other process can change the file.
 * - Every transaction checks before the COMMIT that the files are still at their paths (identity.ts). Linux allows a process to write to a
 *   removed file, so without this check such commits would be lost without an error.
 * - This class converts every error of SQLite to a StoreError with a code and a sentence.
 */

/**
 * Durability is the failure that a commit survives. `process`: the end of this process at any time. `power`: also a loss of power; every
 * commit waits for the disk.
 */
export type Durability = 'process' | 'power'

/** Number of commits after which a checkpoint runs. */
const COMMITS = 1000
/**
 * If the log has at least `LONG` bytes, a checkpoint runs even before there are `COMMITS` commits, and truncates the log. If the log is
 * still so long after the checkpoint, the next attempt follows when the log has grown by `LONGER` bytes.
 */
const LONG = 8_000_000
const LONGER = 2_000_000

/** Number of pages that a backup copies at a time. */
const COPIED = 256

/** Application id in the head of every database of Parlor: "Parl". */
const APPLICATION = 0x5061726c

/** Database is an SQLite file that only this process has open. */
export class Database {
  readonly path: string
  readonly #handle: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #onError: OnStoreError
  readonly #identity: FileIdentity
  /** Number of commits since the beginning of the last checkpoint. */
  #since = 0
  /** Number of bytes of the log after the last checkpoint. */
  #lengthThen = 0
  /** File descriptor of the log for fdatasync; `#writing` is true while an fdatasync runs. */
  readonly #log: number
  #writing = false

  /**
   * Opens a database, which may have no tables yet. Throws a StoreError, for example if another process has the database open.
   */
  constructor(path: string, durable: Durability, onError: OnStoreError = warn) {
    this.path = path
    this.#onError = onError
    this.#handle = explaining(path, () => new DatabaseSync(path))
    try {
      explaining(path, () => lock(this.#handle, path, durable))
      this.#begin = this.prepare('BEGIN IMMEDIATE')
      this.#commit = this.prepare('COMMIT')
      this.#rollback = this.prepare('ROLLBACK')
      // SQLite creates the log with the first transaction
      this.run('BEGIN IMMEDIATE; COMMIT')
      const page = toNumber(this.prepare('PRAGMA page_size').get()?.page_size)
      this.#identity = new FileIdentity({ database: path, log: walPath(path), page })
      this.#log = convertSystemErrors(path, () => openSync(walPath(path), 'r+'))
    } catch (error) {
      this.#handle.close()
      throw error
    }
  }

  /** Prepares a statement for use inside `transaction` or `query`. */
  prepare(sql: string): StatementSync {
    return explaining(this.path, () => this.#handle.prepare(sql))
  }

  /** Runs statements without parameters. Callers call this method only inside `transaction`. */
  run(script: string): void {
    this.#handle.exec(script)
  }

  /**
   * Runs work in a transaction. Rolls the transaction back and throws if the work throws, or if another program has removed, replaced or
   * truncated the files of the database. A checkpoint may follow the commit.
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
        // after some errors, such as a full disk, SQLite itself has already rolled back
        if (this.#handle.isTransaction) this.#rollback.run()
        throw error
      }
    })
    if (!this.#writing && (this.#since >= COMMITS || this.#isLogLong())) this.#syncLog()
  }

  #isLogLong(): boolean {
    const { logLength } = this.#identity
    return logLength >= Math.max(LONG, this.#lengthThen + LONGER)
  }

  /** Checks whether the files at the paths are still the files that this process opened. */
  isInPlace(): boolean {
    return this.#identity.isInPlace()
  }

  /**
   * Throws a StoreError if another program has removed, replaced or truncated a file. SQLite itself may not detect such a change, because
   * SQLite caches pages in memory.
   */
  checkFiles(): void {
    this.#identity.check()
  }

  /** Records that the last transaction has added rows to the journal, so that the next check expects a longer log file. */
  noteCommit(): void {
    this.#identity.noteCommit()
  }

  /** Runs a query and returns its result. Throws a StoreError if the query fails. */
  query<Answer>(question: () => Answer): Answer {
    if (!this.#handle.isOpen) throw new StoreError('closed', 'the store is closed: it answers no more reads')
    return explaining(this.path, question)
  }

  /** Closes the file and releases the lock. Further calls do nothing. */
  close(): void {
    if (!this.#handle.isOpen) return
    explaining(this.path, () => this.#handle.close())
    if (!this.#writing) closeSync(this.#log)
  }

  /** Checkpoints and truncates the log, and waits for the disk. Throws a StoreError if the checkpoint fails. */
  checkpoint(): void {
    explaining(this.path, () => {
      this.#identity.check()
      this.#handle.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    })
    this.#identity.resize()
  }

  /**
   * Copies the database to a file, some pages at a time, while transactions continue. If SQLite cannot open or write the copy, rejects with
   * a StoreError that names the copy. After any other failure, rejects with a StoreError that names this database.
   */
  async backup(path: string): Promise<void> {
    try {
      await backup(this.#handle, path, { rate: COPIED })
    } catch (error) {
      // if another program has truncated a file, the caller gets an error about this change, not the error of SQLite
      explaining(this.path, () => this.#identity.check())
      explaining(isOfCopy(error) ? path : this.path, () => {
        throw error
      })
    }
  }

  /** Tests whether the disk has space for the maximum number of bytes of a commit. Throws a StoreError if the disk is too full. */
  probe(): void {
    this.transaction(() => {})
    convertSystemErrors(this.path, () => {
      try {
        probeDisk(dirname(this.path))
      } catch (error) {
        // SQLite and this probe report a full disk with the same sentence
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
          throw new StoreError('full', `${this.path} ${FULL}`, error)
        throw error
      }
    })
  }

  /** Syncs the log in the thread pool, and then checkpoints the log. After a failure, a later commit starts another attempt. */
  #syncLog(): void {
    this.#since = 0
    this.#writing = true
    fdatasync(this.#log, (error) => {
      this.#writing = false
      if (error) this.#onError(error)
      if (this.#handle.isOpen) this.#checkpoint()
      else closeSync(this.#log)
    })
  }

  #checkpoint(): void {
    try {
      explaining(this.path, () => {
        this.#identity.check()
        this.#identity.noteOverwriting()
        const isLong = this.#identity.logLength >= LONG
        // after PASSIVE, SQLite overwrites the log from the beginning, so the length of the file no longer shows the length of the valid
        // part
        this.#handle.exec(`PRAGMA wal_checkpoint(${isLong ? 'TRUNCATE' : 'PASSIVE'})`)
        if (isLong) this.#identity.resize()
        this.#lengthThen = this.#identity.logLength
      })
    } catch (error) {
      this.#onError(error)
    }
  }
}

/**
 * Creates a database that has no tables and that only its owner can read. Creates the file at another path, and then links the file to the
 * given path, so that an empty file at the given path always means lost data. Does nothing if another process has created the database
 * first. Throws a StoreError for any other failure.
 */
export function createDatabase(path: string): void {
  const made = `${path}.new-${process.pid}`
  try {
    convertSystemErrors(path, () => createFile(made))
    explaining(path, () => {
      const handle = new DatabaseSync(made)
      try {
        handle.exec('PRAGMA journal_mode = WAL')
      } finally {
        handle.close()
      }
    })
    convertSystemErrors(path, () => publish(made, path))
  } finally {
    rmSync(made, { force: true })
  }
}

/** Links a file to its final path, or copies the file there if the file system has no hard links. Does nothing if the final path exists. */
function publish(made: string, path: string): void {
  try {
    linkSync(made, path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    // the file system probably has no hard links
    copyFileSync(made, path, constants.COPYFILE_EXCL)
  }
}

/** Returns the text of a column. Throws a StoreError for any other value; only a damaged file has such a value. */
export function toText(value: SQLOutputValue | undefined): string {
  if (typeof value === 'string') return value
  throw new StoreError('damaged', `the store is damaged: expected a text, found ${value}`)
}

/** Returns the number of a column. Throws a StoreError for any other value; only a damaged file has such a value. */
export function toNumber(value: SQLOutputValue | undefined): number {
  if (typeof value === 'number') return value
  throw new StoreError('damaged', `the store is damaged: expected a number, found ${value}`)
}

/**
 * Locks a file for this process until the process closes the file. When the process ends in any way, the system releases the lock. Throws a
 * StoreError for the database of another program, and does not write to that database. Throws SQLite's error if SQLite fails.
 */
function lock(handle: DatabaseSync, path: string, durable: Durability): void {
  // the first statement takes the write lock, because two processes with read locks could wait for each other forever
  handle.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT')
  const one = (sql: string) => toNumber(Object.values(handle.prepare(sql).get() ?? {})[0])
  const application = one('PRAGMA application_id')
  if (application !== APPLICATION && (application !== 0 || one('SELECT count(*) FROM sqlite_schema') > 0))
    throw new StoreError('foreign', `${path} is the database of another program: choose another folder`)
  handle.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
  handle.exec(durable === 'power' ? 'PRAGMA synchronous = FULL; PRAGMA fullfsync = ON' : 'PRAGMA synchronous = NORMAL')
}

/** SQLite's result codes that concern the copy of a backup: the file is read-only, the disk is full, SQLite cannot open the file. */
const OF_COPY = [8, 13, 14]

/** The part of the sentence about a full disk that follows the path. */
const FULL = 'cannot be read or written: database or disk is full: free some space on its disk'

/** Maps a result code of SQLite (sqlite.org/rescode.html) to an error code and the end of a sentence that begins with the path. */
const TROUBLES: ReadonlyMap<unknown, readonly [StoreError['code'], string?]> = new Map([
  [10, ['io']],
  [14, ['io']],
  [8, ['read-only', 'cannot be written: the file, its folder or the file system is read-only: make it writable']],
  [13, ['full', FULL]],
  [3850, ['failed', 'is on a file system without locks, as some network drives are: choose a folder on a disk of this machine']],
  [5, ['in-use', 'is in use by another program, perhaps another Parlor: end that program, or choose another folder']],
  [11, ['damaged', 'is damaged: put back a copy, or choose another folder']],
  [
    26,
    ['foreign', 'is not a database: move it away, or choose another folder; if it was a database, its head is damaged: restore a backup'],
  ],
] as const)

/** Checks whether an error of SQLite means that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 13
}

/** Checks whether an error of SQLite during a backup concerns the copy. */
function isOfCopy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && OF_COPY.includes(error.errcode & 0xff)
}

function explaining<Answer>(path: string, work: () => Answer): Answer {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) throw error
    const [code, sentence = `cannot be read or written: ${errorMessage(error)}`] = TROUBLES.get(error.errcode) ??
      TROUBLES.get(error.errcode & 0xff) ?? ['failed']
    throw new StoreError(code, `${path} ${sentence}`, error)
  }
}
