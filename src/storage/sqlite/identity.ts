import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../error.ts'

/**
 * FileIdentity knows which files a database was opened with, so that it is noticed when they are removed, or others lie in
 * their place: the system lets a process write to a file without a name, and all of that is lost. A check takes a look at
 * each path, about 2 µs. The same look gives the size: SQLite never makes these files smaller while they are open (it
 * overwrites its log from the beginning, and pages of the database are reused), but for a truncating checkpoint, which
 * `resize` follows. A smaller file was cut by another program.
 *
 * What the last commit has added is not in a size that was seen before it. But while SQLite appends to its log, instead of
 * writing over what a checkpoint has taken over, a commit that adds to the journal makes the log larger by whole frames: if
 * it is not, the commit was cut off.
 */
export class FileIdentity {
  readonly #database: KnownFile
  readonly #log: KnownFile
  /** Bytes of a frame of the log: a page and its head (sqlite.org/fileformat.html, section 4.1). */
  readonly #frame: number
  /** True if SQLite certainly appends to the log. */
  #appends = false
  /** True if a rollback may have made the log larger, whose end SQLite writes over. */
  #isUnsure = false
  /** True if a commit since the last check must have made the log larger. */
  #committed = false

  /** True if the log was found too short: the size that is noted is one that it lacks. */
  #isShort = false

  /** Takes the files for those that are at these paths now. */
  constructor({ database, log, page }: { readonly database: string; readonly log: string; readonly page: number }) {
    this.#database = known(database)
    this.#log = known(log)
    this.#frame = page + FRAME_HEAD
  }

  /** Throws a StoreError, with the code `removed`, where a path leads to another file now, or to none, or the file is smaller. */
  check(): void {
    this.#database.size = sizeOf(this.#database)
    const size = sizeOf(this.#log, this.#isShort)
    this.#isShort = false
    const before = this.#log.size
    if (this.#appends && this.#committed && (size === before || (size - LOG_HEAD) % this.#frame !== 0)) {
      // and so at each further check
      this.#log.size = size + 1
      this.#isShort = true
      throw cut(this.#log.path, size)
    }
    if (size > before && !this.#isUnsure) this.#appends = true
    this.#isUnsure = false
    this.#committed = false
    this.#log.size = size
  }

  /** Bytes of the log, as of the last check. */
  get logLength(): number {
    return this.#log.size
  }

  /** Checks whether both files are those at their paths, whatever their sizes are. */
  isInPlace(): boolean {
    return [this.#database, this.#log].every(({ path, ino, dev }) => {
      const found = look(path)
      return found?.ino === ino && found.dev === dev
    })
  }

  /** Notes that a commit has added to the journal. */
  noteCommit(): void {
    this.#committed = true
  }

  /** Notes that SQLite may write over what is in the log: after a checkpoint, and after a transaction that failed. */
  noteOverwriting(): void {
    this.#appends = false
    this.#isUnsure = true
    this.#committed = false
  }

  /** Takes the sizes of now, after a checkpoint that truncates the log. */
  resize(): void {
    for (const file of [this.#database, this.#log]) file.size = look(file.path)?.size ?? file.size
    this.#committed = false
    this.#isUnsure = false
    this.#appends = this.#log.size === 0
  }
}

/** A file as it was when it was last looked at. */
interface KnownFile {
  readonly path: string
  readonly ino: number
  readonly dev: number
  size: number
}

/** Bytes of the head of a log, and of the head of each frame in it. */
const LOG_HEAD = 32
const FRAME_HEAD = 24

function known(path: string): KnownFile {
  const { ino, dev, size } = statSync(path)
  return { path, ino, dev, size }
}

/** The size of a file now. Throws a StoreError if it is another file, or none, or smaller; with no size of before, if it never had that. */
function sizeOf(file: KnownFile, isShort = false): number {
  const found = look(file.path)
  if (found?.ino !== file.ino || found.dev !== file.dev) throw missing(file.path, found !== undefined)
  if (found.size < file.size) throw cut(file.path, found.size, isShort ? undefined : file.size)
  return found.size
}

/** The file at a path; nothing where none can be reached. */
function look(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // whatever is in the way: the file cannot be reached by its name
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
      `${path} was replaced while the server ran: put the folder ${folder} back that was there, or stop the server and start it again to use the other`,
    )
  }
  const gone = look(folder) ? path : `the folder ${folder}`
  return new StoreError(
    'removed',
    `${gone} was removed or renamed while the server ran: put it back as it was, or stop the server and restore a backup`,
  )
}
