import { lstat, open, readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import type { MatrixEntry } from '../lab/matrix/matrix.ts'
import { MATRIX_SIDES, showLine } from '../lab/matrix/report.ts'
import { guessStart, type SourceFile } from '../lab/matrix/start-guess.ts'
import type { Side } from '../protocol/message-spec.ts'
import { readCheckFile, type StartSettings } from './check-files.ts'
import { startBeside } from './check-setup.ts'
import { wordsOf } from './check-subject.ts'
import { UsageError } from './diagnostics.ts'

/** SideStart has the command that starts one side of a hand-in, and the working folder of the command. */
export interface SideStart {
  readonly words: readonly string[]
  readonly build?: readonly string[] | undefined
  /** Absolute path, without links. */
  readonly folder: string
  readonly port?: number | undefined
  /** True if the commands may not name files outside of the hand-in. */
  readonly confined: boolean
}

/** HandIn is a folder of a class, with the commands that start its sides. */
export interface HandIn extends MatrixEntry {
  readonly sides: Readonly<Partial<Record<Side, SideStart>>>
}

/** HandInsFound are the hand-ins of a folder, and a sentence for each entry that is not a hand-in. */
export interface HandInsFound {
  readonly handIns: readonly HandIn[]
  readonly notes: readonly string[]
}

/** Maximum number of files of a hand-in that a guess reads, and maximum number of bytes that a guess reads from each file. */
const FILES = 200
const BYTES = 32 * 1024
/** Maximum depth of nested folders that contain only one folder, such as in an unpacked archive. */
const DEPTH = 3
/** Folders that are not hand-ins. */
const LEFT_OUT = /^\.|^__MACOSX$|^node_modules$/

/**
 * Finds the hand-ins of a folder: its subfolders, in the order of their names. The commands that start a hand-in have one of three sources:
 * `given`, which the teacher gives for all hand-ins; the hand-in's own `parlor-check.toml`; or a guess from the files of the hand-in.
 */
export async function findHandIns(folder: string, given: StartSettings): Promise<HandInsFound> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !LEFT_OUT.test(name))
  const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name)
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  names.sort(new Intl.Collator('en', { numeric: true }).compare)
  const handIns: HandIn[] = []
  for (const name of names) handIns.push(await toHandIn(name, await realpath(folder), given))
  const notes = links.map(
    (name) =>
      `${showLine(name)} is a symbolic link, which can point to any folder, so Parlor ignores it; replace the link by a copy of the folder`,
  )
  return { handIns, notes }
}

async function toHandIn(name: string, parent: string, given: StartSettings): Promise<HandIn> {
  const path = join(parent, name)
  try {
    const file = await readCheckFile(path)
    const own = file ? startBeside(file, path) : {}
    const folder = await findInside(path, own.folder ?? given.folder)
    const files = await readSources(folder)
    const sides = MATRIX_SIDES.map((side) => [side, findStart(side, folder, { given, own, files })] as const)
    const found = sides.flatMap(([side, start]) => ('unclear' in start ? [] : [[side, start] as const]))
    if (found.length === 0) return { name, starts: {}, sides: {}, problem: explain(sides.map(([, start]) => start)) }
    const starts = found.map(([side, { said }]) => [side, said] as const)
    return { name, starts: Object.fromEntries(starts), sides: Object.fromEntries(found) }
  } catch (error) {
    // one broken hand-in must not end the judgment of the other hand-ins
    return { name, starts: {}, sides: {}, problem: errorMessage(error) }
  }
}

interface Sources {
  readonly given: StartSettings
  readonly own: StartSettings
  readonly files: readonly SourceFile[]
}

/** Finds the command that starts a side, and describes the source of the command. Returns the reason if it finds no command. */
function findStart(side: Side, folder: string, { given, own, files }: Sources): (SideStart & { said: string }) | { unclear: string } {
  const { port = own.port } = given
  const command = given[side] ?? own[side]
  if (command !== undefined) {
    const build = given.build ?? own.build
    const confined = given[side] === undefined || (build !== undefined && given.build === undefined)
    const from = given[side] === undefined ? 'as its parlor-check.toml says' : 'as given for all'
    return {
      words: wordsOf(command),
      build: build === undefined ? undefined : wordsOf(build),
      folder,
      port,
      confined,
      said: `${command}, ${from}`,
    }
  }
  // if the settings file has a command for only one side, the hand-in has no other side
  if (MATRIX_SIDES.some((other) => own[other] !== undefined)) return { unclear: '' }
  const guess = guessStart(side, files)
  if (guess === undefined) return { unclear: '' }
  if ('unclear' in guess) return guess
  const build = given.build ?? own.build ?? guess.build
  const built = build === undefined ? '' : ` after ${build}`
  const said = `${guess.command}${built}, guessed from the name ${guess.file}`
  return { words: wordsOf(guess.command), build: build === undefined ? undefined : wordsOf(build), folder, port, confined: true, said }
}

function explain(starts: readonly ({ readonly unclear: string } | object)[]): string {
  const reasons = starts.flatMap((start) => ('unclear' in start && start.unclear !== '' ? [start.unclear] : []))
  const why = reasons.length > 0 ? reasons.join('; ') : 'none of its files has "client" or "server" in its name'
  return `${why}; give the command that starts it in its parlor-check.toml, such as client = "python3 main.py {HOST} {PORT}"`
}

/** Resolves to a folder in a hand-in; without a name, to the first folder whose content is not a single folder. */
async function findInside(path: string, folder: string | undefined): Promise<string> {
  if (folder === undefined) return descend(path, DEPTH)
  const found = await realpath(join(path, folder)).catch(() => undefined)
  if (found === undefined || !(await lstat(found)).isDirectory()) throw new UsageError(`there is no folder ${folder} in the hand-in`)
  if (found !== path && !found.startsWith(path + sep)) throw new UsageError(`the folder ${folder} is outside of the hand-in`)
  return found
}

async function descend(path: string, depth: number): Promise<string> {
  const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !LEFT_OUT.test(name))
  const [only, ...others] = entries
  return depth > 0 && only?.isDirectory() && others.length === 0 ? descend(join(path, only.name), depth - 1) : path
}

/** Reads the beginnings of the files of a folder. Skips links, devices and pipes. */
async function readSources(folder: string): Promise<readonly SourceFile[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).slice(0, FILES)
  return Promise.all(entries.map(async ({ name }) => ({ name, text: await readBeginning(join(folder, name)) })))
}

async function readBeginning(path: string): Promise<string> {
  await using file = await open(path)
  const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(BYTES), length: BYTES })
  return new TextDecoder().decode(buffer.subarray(0, bytesRead))
}
