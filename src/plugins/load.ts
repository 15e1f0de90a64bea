import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorMessage } from '../base/errors.ts'
import { isRecord } from '../base/records.ts'
import type { Catalog } from '../games/catalog.ts'
import type { AnyGame } from '../games/game.ts'
import type { ProgramRegistry } from '../programs/index.ts'
import type { Program, SoloProgram } from '../protocol/definition.ts'
import type { ProgramOption } from '../protocol/option.ts'
import { findGameFault, findSetupFault, takenWords, wordsOf } from './check-game.ts'
import { findClash, findTakesFault } from './check-options.ts'
import { findProgramFault } from './check-program.ts'
import { type FailureObserver, guardGame } from './guard.ts'
import { limitRoles } from './loop-limit.ts'
import { resolveToThisCopy } from './resolve.ts'
import { TimeLimit } from './time-limit.ts'

/** The first port for programs without a port of their own; the shipped programs have lower ports. */
const FIRST_PORT = 12_400
/** Milliseconds that one hook of a game may compute. */
const LIMIT = 1000

/** PluginError is the error for a plug-in that Parlor cannot load; its message is a sentence with the file. */
export class PluginError extends Error {
  override readonly name = 'PluginError'
}

/** Playable has the games and programs of one process. */
export interface Playable {
  readonly catalog: Catalog
  readonly programs: ProgramRegistry
}

/** PluginExports has the exports of a plug-in. */
interface PluginExports {
  readonly games: readonly unknown[]
  readonly programs: readonly unknown[]
  readonly solos: readonly unknown[]
}

/**
 * Loads plug-ins, in order, and resolves to all games and programs; the shipped games and programs come first. The games call `onFailure`
 * when a hook of a plug-in's game fails during play. Rejects with a PluginError if Node cannot load a file, if a game or a program is
 * invalid, or if a name or a port already has an owner.
 */
export async function loadPlugins(files: readonly string[], shipped: Playable, onFailure: FailureObserver): Promise<Playable> {
  if (files.length === 0) return shipped
  resolveToThisCopy(files.map((file) => pathToFileURL(resolve(file)).href))
  const limit = new TimeLimit(LIMIT)
  const loaded = new LoadedExports()
  let all = shipped
  for (const file of files) {
    const exported = loaded.dropRepeated(readExports(file, await importFile(file)))
    all = await addPlugin(file, exported, { all, limit, onFailure, loaded })
  }
  return all
}

/** LoadedExports has the exports of earlier files, and the owner of each name and port. */
class LoadedExports {
  readonly #items = new Set<unknown>()
  readonly #owners = new Map<string, string>()

  /** Returns the exports without the objects that an earlier file has exported, because a protocol's file may export its game, too. */
  dropRepeated({ games, programs, solos }: PluginExports): PluginExports {
    const isNew = (item: unknown) => !isRecord(item) || !this.#items.has(item)
    const fresh = { games: games.filter(isNew), programs: programs.filter(isNew), solos: solos.filter(isNew) }
    for (const item of Object.values(fresh).flat()) this.#items.add(item)
    return fresh
  }

  own(kind: 'game' | 'program' | 'port', name: string | number, owner: string): void {
    this.#owners.set(`${kind} ${name}`, owner)
  }

  ownerOf(kind: 'game' | 'program' | 'port', name: string | number): string {
    return this.#owners.get(`${kind} ${name}`) ?? `a ${kind === 'game' ? 'game' : 'program'} of Parlor`
  }
}

/** Checks the exports of a plug-in, and resolves to all games and programs, including the exports of the plug-in. */
async function addPlugin(
  file: string,
  { games, programs, solos }: PluginExports,
  { all, limit, onFailure, loaded }: { all: Playable; limit: TimeLimit; onFailure: FailureObserver; loaded: LoadedExports },
): Promise<Playable> {
  const added = await Promise.all(games.map((game, at) => checkGame({ file, game, at, limit, onFailure })))
  const words = new Set(takenWords(all.catalog))
  for (const game of added) {
    for (const word of wordsOf(game)) {
      take(words, word, `${file}: the name "${word}" of the game ${game.name} already belongs to ${loaded.ownerOf('game', word)}`)
      loaded.own('game', word, `a game of ${file}`)
    }
  }
  const shipped = await all.programs.loadNamed()
  const options = [...shipped.programs, ...shipped.solos].flatMap(({ takes = [] }) => takes)
  const ports = new Set(shipped.programs.map(({ port, servePort = port }) => servePort))
  const named: Program[] = []
  const names = new Set([...all.programs.names, ...all.programs.shortNames])
  for (const [at, program] of programs.entries()) {
    const fault = findProgramFault(program)
    if (fault !== undefined) throw new PluginError(`${file}: ${whichOf('program', program, at)} ${fault}`)
    const checked = limitRoles(withPort(program as Program, ports))
    takeNames(file, checked, names, loaded)
    takeOptions(file, checked, options)
    const { servePort = checked.port } = checked
    const taker = loaded.ownerOf('port', servePort)
    take(
      ports,
      servePort,
      `${file}: the port ${servePort} of the program ${checked.name} already belongs to ${taker}; leave the port out to get a free port`,
    )
    loaded.own('port', servePort, `the program ${checked.name} of ${file}`)
    named.push(checked)
  }
  const alone = solos.map((solo, at) => checkSolo(file, solo, at))
  for (const solo of alone) {
    if (!named.some(({ name }) => name === solo.name)) takeNames(file, solo, names, loaded)
    takeOptions(file, solo, options)
  }
  return { catalog: all.catalog.with(added), programs: all.programs.with({ programs: named, solos: alone }) }
}

