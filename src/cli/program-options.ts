import type { Random } from '../games/game.ts'
import { type LoadedPrograms, loadPrograms, type ProgramRegistry, shippedPrograms } from '../programs/index.ts'
import { type Options, type Program, readOption, type SoloProgram } from '../protocol/definition.ts'
import type { FileOption, ProgramOption } from '../protocol/option.ts'
import { printError, UsageError } from './diagnostics.ts'
import { type Command, DeclaredOption, type GivenOption, type OptionRole, spellOption } from './option-parsers.ts'

/**
 * Resolves to the programs that come with Parlor, and the programs of the given plug-ins. If the user gives no plug-in, loads the plug-ins
 * of the settings, unless one of the typed `words` is the name of a shipped program. Rejects with a UsageError.
 */
export async function loadRegistry(given: readonly string[] = [], words: readonly string[] = []): Promise<ProgramRegistry> {
  // most commands name a shipped program, and such a command does not read the settings for plug-ins
  if (given.length === 0 && words.some((word) => shippedPrograms.has(word))) return shippedPrograms
  return (await import('./plugins.ts')).loadProgramsHere(given)
}

/** Resolves to the networked program with a name. If there is no such program, rejects with a UsageError that suggests the nearest name. */
export async function requireNetworkProgram(name: string, programs: ProgramRegistry = shippedPrograms): Promise<Program> {
  const found = await programs.load(name)
  if (found) return found
  if (await programs.loadSolo(name)) throw new UsageError(`${name} has no network; play it with: parlor solo ${name}`)
  throw await unknown(name, programs)
}

/** Finds a program that has no network, by its name. Rejects with a UsageError for an unknown name. */
export async function requireSoloProgram(name: string, programs: ProgramRegistry): Promise<SoloProgram> {
  const found = await programs.loadSolo(name)
  if (found) return found
  const program = await programs.load(name)
  if (program?.needs && !program.host)
    throw new UsageError(`${name} is for several clients; try: parlor serve --only ${name}, and in another window: parlor join ${name}`)
  if (program) throw new UsageError(`${name} takes two sides; try: parlor host ${name}, and in another window: parlor join ${name}`)
  throw await unknown(name, programs)
}

/** Returns the program names nearest to the text that the user typed; `undefined` without a near name. */
async function nearest(name: string, { names, shortNames }: ProgramRegistry): Promise<string | undefined> {
  const lower = name.toLowerCase()
  const ending = names.filter((one) => one.split('/')[1] === lower)
  if (ending.length > 0) return shortNames.includes(lower) ? lower : ending.join(' or ')
  const { closestMatch } = await import('leven')
  const near = (word: string) => closestMatch(word, [...shortNames, ...names], { maxDistance: Math.max(2, Math.floor(word.length / 3)) })
  const begun = lower.length < 3 ? [] : shortNames.filter((one) => one.startsWith(lower))
  const [only] = begun
  return near(lower) ?? near(lower.slice(lower.indexOf('/') + 1)) ?? (begun.length === 1 ? only : undefined)
}

async function unknown(name: string, programs: ProgramRegistry): Promise<UsageError> {
  const meant = await nearest(name, programs)
  const guess = meant === undefined ? '.' : `; did you mean ${meant}?`
  return new UsageError(`there is no program ${JSON.stringify(name)}${guess} All programs: parlor protocols`)
}

/** NeededPrograms are the programs whose options a command needs. */
export interface NeededPrograms {
  /** The words after the command, which determine the programs. Without the words, the command needs all programs. */
  readonly typed?: readonly string[]
  /** Loads programs, by default the programs of Parlor and of the plug-ins that the words name. */
  readonly load?: (names?: readonly string[]) => Promise<LoadedPrograms>
}

/**
 * Adds the options that programs declare for a role. A command for one program also accepts the options of other sides and programs,
 * without showing them in the help, so that the error for such an option can name the option's side or program. If the command itself has
 * an option of the same spelling, the help of the command's option also describes the option of the program.
 */
