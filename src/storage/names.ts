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
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { StoreError } from './error.ts'

/** Prefix of all files of a store. */
const OURS = 'parlor.'
/** The settings of a server, which may lie beside its store, and are only read. */
const SETTINGS = 'parlor.toml'
/** The one file of a store that may be a link, if its owner has made it. */
const DATABASE = 'parlor.db'
/** The mode of a file that belongs to its owner alone. */
export const FILE_MODE = 0o600
/** Opens a file and never what a link of that name leads to, and does not wait for the other end of a pipe. */
const AS_IT_IS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The entries of a folder that have the names of a store. */
export function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => isOurs(name))
}

/** Checks whether a name belongs to a file of a store. */
export function isOurs(name: string): boolean {
  return name.startsWith(OURS)
}

/**
 * Throws a StoreError if a name of a store is a symbolic link: in a folder that others may write to, another user can plant
 * one, and have the server change a file elsewhere. `parlor.db` may be a link that this user has made. Changes nothing.
 */
export function checkNoLinks(folder: string): void {
  for (const entry of entriesOf(folder)) {
    if (!entry.isSymbolicLink() || entry.name === SETTINGS) continue
    const path = join(folder, entry.name)
    if (entry.name === DATABASE) checkOwnLink(path)
    else throw new StoreError('failed', `${path} is a symbolic link, and should be a ${kindOf(entry.name)}: move it away`)
  }
}

/** Throws a StoreError if a path is a symbolic link that another user has made, who may have it lead to any file. */
export function checkOwnLink(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found?.isSymbolicLink() || isTrusted(found)) return
  throw new StoreError(
    'failed',
    `${path} is a symbolic link to ${readlinkSync(path)} that another user of this machine has made (user ${found.uid}): move it away`,
  )
}

/** Checks whether a file, or a link, belongs to this user, or to the system's administrator. */
function isTrusted({ uid }: Stats): boolean {
  return uid === process.geteuid?.() || uid === 0
}

function kindOf(name: string): string {
  return name === 'parlor.sock' ? 'socket' : 'regular file'
}

/**
 * Checks whether a socket at a path was made by the owner of its folder or by this user: another user of this machine
 * could listen there in the place of a server.
 */
export function isOwnSocket(path: string, folder: string): boolean {
  const [found, around] = [lstatSync(path, { throwIfNoEntry: false }), statSync(folder, { throwIfNoEntry: false })]
  return found?.isSocket() === true && (isTrusted(found) || found.uid === around?.uid)
}

/**
 * Gives a regular file the mode 0600; answers whether that was done. A file that has another name outside of its folder is
 * left as it is, since that may be a file of another program: what is changed is the file, and not the name.
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

/** Counts how many names a file has in a folder. */
function namesIn(folder: string, { nlink, ino, dev }: Stats): number {
  if (nlink === 1) return 1
  const found = entriesOf(folder).map(({ name }) => lstatSync(join(folder, name), { throwIfNoEntry: false }))
  return found.filter((one) => one?.ino === ino && one.dev === dev).length
}

/** Creates an empty file for its owner alone, whatever the umask is. Throws the system's error, also if there is anything of that name. */
export function createFile(path: string): void {
  const file = openSync(path, 'wx', FILE_MODE)
  try {
    fchmodSync(file, FILE_MODE)
  } finally {
    closeSync(file)
  }
}
