import {
  closeSync,
  constants,
  type Dirent,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import { StoreError } from './error.ts'

/** All files of a store begin with this prefix. */
const OURS = 'parlor.'
/** Settings file of a server. This file may be in the folder of the server's store, but the store never writes the file. */
const SETTINGS = 'parlor.toml'
/** The database, which is the only file of a store that may be a symbolic link; this user or root must have made the link. */
const DATABASE = 'parlor.db'
/** Mode of a file that only its owner can use. */
export const FILE_MODE = 0o600
/** Flags that open a file, but do not follow a link, and do not wait for the other end of a pipe. */
const AS_IT_IS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Lists the entries of a folder that have names of a store's files. */
export function listStoreFiles(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => isStoreFile(name))
}

/** Checks whether a name can be the name of a store's file. */
export function isStoreFile(name: string): boolean {
  return name.startsWith(OURS)
}

/**
 * Throws a StoreError if a file of a store is a symbolic link. If other users may write to the folder, such a link could make the server
 * change a file elsewhere. `parlor.db` may be a link that this user or root has made. The function changes nothing.
 */
export function checkNoLinks(folder: string): void {
  for (const entry of listStoreFiles(folder)) {
    if (!entry.isSymbolicLink() || entry.name === SETTINGS) continue
    const path = join(folder, entry.name)
    if (entry.name === DATABASE) checkOwnLink(path)
    else throw new StoreError('failed', `${path} is a symbolic link, and should be a ${kindOf(entry.name)}: move it away`)
  }
}

/** Throws a StoreError if a path is a symbolic link that another user has made, because that user chooses the target of the link. */
export function checkOwnLink(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found?.isSymbolicLink() || isTrusted(found)) return
  throw new StoreError(
    'failed',
    `${path} is a symbolic link to ${readlinkSync(path)} that another user of this machine has made (user ${found.uid}): move it away`,
  )
}

/** Checks whether a file or a link belongs to this user or to root. */
function isTrusted({ uid }: Stats): boolean {
  return uid === process.geteuid?.() || uid === 0
}

function kindOf(name: string): string {
  return name === 'parlor.sock' ? 'socket' : 'regular file'
}

/**
 * Sets the mode of a regular file to 0600, and returns true. If the file has another name outside the folder (a hard link), returns false
 * and does not change the mode: the mode belongs to the file and not to the name, and the file may belong to another program.
 */
export function restrictFile(path: string, folder: string): boolean {
  const file = openSync(path, AS_IT_IS)
  try {
    const found = fstatSync(file)
    if (!found.isFile() || found.nlink > namesIn(folder, found)) return false
    fchmodSync(file, FILE_MODE)
    return true
  } finally {
    closeSync(file)
  }
}

/** Returns the number of names that a file has in a folder. */
function namesIn(folder: string, { nlink, ino, dev }: Stats): number {
  if (nlink === 1) return 1
  const found = listStoreFiles(folder).map(({ name }) => lstatSync(join(folder, name), { throwIfNoEntry: false }))
  return found.filter((one) => one?.ino === ino && one.dev === dev).length
}

/** Creates an empty file with the mode 0600 under any umask. Throws the system's error, for example if the path exists. */
export function createFile(path: string): void {
  const file = openSync(path, 'wx', FILE_MODE)
  try {
    fchmodSync(file, FILE_MODE)
  } finally {
    closeSync(file)
  }
}
