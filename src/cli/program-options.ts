import { formatCount } from '../base/counts.ts'
import type { Random } from '../games/game.ts'
import type { Question } from '../games/questions/parse.ts'
import { chance, scriptedRandom } from '../games/random.ts'
import { type ProgramRegistry, shippedPrograms } from '../programs/index.ts'
import type { Options, Program, SoloProgram } from '../protocol/definition.ts'
import { printError, UsageError } from './diagnostics.ts'

/** Resolves to the programs of this process: the shipped ones, and those of plug-ins. Rejects with a UsageError. */
export async function loadPrograms(files: readonly string[] = []): Promise<ProgramRegistry> {
  return files.length === 0 ? shippedPrograms : (await (await import('./plugins.ts')).loadPlayable(files)).programs
}

/** Resolves to the networked program with a name. Rejects with a UsageError that suggests the nearest name if there is none. */
export async function requireNetworkProgram(name: string, programs: ProgramRegistry = shippedPrograms): Promise<Program> {
  const found = await programs.load(name)
  if (found) return found
  if (await programs.loadSolo(name)) throw new UsageError(`${name} has no network; play it with: parlor solo ${name}`)
  throw await unknown(name, programs)
}

/** Resolves to the program without a network with a name. Rejects with a UsageError if there is none. */
export async function requireSoloProgram(name: string, programs: ProgramRegistry): Promise<SoloProgram> {
  const found = await programs.loadSolo(name)
  if (found) return found
  const program = await programs.load(name)
  if (program?.needs && !program.host)
    throw new UsageError(`${name} is for several clients; try: parlor serve --only ${name}, and in another window: parlor join ${name}`)
  if (program) throw new UsageError(`${name} takes two sides; try: parlor host ${name}, and in another window: parlor join ${name}`)
  throw await unknown(name, programs)
}

/** Returns the program names nearest to the text that the user typed; `undefined` if no name is near. */
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
  return new UsageError(`there is no program ${JSON.stringify(name)}${guess} All of them: parlor protocols`)
}

/** Command-line spelling of program options, if it differs from their name. */
const SPELT: Readonly<Partial<Record<keyof Options, string>>> = { recvOnce: 'recv-once', formats: 'format' }

/** Throws a UsageError for options that a program does not take, or whose values it rejects. */
export function checkOptions(
  program: Pick<Program, 'name' | 'takes' | 'check'> & Partial<Pick<Program, 'protocol'>>,
  options: Options,
): void {
  const { name, takes = [], check, protocol } = program
  const [stray, ...others] = (Object.keys(options) as (keyof Options)[])
    .filter((option) => !takes.includes(option) && !(option === 'pace' && protocol?.paced))
    .map((option) => `${name} takes no --${SPELT[option] ?? option}`)
  if (stray !== undefined) throw new UsageError(stray, ...others)
  const wrong = check?.(options)
  if (wrong) throw new UsageError(wrong)
}

/** Throws a UsageError for files that a program does not take. Runs before the files are read, because reading prints warnings. */
export function checkFiles(program: Pick<Program, 'name' | 'takes'>, given: Pick<ProgramFlags, 'words' | 'questions'>): void {
  const { takes = [] } = program
  const strays = (['words', 'questions'] as const).filter((file) => given[file] !== undefined && !takes.includes(file))
  if (strays.length > 0) checkOptions(program, Object.fromEntries(strays.map((file) => [file, []])))
}

/** Throws a UsageError for options that only the server's side of a program takes. Runs after `checkOptions`. */
export function checkClientOptions({ name, clientTakes = [] }: Pick<Program, 'name' | 'clientTakes'>, options: Options): void {
  const [stray, ...others] = (Object.keys(options) as (keyof Options)[])
    .filter((option) => !clientTakes.includes(option))
    .map((option) => `--${SPELT[option] ?? option} belongs to the server's side: parlor host ${name} --${SPELT[option] ?? option} ...`)
  if (stray !== undefined) throw new UsageError(stray, ...others)
}

/** ProgramFlags is the command-line options for a conversation. */
export interface ProgramFlags {
  /** Files of plug-ins. */
  readonly plugin?: readonly string[]
  readonly secret?: string
  readonly choices?: readonly string[]
  readonly now?: Date
  readonly size?: number
  readonly split?: number
  readonly delay?: number
  readonly recvOnce?: boolean
  readonly framing?: string
  readonly format?: readonly string[]
  readonly name?: string
  readonly words?: string
  readonly questions?: string
  /** True if a file with an unusable word or question is rejected as a whole. */
  readonly strict?: boolean
  readonly pace?: number
}

/**
 * Converts command-line options to the options of a program, and reads the files that they name. An empty option counts as
 * absent. Calls `warn` with a sentence for each word and question that is skipped. Rejects with a UsageError.
 */
