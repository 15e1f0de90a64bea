import { accessSync, closeSync, constants, existsSync, lstatSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../error.ts'
import { explainingSystem } from '../folder.ts'
import { checkOwnLink } from '../names.ts'

/** Returns the path of a database's write-ahead log. */
export function logOf(path: string): string {
  return `${path}-wal`
}

/** Returns the path of the second name that the guard gives that log until it has checked it. */
export function keptLogOf(path: string): string {
  return `${path}-wal.found`
}

/** Returns the path to which the guard moves a damaged log. */
export function damagedLogOf(path: string): string {
  return `${path}-wal.damaged`
}

/** Lists the files that SQLite alone reads and writes beside a database. */
export function workFilesOf(path: string): string[] {
  return [logOf(path), `${path}-journal`, `${path}-shm`]
}

/** The path of the mark of a database file. */
export function markOf(path: string): string {
  return path.replace(/(\.db)?$/, '.mark')
}

/** Prefix of the folders in which a repair archives the files as they were. */
export const ARCHIVE = 'parlor.damaged-'

/** All paths that a store uses beside its database file. */
export function pathsBeside(path: string): string[] {
  return [...workFilesOf(path), keptLogOf(path), damagedLogOf(path), markOf(path)]
}

/**
 * Resolves the path of a database to that of its file, as SQLite does before it looks for the log beside it. Throws a
 * StoreError if the database, or a file beside it, is not a regular file that this user can read: to open a pipe blocks the
 * process, and a link beside the database would have another file written to.
 */
export function resolveDatabase(path: string): string {
  const file = resolveLink(path)
  checkRegular(file)
  for (const each of pathsBeside(file)) checkRegular(each)
  return file
}

function resolveLink(path: string): string {
  const found = explainingSystem(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (!found?.isSymbolicLink()) return path
  explainingSystem(path, () => checkOwnLink(path))
  if (existsSync(path)) return explainingSystem(path, () => realpathSync(path))
  throw new StoreError('damaged', `${path} is a symbolic link to a file that does not exist: put that file back, or remove the link`)
}

/**
 * Describes the loss, in a sentence, if a database is missing or empty although a store was there: its log or its mark is
 * left, or the empty file itself, because the server creates no file that is empty.
 */
export function lossOfDatabase(path: string): string | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size !== undefined && size > 0) return undefined
  const left = pathsBeside(path).filter((each) => existsSync(each))
  if (size === undefined && left.length === 0) return undefined
  const beside = left.length > 0 ? `, and ${left.join(', ')} ${left.length === 1 ? 'lies' : 'lie'} beside it` : ''
  return `${path} is ${size === undefined ? 'missing' : 'empty'}${beside}: lost are all games, accounts and results that were in it`
}

/** Throws a StoreError with the code `damaged` if a database is missing or empty although a store was there. Changes nothing. */
export function checkDatabaseExists(path: string): void {
  const loss = lossOfDatabase(path)
  if (loss !== undefined)
    throw new StoreError(
      'damaged',
      `${loss}. Put ${path} back, restore a backup, or start with an empty store: "parlor repair --data ${dirname(path)}" copies all files as they are before it changes anything`,
    )
}

/**
 * Returns how many bytes a database file is shorter than the pages that its head counts (sqlite.org/fileformat.html); 0 if it
 * is no such file.
 */
export function missingBytes(path: string): number {
  const head = headOf(path)
  if (!head) return 0
  const page = head.getUint16(16)
  return Math.max(0, (page === 1 ? LARGEST_PAGE : page) * head.getUint32(28) - statSync(path).size)
}

/** The head of a file that is a database of SQLite; `undefined` for any other. */
export function headOf(path: string): DataView<ArrayBuffer> | undefined {
  const head = new DataView(new ArrayBuffer(HEAD))
  const file = openSync(path, 'r')
  try {
    if (readSync(file, head) < HEAD) return undefined
  } finally {
    closeSync(file)
  }
  return new TextDecoder('latin1').decode(head.buffer.slice(0, SIGNATURE.length)) === SIGNATURE ? head : undefined
}

/** The head of a database file of SQLite: its length, how it begins, and the size of a page that it writes as 1. */
const HEAD = 100
const SIGNATURE = 'SQLite format 3\0'
const LARGEST_PAGE = 65_536

function checkRegular(path: string): void {
  const found = explainingSystem(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (!found) return
  if (!found.isFile()) throw new StoreError('failed', `${path} is ${kindOf(found)}, and should be a regular file: move it away`)
  try {
    accessSync(path, constants.R_OK)
  } catch (error) {
    throw new StoreError('read-only', `${path} cannot be read by this user: make it readable (chmod u+rw, or chown)`, error)
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory'
  if (found.isSymbolicLink()) return 'a symbolic link'
  if (found.isFIFO()) return 'a named pipe'
  return found.isSocket() ? 'a socket' : 'a device'
}