async function checkGame({
  file,
  game,
  at,
  limit,
  onFailure,
}: {
  readonly file: string
  readonly game: unknown
  readonly at: number
  readonly limit: TimeLimit
  readonly onFailure: FailureObserver
}): Promise<AnyGame> {
  const fault = findGameFault(game)
  if (fault !== undefined) throw new PluginError(`${file}: ${whichOf('game', game, at)} ${fault}`)
  const failure = await findSetupFault(guardGame(game as AnyGame, limit, () => {}))
  if (failure !== undefined) throw new PluginError(`${file}: ${whichOf('game', game, at)} ${failure}`)
  return guardGame(game as AnyGame, limit, onFailure)
}

function checkSolo(file: string, solo: unknown, at: number): SoloProgram {
  const isSolo = isRecord(solo) && typeof solo.name === 'string' && typeof solo.title === 'string' && typeof solo.play === 'function'
  if (!isSolo) throw new PluginError(`${file}: ${whichOf('solo program', solo, at)} has no name, title or play`)
  const fault = findTakesFault(solo.takes)
  if (fault !== undefined) throw new PluginError(`${file}: ${whichOf('solo program', solo, at)} ${fault}`)
  const { source = 'a plug-in', ...others } = solo as unknown as Omit<SoloProgram, 'source'> & { source?: string }
  return { ...others, source }
}

function takeNames(file: string, { name, short }: Pick<Program, 'name' | 'short'>, names: Set<string>, loaded: LoadedExports): void {
  for (const one of short === undefined ? [name] : [name, short]) {
    take(names, one, `${file}: the name "${one}" of the program ${name} already belongs to ${loaded.ownerOf('program', one)}`)
    loaded.own('program', one, `a program of ${file}`)
  }
}

/**
 * Adds the options of a program to the options of the other programs. Throws a PluginError for an option that conflicts with another
 * option.
 */
function takeOptions(file: string, { name, takes = [] }: Pick<Program, 'name' | 'takes'>, options: ProgramOption[]): void {
  for (const option of takes) {
    const clash = findClash(option, options)
    if (clash !== undefined) throw new PluginError(`${file}: the program ${name} ${clash}`)
    options.push(option)
  }
}

/** Gives a program without a port the first free port above the ports of the shipped programs. */
function withPort(program: Program, ports: ReadonlySet<number>): Program {
  if (program.port > 0) return program
  let port = program.servePort ?? FIRST_PORT
  while (program.servePort === undefined && ports.has(port)) port++
  return { ...program, port }
}

/** Adds a new item to the items that have an owner. Throws a PluginError with the sentence if the item already has an owner. */
function take<Item>(taken: Set<Item>, item: Item, sentence: string): void {
  if (taken.has(item)) throw new PluginError(sentence)
  taken.add(item)
}

async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(file)
  if (!existsSync(path)) throw new PluginError(`${file} does not exist`)
  try {
    return await import(pathToFileURL(path).href)
  } catch (reason) {
    throw new PluginError(`${file} cannot be loaded: ${errorMessage(reason)}`, { cause: reason })
  }
}

/** Returns the games and programs of a module: its exports `games` and `programs`, or the fields of its default export. */
function readExports(file: string, module: Readonly<Record<string, unknown>>): PluginExports {
  const { games, programs, solos } = ['games', 'programs', 'solos'].some((name) => name in module)
    ? module
    : isRecord(module.default)
      ? module.default
      : {}
  if (games === undefined && programs === undefined && solos === undefined)
    throw new PluginError(`${file} exports neither "games" nor "programs", as a plug-in does`)
  const listOf = (name: string, value: unknown): readonly unknown[] => {
    if (value === undefined) return []
    if (Array.isArray(value)) return value
    throw new PluginError(`${file} exports "${name}" that is not a list`)
  }
  return { games: listOf('games', games), programs: listOf('programs', programs), solos: listOf('solos', solos) }
}

/** Names a game or program in a sentence: by its name or, without a name, by its position in the list. */
function whichOf(what: string, item: unknown, at: number): string {
  return isRecord(item) && typeof item.name === 'string' ? `the ${what} ${item.name}` : `the ${what} number ${at + 1}`
}
