import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../error.ts'

/**
 * FileIdentity detects that another program has removed, replaced or truncated the files of an open database. The system allows a process
 * to write to a file that no longer has a name; without this class, commits to such a file would be lost without an error.
 *
 * A check calls stat on each path, which takes about 2 µs, and compares the inode and the size. While the files are open, SQLite makes a
 * file smaller only in a truncating checkpoint, after which the store calls `resize`: otherwise, SQLite overwrites the log from the
 * beginning, and reuses pages of the database. So if a file is smaller than at the last check, another program has truncated the file.
 *
 * If another program truncates a file immediately after a commit, the file may be as large as at the last check. But while SQLite appends
 * to the log and does not overwrite checkpointed frames, every commit that adds to the journal makes the log longer by whole frames. If the
 * log is not longer, another program has cut off that commit.
 */
export class FileIdentity {
  readonly #database: KnownFile
  readonly #log: KnownFile
  /** Bytes of a frame of the log: the head of the frame, and a page (sqlite.org/fileformat.html, section 4.1). */
  readonly #frame: number
  /** True if SQLite certainly appends to the log. */
  #appends = false
  /** True if the end of the log may belong to a rolled-back transaction; SQLite overwrites this end. */
  #isUnsure = false
  /** True if the log must be larger than at the last check, because a commit has added rows to the journal. */
  #committed = false

  /** True if the last check has found that the log is too short; the recorded size is then one byte more than the real size. */
  #isShort = false

  /** Records the files that are at these paths now. */
  constructor({ database, log, page }: { readonly database: string; readonly log: string; readonly page: number }) {
    this.#database = known(database)
    this.#log = known(log)
    this.#frame = page + FRAME_HEAD
  }

  /** Throws a StoreError with the code `removed` if another program has removed, replaced or truncated a file. */
  check(): void {
    this.#database.size = sizeOf(this.#database)
    const size = sizeOf(this.#log, this.#isShort)
    this.#isShort = false
    const before = this.#log.size
    if (this.#appends && this.#committed && (size === before || (size - LOG_HEAD) % this.#frame !== 0)) {
      // because of the larger size, every further check fails, too
      this.#log.size = size + 1
      this.#isShort = true
      throw cut(this.#log.path, size)
    }
    if (size > before && !this.#isUnsure) this.#appends = true
    this.#isUnsure = false
    this.#committed = false
    this.#log.size = size
  }

  /** Bytes of the log at the last check. */
  get logLength(): number {
    return this.#log.size
  }

  /** Checks whether both files are still at their paths; ignores the sizes of the files. */
  isInPlace(): boolean {
    return [this.#database, this.#log].every(({ path, ino, dev }) => {
      const found = look(path)
      return found?.ino === ino && found.dev === dev
    })
  }

  /** Records that a commit has added rows to the journal. */
  noteCommit(): void {
    this.#committed = true
  }

  /** Records that SQLite may overwrite the log: after a checkpoint, and after a failed transaction. */
  noteOverwriting(): void {
    this.#appends = false
    this.#isUnsure = true
    this.#committed = false
  }

  /** Records the current sizes, after a checkpoint that truncates the log. */
  resize(): void {
    for (const file of [this.#database, this.#log]) file.size = look(file.path)?.size ?? file.size
    this.#committed = false
    this.#isUnsure = false
    this.#appends = this.#log.size === 0
  }
}

/** KnownFile has the identity and the size of a file at the time of the last check. */
interface KnownFile {
  readonly path: string
  readonly ino: number
  readonly dev: number
  size: number
}

/** Bytes of the head of a log, and bytes of the head of each frame in the log. */
const LOG_HEAD = 32
const FRAME_HEAD = 24

function known(path: string): KnownFile {
  const { ino, dev, size } = statSync(path)
  return { path, ino, dev, size }
}

/**
 * Returns the size of a known file. Throws a StoreError if another program has removed, replaced or truncated the file. If `isShort` is
 * true, the error does not name the previous size.
 */
function sizeOf(file: KnownFile, isShort = false): number {
  const found = look(file.path)
  if (found?.ino !== file.ino || found.dev !== file.dev) throw missing(file.path, found !== undefined)
  if (found.size < file.size) throw cut(file.path, found.size, isShort ? undefined : file.size)
  return found.size
}

/** Returns the status of the file at a path; `undefined` if this user cannot reach the file, or if the file does not exist. */
function look(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // a part of the path is not a folder, or is a folder that this user may not read
    return undefined
  }
}

function cut(path: string, size: number, before?: number): StoreError {
  return new StoreError(
    'removed',
    `${path} was cut${before === undefined ? '' : ` from ${before}`} to ${size} bytes while the server ran: stop the server, and restore a backup or run "parlor repair"`,
  )
}

function missing(path: string, replaced: boolean): StoreError {
  const folder = dirname(path)
  if (replaced) {
    return new StoreError(
      'removed',
      `${path} was replaced while the server ran: put the original folder ${folder} back, or stop the server and start it again to use the new folder`,
    )
  }
  const gone = look(folder) ? path : `the folder ${folder}`
  return new StoreError(
    'removed',
    `${gone} was removed or renamed while the server ran: put it back as it was, or stop the server and restore a backup`,
  )
}