export async function addProgramOptions(command: Command, role: OptionRole, needed: NeededPrograms): Promise<void> {
  const { programs, solos } = await loadNeeded(command, role, needed)
  const shown = (role === 'solo' ? solos : programs).flatMap(optionsOf).filter(({ side, setting }) => {
    if (role === 'settings') return setting && side !== 'client'
    return role === 'solo' || role === 'check' || side === role || side === 'both'
  })
  const all = role === 'settings' ? shown : [...shown, ...[...programs, ...solos].flatMap(optionsOf)]
  const general = new Map(command.options.map((option) => [option.long, option]))
  for (const [spelled, [option]] of Map.groupBy(all, spellOption)) {
    if (!option) continue
    const same = general.get(spelled)
    if (!same) command.addOption(new DeclaredOption(option, role === 'settings').hideHelp(!shown.includes(option)))
    else if (role !== 'check' && shown.includes(option)) same.description += ` (${option.about})`
  }
}

/**
 * Loads the programs that the typed words name. Loads all programs if the words have an option that neither these programs nor the command
 * have, such as `--help`. The programs that the words name are first in the result. All programs include the programs of the plug-ins that
 * the words name. If the words name no plug-in, a command with settings includes the plug-ins in the settings.
 */
async function loadNeeded({ options }: Command, role: OptionRole, { typed, load }: NeededPrograms): Promise<LoadedPrograms> {
  if (!typed) return (load ?? loadPrograms)()
  const plugins = valuesOf('--plugin', typed)
  const from = (registry: ProgramRegistry) => (names?: readonly string[]) => registry.loadNamed(names)
  const isOfServer = role === 'settings'
  const loadTyped = load ?? from(isOfServer && plugins.length === 0 ? shippedPrograms : await loadRegistry(plugins, typed))
  const named = await loadTyped(typed)
  const declared = [...named.programs, ...named.solos].flatMap(optionsOf)
  const known = new Set([...options.map(({ long }) => long), ...declared.map(spellOption)])
  if (typed.every((word) => !word.startsWith('-') || known.has(word.split('=', 1)[0]))) return named
  const isOfSettings = !load && isOfServer && plugins.length === 0 && !typed.some((word) => HELP.has(word))
  const { programs, solos } = await (isOfSettings ? from(await loadConfigured(valuesOf('--config', typed).at(-1))) : loadTyped)()
  return { programs: [...named.programs, ...programs], solos: [...named.solos, ...solos] }
}

/** Resolves to the shipped programs and the programs of the plug-ins that a settings file names. */
async function loadConfigured(config: string | undefined): Promise<ProgramRegistry> {
  const { files } = await (await import('./settings-files.ts')).findPlugins(config)
  return (await (await import('./plugins.ts')).loadPlayable(files)).programs
}

const HELP: ReadonlySet<string> = new Set(['-h', '--help'])

/** Returns the values that an option has in the typed words. */
export function valuesOf(option: string, typed: readonly string[]): string[] {
  return typed.flatMap((word, at) => {
    if (word.startsWith(`${option}=`)) return [word.slice(option.length + 1)]
    const next = typed[at + 1]
    return word === option && next !== undefined ? [next] : []
  })
}

function optionsOf({ takes = [] }: Pick<Program, 'takes'>): readonly ProgramOption[] {
  return takes
}

/** ProgramFlags are the options of programs on a command line. */
export interface ProgramFlags {
  readonly given: readonly GivenOption[]
  /** Paths of the files of plug-ins. */
  readonly plugin?: readonly string[] | undefined
  /** True if the command refuses a whole file because of one unusable word or question. */
  readonly strict?: boolean | undefined
}

/**
 * RunSide is the side of a program that a command runs, `both` for a command that watches both sides, or `solo` for a program without a
 * network.
 */
export type RunSide = 'server' | 'client' | 'both' | 'solo'

/**
 * Resolves to the values of a program's options, with the content of the files that the options name. Rejects with a UsageError if the
 * program does not take an option on this side, or refuses a value. Checks all options before it reads a file.
 */
export async function resolveOptions(
  program: Pick<Program, 'name' | 'takes' | 'check'>,
  side: RunSide,
  { given, strict = false }: ProgramFlags,
): Promise<Options> {
  const taken = takeOptions(program, side, given)
  checkExclusions(taken)
  if (strict && !taken.some(({ option }) => option.kind === 'file')) throw await strictAlone()
  const options: Record<string, unknown> = {}
  for (const { option, value } of taken) {
    options[option.name] = option.kind === 'file' ? await readOptionFile(option, String(value), { strict, warn: printError }) : value
  }
  const wrong = program.check?.(options)
  if (wrong) throw new UsageError(wrong)
  return options
}