export async function parseProgramOptions(given: ProgramFlags, warn: (sentence: string) => void = printError): Promise<Options> {
  const { secret, choices, now, size, split, delay, recvOnce, framing, format, name, words, questions, strict = false, pace } = given
  if (framing !== undefined && !isFraming(framing))
    throw new UsageError(`--framing is lines, none or length, not ${JSON.stringify(framing)}`)
  if (secret && words !== undefined) throw new UsageError('--secret and --words do not go together: with a secret, no word is drawn')
  if (strict && words === undefined && questions === undefined) throw new UsageError('--strict goes with --words or --questions')
  return {
    ...(secret ? { secret } : {}),
    ...(choices ? { choices } : {}),
    ...(now ? { now } : {}),
    ...(size === undefined ? {} : { size }),
    ...(split === undefined ? {} : { split }),
    ...(delay === undefined ? {} : { delay }),
    ...(recvOnce ? { recvOnce } : {}),
    ...(framing === undefined ? {} : { framing }),
    ...(format === undefined ? {} : { formats: format }),
    ...(name === undefined ? {} : { name }),
    ...(pace === undefined ? {} : { pace }),
    ...(words === undefined ? {} : { words: await wordsFrom(words, { strict, warn }) }),
    ...(questions === undefined ? {} : { questions: await questionsFrom(questions, { strict, warn }) }),
  }
}

/** Returns the source of randomness: the given choices if the program takes them, or else the platform's. */
export function createRandom({ takes = [] }: Pick<Program, 'takes'>, { choices }: Options): Random {
  return choices && takes.includes('choices') ? scriptedRandom(choices) : chance
}

function isFraming(text: string): text is 'lines' | 'none' | 'length' {
  return ['lines', 'none', 'length'].includes(text)
}

/** Care is the treatment of faults in a file: `strict` rejects the file, otherwise `warn` is called with each fault. */
interface Care {
  readonly strict: boolean
  readonly warn: (sentence: string) => void
}

async function wordsFrom(file: string, care: Care): Promise<readonly string[]> {
  const [{ parseWords }, { readTextFile }] = await Promise.all([import('../games/words.ts'), import('./text-file.ts')])
  const found = parseWords(await readTextFile(file))
  if ('refused' in found) {
    const reasons = found.refused.split('\n')
    const skipped = reasons.slice(0, -1).map((reason) => `${file}, skipped: ${reason}`)
    throw usageOf([...skipped, `${file}: ${reasons.at(-1)}`])
  }
  report(file, found.skipped, care)
  noteSigns(file, found.words, care.warn)
  return found.words
}

/** Warns if a secret word has a blank or another sign, as `noteSigns` does. Runs after the secret was checked. */
export function warnAboutSecret({ takes = [] }: Pick<Program, 'takes'>, { secret }: Options): void {
  if (secret && takes.includes('words')) noteSigns('--secret', [secret], printError)
}

/** Warns about words with a blank or another sign, because a client of fh/hangman has to guess the sign like a letter. */
function noteSigns(where: string, words: readonly string[], warn: Care['warn']): void {
  const signOf = (word: string) => (/\p{C}/u.test(word) ? undefined : /[^\p{L}\p{M}\p{N}]/u.exec(word.trim())?.[0])
  const [first, ...more] = words.filter((word) => signOf(word) !== undefined)
  const sign = first === undefined ? undefined : signOf(first)
  if (first === undefined || sign === undefined) return
  const others = more.length > 0 ? `, as ${formatCount(more.length, 'other')} ${more.length > 1 ? 'have' : 'has'}` : ''
  warn(
    `${where}: ${JSON.stringify(first)} has a ${sign === ' ' ? 'blank' : JSON.stringify(sign)}${others}; a client of fh/hangman has to send that, too, to find the word`,
  )
}

async function questionsFrom(file: string, care: Care): Promise<readonly Question[]> {
  const { detectFormat, parseQuestions, QuestionError } = await import('../games/questions/parse.ts')
  const { readTextFile } = await import('./text-file.ts')
  const text = await readTextFile(file)
  try {
    const { questions, skipped } = await parseQuestions(text, detectFormat(file, text))
    report(
      file,
      skipped.map(({ message }) => message),
      care,
    )
    return questions
  } catch (error) {
    throw error instanceof QuestionError ? unusable(file, error.message.split('\n')) : error
  }
}

/** Warns about everything that is skipped in a file. If `strict`, throws a UsageError instead. */
function report(file: string, skipped: readonly string[], { strict, warn }: Care): void {
  if (skipped.length > 0 && strict) throw unusable(file, skipped)
  for (const reason of skipped) warn(`${file}, skipped: ${reason}`)
}

function unusable(file: string, reasons: readonly string[]): UsageError {
  return usageOf(reasons.map((reason) => `${file}: ${reason}`))
}

/** Creates a UsageError from one or more sentences. */
function usageOf([first = '', ...others]: readonly string[]): UsageError {
  return new UsageError(first, ...others)
}
