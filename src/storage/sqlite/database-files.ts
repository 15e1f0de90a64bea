import { accessSync, closeSync, constants, existsSync, lstatSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '../error.ts'
import { convertSystemErrors } from '../folder.ts'
import { checkOwnLink } from '../names.ts'

/** Returns the path of the write-ahead log of a database. */
export function walPath(path: string): string {
  return `${path}-wal`
}

/** Returns the path of the second name that the log has during a start. */
export function preservedLogPath(path: string): string {
  return `${path}-wal.found`
}

/** Returns the path to which the loss guard moves a damaged log. */
export function damagedLogPath(path: string): string {
  return `${path}-wal.damaged`
}

/** Lists the files that SQLite alone reads and writes beside a database. */
export function workFilePaths(path: string): string[] {
  return [walPath(path), `${path}-journal`, `${path}-shm`]
}

export function markPath(path: string): string {
  return path.replace(/(\.db)?$/, '.mark')
}

/** Prefix of the folders in which a repair archives the original files. */
export const ARCHIVE = 'parlor.damaged-'

/** Lists all paths that a store uses beside its database file. */
export function pathsBeside(path: string): string[] {
  return [...workFilePaths(path), preservedLogPath(path), damagedLogPath(path), markPath(path)]
}

/**
 * Resolves the link of a database to the path of the target, because SQLite opens the log beside the target. Throws a StoreError if the
 * database, or a file beside the database, is not a regular file that this user can read: opening a pipe would block the process, and a
 * link beside the database would make SQLite write to another file.
 */
export function resolveDatabase(path: string): string {
  const file = resolveLink(path)
  checkRegular(file)
  for (const each of pathsBeside(file)) checkRegular(each)
  return file
}

function resolveLink(path: string): string {
  const found = convertSystemErrors(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (!found?.isSymbolicLink()) return path
  convertSystemErrors(path, () => checkOwnLink(path))
  if (existsSync(path)) return convertSystemErrors(path, () => realpathSync(path))
  throw new StoreError('damaged', `${path} is a symbolic link to a file that does not exist: put that file back, or remove the link`)
}

/**
 * Returns a sentence about the loss if a database is missing or empty although there was a store; otherwise `undefined`. A file of the
 * store beside the database, such as a write-ahead log, is a sign that there was a store. An empty database is also a sign, because the
 * server never creates an empty database.
 */
export function describeLoss(path: string): string | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size !== undefined && size > 0) return undefined
  const left = pathsBeside(path).filter((each) => existsSync(each))
  if (size === undefined && left.length === 0) return undefined
  const beside = left.length > 0 ? `, and ${left.join(', ')} ${left.length === 1 ? 'lies' : 'lie'} beside it` : ''
  return `${path} is ${size === undefined ? 'missing' : 'empty'}${beside}: all games, accounts and results that were in it are lost`
}

/** Throws a StoreError with the code `damaged` if a database is missing or empty although there was a store. The check changes nothing. */
export function checkDatabaseExists(path: string): void {
  const loss = describeLoss(path)
  if (loss !== undefined)
    throw new StoreError(
      'damaged',
      `${loss}. Put ${path} back, restore a backup, or start with an empty store: "parlor repair --data ${dirname(path)}" copies all files unchanged before it changes the folder`,
    )
}

/**
 * Returns how many bytes a database lacks, according to the number of pages in the head of the file (sqlite.org/fileformat.html); 0 for any
 * other file.
 */
export function countMissingBytes(path: string): number {
  const head = readHead(path)
  if (!head) return 0
  const page = head.getUint16(16)
  return Math.max(0, (page === 1 ? LARGEST_PAGE : page) * head.getUint32(28) - statSync(path).size)
}

/** Reads the head of an SQLite database; returns `undefined` for any other file. */
export function readHead(path: string): DataView<ArrayBuffer> | undefined {
  const head = new DataView(new ArrayBuffer(HEAD))
  const file = openSync(path, 'r')
  try {
    if (readSync(file, head) < HEAD) return undefined
  } finally {
    closeSync(file)
  }
  return new TextDecoder('latin1').decode(head.buffer.slice(0, SIGNATURE.length)) === SIGNATURE ? head : undefined
}

/** The head of an SQLite database: the number of bytes of the head, the first bytes, and the page size that the head encodes as 1. */
const HEAD = 100
const SIGNATURE = 'SQLite format 3\0'
const LARGEST_PAGE = 65_536

function checkRegular(path: string): void {
  const found = convertSystemErrors(path, () => lstatSync(path, { throwIfNoEntry: false }))
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