/**
 * Returns the given options with the program's own declarations. Throws a UsageError for an option that the program does not take on this
 * side.
 */
function takeOptions({ name, takes = [] }: Pick<Program, 'name' | 'takes'>, side: RunSide, given: readonly GivenOption[]): GivenOption[] {
  const strays: string[] = []
  const misplaced: string[] = []
  const taken = given.flatMap(({ option, value }) => {
    const spelled = spellOption(option)
    const own = takes.find((one) => spellOption(one) === spelled)
    const of = own?.side ?? option.side
    if (side === 'server' && of === 'client') misplaced.push(`${spelled} belongs to the client's side: parlor join PROGRAM ${spelled} ...`)
    else if (!own) strays.push(`${name} takes no ${spelled}`)
    else if (side === 'client' && of === 'server')
      misplaced.push(`${spelled} belongs to the server's side: parlor host ${name} ${spelled} ...`)
    return own ? [{ option: own, value }] : []
  })
  const [first, ...others] = strays.length > 0 ? strays : misplaced
  if (first !== undefined) throw new UsageError(first, ...others)
  return taken
}

function checkExclusions(taken: readonly GivenOption[]): void {
  for (const { option } of taken) {
    const other = taken.find((one) => one.option.name === option.excludes?.name)
    if (other)
      throw new UsageError(`${spellOption(other.option)} and ${spellOption(option)} exclude each other: ${option.excludes?.because}`)
  }
}

async function strictAlone(): Promise<UsageError> {
  const { programs } = await loadPrograms()
  const files = programs.flatMap(({ takes = [] }) => takes).filter(({ kind }) => kind === 'file')
  return new UsageError(`--strict needs ${[...new Set(files.map(spellOption))].join(' or ')}`)
}

/**
 * Resolves to the source of randomness. An option, such as the option for given choices, may be the source; otherwise the platform is the
 * source.
 */
export async function createRandom({ takes = [] }: Pick<Program, 'takes'>, options: Options): Promise<Random> {
  for (const option of takes) {
    const value = readOption<unknown>(options, option)
    const random = option.kind === 'text' && value !== undefined ? option.random?.(value) : undefined
    if (random) return random
  }
  return (await import('../games/random.ts')).chance
}

/**
 * Prints advice on the values of text options, for example the advice that a client cannot type a character of a word. The caller
 * has checked the values.
 */
export function printAdvice(program: Pick<Program, 'takes'>, options: Options): void {
  for (const option of program.takes ?? []) {
    const value = readOption<unknown>(options, option)
    const advice = option.kind === 'text' && value !== undefined ? option.advise?.(value) : undefined
    if (advice !== undefined) printError(`${spellOption(option)}: ${advice}`)
  }
}

/**
 * Care is the treatment of a mistake in a file: with `strict`, the command refuses the file; otherwise it calls `warn` with each
 * mistake.
 */
interface Care {
  readonly strict: boolean
  readonly warn: (sentence: string) => void
}

/**
 * Reads the file that an option names, and resolves to the option's value. Calls `warn` with a sentence for each part that it skips, and
 * with advice on the value. Rejects with a UsageError.
 */
export async function readOptionFile<Value>(option: FileOption<Value>, file: string, { strict, warn }: Care): Promise<Value> {
  const { readTextFile } = await import('./text-file.ts')
  const content = await option.read(await readTextFile(file), file)
  const skipped = content.skipped.map((reason) => `${file}, skipped: ${reason}`)
  if ('refused' in content) throw usageOf([...skipped, ...content.refused.map((reason) => `${file}: ${reason}`)])
  if (strict && skipped.length > 0) throw usageOf(content.skipped.map((reason) => `${file}: ${reason}`))
  for (const sentence of skipped) warn(sentence)
  const advice = option.advise?.(content.value)
  if (advice !== undefined) warn(`${file}: ${advice}`)
  return content.value
}

/** Creates a UsageError from several sentences; an empty array gives an empty sentence. */
function usageOf([first = '', ...others]: readonly string[]): UsageError {
  return new UsageError(first, ...others)
}
