import { constants, existsSync, realpathSync, type Stats, statSync } from 'node:fs'
import { access, chmod, copyFile, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path'
import { SandboxError } from '../check/sandbox.ts'

/** ProgramFiles are the folders that a command needs: those of the program itself, and those of its tools. */
export interface ProgramFiles {
  /** The folder in which the command runs. */
  readonly cwd: string
  /** Folders of the program, which are copied. */
  readonly own: readonly string[]
  /** Folders of tools outside of the system's folders, such as an interpreter in the home folder. */
  readonly tools: readonly string[]
}

/** Limits of a copy, and of the folders that are copied at all. */
const COPIED_FILES = 2000
const COPIED_BYTES = 64 * 1024 * 1024
/** Folders that no program needs to run, and that are large. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.cache', '__pycache__'])
/** Parlor's own data, such as `parlor.db`, which no program under test may see. */
const OWN_DATA = /^parlor\./

/** The system's folders, which every program sees, read-only. */
export const SYSTEM_FOLDERS: readonly string[] = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/opt',
  '/nix/store',
]

/**
 * Finds the folders that a command needs. The program's own folders are those of the files that its words name; without such a
 * word (`java Client`, `make run`), the folder in which it runs. So other hand-ins beside it are not part of it.
 */
export function findProgramFiles(words: readonly string[], cwd: string, path = process.env.PATH ?? ''): ProgramFiles {
  const [first = ''] = words
  const tool = first.includes('/') ? resolve(cwd, first) : findOnPath(first, path)
  const named = words
    .filter((word, at) => at > 0 || word.includes('/'))
    .map((word) => resolve(cwd, word))
    .filter((file) => existsSync(file) && !isWithin(file, SYSTEM_FOLDERS) && file !== '/')
    .map((file) => (statSync(file).isDirectory() ? file : dirname(file)))
  const own = outermost(named.length === 0 ? [cwd] : named)
  return { cwd, own, tools: tool === undefined ? [] : toolFolders(tool).filter((folder) => !isWithin(folder, own)) }
}

/** Checks whether a folder is one of these, or inside of one. */
function isWithin(folder: string, others: readonly string[]): boolean {
  return others.some((other) => folder === other || folder.startsWith(other.endsWith(sep) ? other : other + sep))
}

function outermost(folders: readonly string[]): readonly string[] {
  const all = [...new Set(folders)]
  return all.filter(
    (folder) =>
      !isWithin(
        folder,
        all.filter((other) => other !== folder),
      ),
  )
}

/** Returns the folders of an executable: where it is installed, and where it really is. */
function toolFolders(tool: string): readonly string[] {
  const files = [tool, existsSync(tool) ? realpathSync(tool) : tool]
  return outermost(files.flatMap(installation).filter((folder) => existsSync(folder) && !isWithin(folder, SYSTEM_FOLDERS)))
}

/** Returns the folders of the installation that an executable belongs to: `~/.pyenv` of `~/.pyenv/shims/python3`. */
function installation(file: string): readonly string[] {
  const folder = dirname(file)
  const prefix = dirname(folder)
  // ~/.local has the data of all programs beside their executables
  if (basename(prefix) === '.local') return [folder, join(prefix, 'lib')]
  return isWide(prefix) ? [folder] : [prefix]
}

/** Checks whether a folder has more in it than one program: the home folder, or a folder that contains it. */
function isWide(folder: string): boolean {
  return isWithin(homedir(), [folder]) || folder === dirname(homedir())
}

function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file))
}

/** FolderTooLarge says that a folder has more in it than a program that is copied for each run. */
export class FolderTooLarge extends Error {
  override readonly name = 'FolderTooLarge'
}

/**
 * Copies a program's folder below `stage`, under its own path. A folder with more than one program in it, such as the home
 * folder, is copied without its subfolders and hidden files. Parlor's own data is never copied. Rejects with a `FolderTooLarge`, or
 * with a `SandboxError` for a large folder that has Parlor's data in it.
 */
export async function stageFolder(folder: string, stage: string): Promise<void> {
  const copy = { root: await realpath(folder), whole: !isWide(folder), files: COPIED_FILES, bytes: COPIED_BYTES }
  if (await copyFolder(folder, join(stage, relative('/', folder)), copy)) return
  if ((await readdir(folder)).some((name) => OWN_DATA.test(name)))
    throw new SandboxError(`${folder} is too large to be copied, and has Parlor's own data in it; move the program to a folder of its own`)
  throw new FolderTooLarge(`${folder} has more than ${COPIED_FILES} files or ${COPIED_BYTES / 1024 / 1024} MB`)
}

/** FolderCopy is a copy in progress. */
interface FolderCopy {
  /** The folder without links. */
  readonly root: string
  /** False to leave out subfolders and hidden files. */
  readonly whole: boolean
  /** What may still be copied. */
  files: number
  bytes: number
}

/** Copies a folder. Resolves to false if it is too large, with a part of the files copied. */
async function copyFolder(from: string, to: string, copy: FolderCopy): Promise<boolean> {
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (LEFT_OUT.has(entry.name) || OWN_DATA.test(entry.name) || (!copy.whole && entry.name.startsWith('.'))) continue
    if (entry.isDirectory()) {
      if (copy.whole && !(await copyFolder(source, target, copy))) return false
      continue
    }
    const found = await findReadable(source)
    // a link may lead to the files of others
    if (!found?.isFile() || (entry.isSymbolicLink() && !isWithin(await realpath(source), [copy.root]))) continue
    copy.files--
    copy.bytes -= found.size
    if (copy.files < 0 || copy.bytes < 0) return false
    await copyFile(source, target, constants.COPYFILE_FICLONE)
    await chmod(target, found.mode | 0o600)
  }
  return true
}

/** Resolves with what a path is; `undefined` if it is gone or this user may not read it, as the program could not either. */
async function findReadable(path: string): Promise<Stats | undefined> {
  try {
    await access(path, constants.R_OK)
    return await stat(path)
  } catch {
    return undefined
  }
}
