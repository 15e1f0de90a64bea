import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path'
import { SandboxError } from '../check/sandbox.ts'

/** ProgramFiles are the folders that a command needs: the folders of the program itself, and the folders of its tools. */
export interface ProgramFiles {
  /** The folder in which the command runs. */
  readonly cwd: string
  /** Folders of the program, which the sandbox copies. */
  readonly own: readonly string[]
  /** Folders of tools outside of the system's folders, such as an interpreter in the home folder. */
  readonly tools: readonly string[]
}

/** Limits of the folders that the sandbox copies. */
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
 * Finds the folders that a command needs. The program's own folders are the folder in which it runs, and the folders of other files
 * that the words of the command name. A home folder has more in it than one program, so the program gets only the named files of such a
 * folder. With `confined`, the words come from a hand-in, so the function ignores files outside of `cwd` that are not tools on the path.
 */
export function findProgramFiles(
  words: readonly string[],
  cwd: string,
  path = process.env.PATH ?? '',
  { confined = false }: { readonly confined?: boolean } = {},
): ProgramFiles {
  const [first = '', ...others] = words
  // an executable in a folder `bin` belongs to an installation, such as a virtual environment; any other executable belongs to the program
  const isTool = !first.includes('/') || basename(dirname(resolve(cwd, first))) === 'bin'
  const tool = first.includes('/') ? resolve(cwd, first) : findOnPath(first, path)
  const named = (isTool ? others : words)
    .map((word) => resolve(cwd, word))
    .filter((file) => existsSync(file) && !isWithin(file, SYSTEM_FOLDERS) && file !== '/')
    .filter((file) => !confined || isWithin(realpathSync(file), [realpathSync(cwd)]))
    .map((file) => (statSync(file).isDirectory() ? file : dirname(file)))
  const own = outermost(named.length > 0 && isWide(cwd) ? named : [cwd, ...named])
  const mayShow = !confined || !first.includes('/')
  const tools = isTool && mayShow && tool !== undefined ? toolFolders(tool, own) : []
  return { cwd, own, tools: tools.filter((folder) => !isWithin(folder, own)) }
}

/** Joins the files that several commands in the same folder need. */
export function joinFiles(cwd: string, all: readonly ProgramFiles[]): ProgramFiles {
  return { cwd, own: outermost(all.flatMap(({ own }) => own)), tools: outermost(all.flatMap(({ tools }) => tools)) }
}

/** Checks whether a folder is one of these folders, or is inside of one of them. */
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

/** Returns the folders of an executable: the folder of its path, and the folder of the file to which links lead. */
function toolFolders(tool: string, own: readonly string[]): readonly string[] {
  const files = [tool, existsSync(tool) ? realpathSync(tool) : tool]
  const folders = files.flatMap((file) => installation(file, own))
  return outermost(folders.filter((folder) => existsSync(folder) && !isWithin(folder, SYSTEM_FOLDERS)))
}

/**
 * Returns the folders of an executable's installation: `~/.pyenv` of `~/.pyenv/shims/python3`. Never returns a folder
 * that contains the program under test, because that folder may contain other programs, too.
 */
function installation(file: string, own: readonly string[]): readonly string[] {
  const folder = dirname(file)
  const prefix = dirname(folder)
  // ~/.local has the data of all programs beside their executables
  if (basename(prefix) === '.local') return [folder, join(prefix, 'lib')]
  return isWide(prefix) || own.some((one) => isWithin(one, [prefix])) ? [folder] : [prefix]
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

/** FolderTooLarge is the error for a folder that is too large to be copied for each run. */
export class FolderTooLarge extends Error {
  override readonly name = 'FolderTooLarge'
}

/**
 * Copies a program's folder into `stage`; in `stage`, the copy has the path of the folder. Copies a folder with more than one program in
 * it, such as the home folder, without its subfolders and hidden files. Never copies Parlor's own data. If the folder is too large, throws
 * before it copies anything: a `SandboxError` if the folder has Parlor's data in it, otherwise a `FolderTooLarge`.
 */
export function stageFolder(folder: string, stage: string): void {
  const found = listFiles(folder)
  if (found === undefined && readdirSync(folder).some((name) => OWN_DATA.test(name)))
    throw new SandboxError(`${folder} is too large to be copied, and has Parlor's own data in it; move the program to a folder of its own`)
  if (found === undefined) throw new FolderTooLarge(`${folder} has more than ${COPIED_FILES} files or ${COPIED_BYTES / 1024 / 1024} MB`)
  const toCopy = (path: string) => join(stage, relative('/', path))
  for (const path of found.folders) mkdirSync(toCopy(path), { recursive: true })
  for (const { path, mode } of found.files) {
    copyFileSync(path, toCopy(path), constants.COPYFILE_FICLONE)
    chmodSync(toCopy(path), mode | 0o600)
  }
}

/** ListedFiles lists the files of a folder that the sandbox copies. */
interface ListedFiles {
  readonly folders: string[]
  readonly files: { readonly path: string; readonly mode: number }[]
}

/** Lists the files of a folder that the sandbox copies; `undefined` if they are too many or too large. */
function listFiles(folder: string): ListedFiles | undefined {
  const root = realpathSync(folder)
  const isWhole = !isWide(folder)
  const found: ListedFiles = { folders: [folder], files: [] }
  let bytes = 0
  for (const at of found.folders) {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name)
      if (LEFT_OUT.has(entry.name) || OWN_DATA.test(entry.name) || (!isWhole && entry.name.startsWith('.'))) continue
      if (entry.isDirectory() && isWhole) found.folders.push(path)
      const file = findReadable(path)
      // a link may lead to the files of other users
      if (!file?.isFile() || (entry.isSymbolicLink() && !isWithin(realpathSync(path), [root]))) continue
      found.files.push({ path, mode: file.mode })
      bytes += file.size
      if (found.files.length + found.folders.length > COPIED_FILES || bytes > COPIED_BYTES) return undefined
    }
  }
  return found
}

/** Returns the status of a path; `undefined` if it was removed, or if neither this user nor the program may read it. */
function findReadable(path: string): Stats | undefined {
  try {
    accessSync(path, constants.R_OK)
    return statSync(path)
  } catch {
    return undefined
  }
}
