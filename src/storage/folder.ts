import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import { StoreError, type StoreErrorCode } from './error.ts'
import { checkNoLinks, checkOwnLink, FILE_MODE, isStoreFile, listStoreFiles, restrictFile } from './names.ts'

/** OnStoreWarning is the callback for problems that do not stop the store; its parameter is a sentence for the operator. */
export type OnStoreWarning = (sentence: string) => void

/** Mode of a folder that only its owner can use, and the mode bits of other users. */
const FOLDER_MODE = 0o700
const OTHERS = 0o077
const OTHERS_WRITE = 0o022
/** Windows has no such modes; on Windows, a folder inherits the rights of its parent. */
const HAS_MODES = process.platform !== 'win32'

/**
 * Creates the folder of a store if the folder does not exist, and allows only the owner to read the folder and the files of the store. The
 * function does not change the mode of a folder that has other files, or belongs to another user. Returns the path of the database, which
 * may not exist yet. Throws a StoreError for a folder that is unusable, is read-only, or has links in place of files; does not change such
 * a folder.
 */
export function prepareFolder(folder: string, onWarning: OnStoreWarning): string {
  const made = convertSystemErrors(folder, () => makeOwn(folder), {
    done: 'made',
    trouble: 'failed',
    subject: `the folder ${folder}`,
  })
  if (!made) convertSystemErrors(folder, () => checkNoLinks(folder))
  if (made) restrict(folder, FOLDER_MODE)
  else if (HAS_MODES) tighten(folder, onWarning)
  checkWritable(folder, folder)
  const path = join(folder, 'parlor.db')
  if (existsSync(path)) checkWritable(path, folder)
  if (HAS_MODES) for (const { name } of listStoreFiles(folder)) tightenFile(join(folder, name), folder, onWarning)
  return path
}

/** Creates a folder; returns false if the folder exists. Throws a StoreError for a link that another user has made. */
function makeOwn(folder: string): boolean {
  checkOwnLink(folder)
  return makeWithin(resolve(folder))
}

/**
 * Creates a folder and its parents; returns false if the folder exists. The function does not use Node's recursive mkdir, which never ends
 * in /proc.
 */
function makeWithin(folder: string): boolean {
  try {
    mkdirSync(folder, FOLDER_MODE)
    return true
  } catch (error) {
    const found = statSync(folder, { throwIfNoEntry: false })
    if (found?.isDirectory()) return false
    if (found) throw new Error(`${folder} is not a folder`, { cause: error })
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    makeAbove(dirname(folder))
    mkdirSync(folder, FOLDER_MODE)
    return true
  }
}

/** Creates a folder and its parents with the mode of the umask, because other users may use these folders, too. */
function makeAbove(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(folder) !== folder) makeAbove(dirname(folder))
  mkdirSync(folder)
}

/** Runs work that creates a folder and its parents. If the work throws, removes the new folders that are empty. */
export function withNewFolder<Answer>(folder: string, work: () => Answer): Answer {
  const missing = missingFrom(resolve(folder))
  try {
    return work()
  } catch (error) {
    for (const path of missing) {
      if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
    }
    throw error
  }
}

/** Lists the folders of a path that do not exist, beginning with the last folder of the path. */
function missingFrom(folder: string): string[] {
  if (existsSync(folder) || dirname(folder) === folder) return []
  return [folder, ...missingFrom(dirname(folder))]
}

function tighten(folder: string, onWarning: OnStoreWarning): void {
  const found = statSync(folder)
  if ((found.mode & OTHERS) === 0) return
  const mode = `${folder} has the mode ${modeOf(found)}`
  if (isOwn(found) && others(folder).length === 0) {
    restrict(folder, FOLDER_MODE)
    return onWarning(`${mode}, and was open to other users of this machine: now it has 0700`)
  }
  const risk = (found.mode & OTHERS_WRITE) === 0 ? 'see the names of its files' : 'replace its files'
  const why = isOwn(found) ? 'it also has other files' : 'it belongs to another user'
  onWarning(
    `${mode}, so that other users of this machine can ${risk}; ${why}, so the server does not change its mode: choose a folder for Parlor alone`,
  )
}

function tightenFile(path: string, folder: string, onWarning: OnStoreWarning): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.isSymbolicLink()) return noteOpenTarget(path, onWarning)
  if (!found?.isFile() || (found.mode & OTHERS) === 0) return
  const mode = modeOf(found)
  if (!isOwn(found)) return onWarning(`${path} has the mode ${mode} and belongs to another user: make this user the owner (chown)`)
  const done = convertSystemErrors(path, () => restrictFile(path, folder), { done: 'restricted to its owner', trouble: 'failed' })
  onWarning(
    done
      ? `${path} had the mode ${mode}, and was open to other users of this machine: now it has 0600`
      : `${path} has the mode ${mode}, and is open to other users of this machine; the file has another name elsewhere (a hard link), so the server does not change its mode: if the file is yours alone, type "chmod 600" and its path`,
  )
}

/**
 * Reports that the target of a link is open to other users. Does not change the mode of the target, because the target may belong to
 * another program.
 */
function noteOpenTarget(path: string, onWarning: OnStoreWarning): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found || (found.mode & OTHERS) === 0) return
  onWarning(
    `${path} leads to a file that has the mode ${modeOf(found)}, and is open to other users of this machine: type "chmod 600" and its path`,
  )
}

/** Lists the files of a folder that are not files of a store. */
function others(folder: string): string[] {
  return readdirSync(folder).filter((name) => !isStoreFile(name))
}

function restrict(path: string, mode: number): void {
  if (HAS_MODES) convertSystemErrors(path, () => chmodSync(path, mode), { done: 'restricted to its owner', trouble: 'failed' })
}

function isOwn({ uid }: Stats): boolean {
  const user = process.geteuid?.()
  return user === uid || user === 0
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}

/**
 * Throws a StoreError if this user may not write to a path. Without this check, SQLite would fail later with an error that does not say the
 * reason.
 */
function checkWritable(path: string, folder: string): void {
  const isFolder = path === folder
  try {
    accessSync(path, constants.R_OK | constants.W_OK | (isFolder && HAS_MODES ? constants.X_OK : 0))
  } catch (error) {
    throw new StoreError('read-only', `${isFolder ? 'the folder ' : ''}${path} ${readOnly(path, error)}`, error)
  }
}

function readOnly(path: string, error: unknown): string {
  if (codeOf(error) === 'EROFS') return 'is on a read-only file system: mount the file system for writing, or choose another folder'
  const found = statSync(path, { throwIfNoEntry: false })
  if (!HAS_MODES || !found) return `cannot be written: ${errorMessage(error)}`
  const mode = modeOf(found)
  return process.geteuid?.() === found.uid
    ? `is read-only (its mode is ${mode}): make it writable (chmod u+rw${found.isDirectory() ? 'x' : ''}), or choose another folder`
    : `is read-only for this user (it belongs to user ${found.uid}, its mode is ${mode}): make this user the owner (chown), or choose another folder`
}

/** Meanings of the system's error codes, with advice. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there: change the rights of the folder above it, or choose another folder',
  EPERM: 'this user may not write there: change the rights of the folder above it, or choose another folder',
  EROFS: 'it is on a read-only file system: mount the file system for writing, or choose another folder',
  ENOSPC: 'there is no space left on its disk: free some space, or choose another folder',
  EDQUOT: 'this user has used up the allowed space on its disk: free some space, or choose another folder',
  ENAMETOOLONG: 'the path is too long for this system: choose a shorter path',
  ENOENT: 'this system cannot create a folder there: choose another folder',
  ENOTDIR: 'a part of its path is a file, and not a folder: choose another folder',
  ELOOP: 'its path leads in a circle of symbolic links: choose another folder',
}

const READ_ONLY = ['EACCES', 'EPERM', 'EROFS']
const FULL = ['ENOSPC', 'EDQUOT']

/**
 * Failing describes a failed action on a path. `trouble` is the StoreErrorCode for all error codes of the system that mean neither a
 * read-only file system nor a full disk.
 */
interface Failing {
  readonly done: string
  readonly trouble: StoreErrorCode
  /** Subject of the sentence of the error. */
  readonly subject: string
}

/** Runs system calls on a path, and converts their errors to StoreErrors with advice. */
export function convertSystemErrors<Answer>(path: string, work: () => Answer, failing: Partial<Failing> = {}): Answer {
  const { done = 'read or written', trouble = 'io', subject = path } = failing
  try {
    return work()
  } catch (error) {
    if (error instanceof StoreError) throw error
    const code = codeOf(error)
    const reason = REASONS[code]
    const why = reason === undefined ? errorMessage(error) : `${code}, ${reason}`
    throw new StoreError(troubleOf(code, trouble), `${subject} cannot be ${done}: ${why}`, error)
  }
}

function troubleOf(code: string, other: StoreErrorCode): StoreErrorCode {
  return READ_ONLY.includes(code) ? 'read-only' : FULL.includes(code) ? 'full' : other
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** The bytes that a probe writes to test whether the disk has space. */
const PROBE = new Uint8Array(256 * 1024).fill(0x2e)

/** Writes a file in a folder and removes the file. Throws the system's error, such as ENOSPC. */
export function probeDisk(folder: string): void {
  const path = join(folder, 'parlor.probe')
  rmSync(path, { force: true })
  try {
    writeFileSync(path, PROBE, { mode: FILE_MODE, flag: 'wx' })
  } finally {
    rmSync(path, { force: true })
  }
}
