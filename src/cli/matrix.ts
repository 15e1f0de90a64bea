import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { join as quoteWords } from 'shlex'
import { errorMessage } from '../base/errors.ts'
import { buildProgram } from '../lab/check/build.ts'
import { selectChecks } from '../lab/check/registry.ts'
import { type MatrixOptions, runMatrix } from '../lab/matrix/matrix.ts'
import { formatMatrixPage } from '../lab/matrix/matrix-page.ts'
import { toMatrixRows } from '../lab/matrix/matrix-rows.ts'
import { formatMatrix } from '../lab/matrix/matrix-table.ts'
import { hasPassed, MATRIX_SIDES, showLine } from '../lab/matrix/report.ts'
import type { OpenSide } from '../lab/matrix/side-pool.ts'
import type { Program } from '../protocol/definition.ts'
import type { Side } from '../protocol/message-spec.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { readCheckFile } from './check-files.ts'
import { type CheckFlags, type CheckTerms, type MatrixFlags, resolveTerms } from './check-setup.ts'
import { findFolder, openSubject } from './check-subject.ts'
import { printError, UsageError } from './diagnostics.ts'
import { findHandIns, type HandIn } from './hand-ins.ts'
import { diagramOptions } from './lab-view.ts'
import { MatrixProgress } from './matrix-progress.ts'
import { resolveOptions } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'
import { toCsv } from './table.ts'

/** Conversations for each core: a conversation takes several seconds, of which 0.3 s are processor time. */
const JOBS_PER_CORE = 2
/** Options that take a value, and that are not in the command line for repeating a part. */
const WITH_VALUE: ReadonlySet<string> = new Set(['--only', '--seed', '--csv', '--html', '--jobs', '--pair', '--hand-in'])

export interface MatrixCommandOptions extends CheckFlags, MatrixFlags {
  /** Folder with a folder for each hand-in. */
  readonly matrix: string
  readonly seed: number
  readonly only?: string
  readonly json?: boolean
  /** False for `--no-pairs`. */
  readonly pairs: boolean
  readonly format?: string
  readonly junit?: string
  readonly gradescope?: string
}

/** Runs `parlor check --matrix`: judges the hand-ins of a class. Resolves to the exit code: 0 if all parts have passed, otherwise 1. */
export async function matrixCommand(name: string | undefined, options: MatrixCommandOptions): Promise<number> {
  checkOptions(options)
  const folder = await findFolder(options.matrix, '--matrix is the folder with a folder for each hand-in')
  const folders = relative('.', folder) === '' ? ['.'] : ['.', folder]
  const files = (await Promise.all(folders.map(readCheckFile))).filter((file) => file !== undefined)
  const terms = await resolveTerms(name, options, files)
  const settings = Object.assign({}, ...files.map((file) => file.settings))
  const { client, server, build, port, folder: inside } = { ...settings, ...options }
  const only = parseOnly(options.only, terms)
  const notes = new Set<string>()
  const note = (sentence: string) => {
    if (!notes.has(sentence)) printError(sentence)
    notes.add(sentence)
  }
  const { handIns, notes: leftOut } = await findHandIns(folder, { client, server, build, port, folder: inside })
  for (const sentence of leftOut) note(sentence)
  if (handIns.length === 0) throw new UsageError(`${options.matrix} has no hand-in: --matrix is the folder with a folder for each hand-in`)
  const { chosen, pair } = choose(handIns, options)
  for (const handIn of chosen) for (const sentence of describeStart(handIn)) printError(sentence)
  const stop = terminalSignal()
  const jobs = options.jobs ?? JOBS_PER_CORE * availableParallelism()
  const progress = new MatrixProgress(process.stderr)
  const report = await runMatrix({
    ...{ program: terms.program, level: terms.level, entries: chosen, only, pair, jobs, signal: stop },
    hasPairs: options.pairs && options.handIn === undefined && (options.only === undefined || pair !== undefined),
    shared: await sharedOptions(terms),
    repeats: toRepeats(options),
    open: ({ name: own }, side) =>
      openSide({ terms, handIn: handIns.find((one) => one.name === own), side, seed: options.seed, stop, note }),
    onProgress: (done, all, what) => progress.show(done, all, showLine(what)),
  })
  progress.end()
  if (stop.aborted) return stop.reason
  const { width, color } = diagramOptions()
  if (options.json) process.stdout.write(`${JSON.stringify({ ...report, passed: hasPassed(report) })}\n`)
  else process.stdout.write(`${formatMatrix(report, { width, color, weights: terms.weights }).join('\n')}\n`)
  await write(options.csv, () => toCsv(toMatrixRows(report, terms.weights)))
  await write(options.html, () => formatMatrixPage(report, terms.weights))
  return hasPassed(report) ? EXIT.good : EXIT.trouble
}

/** Throws a UsageError for an option that asks for a report on one program, and for options that exclude each other. */
function checkOptions({ format, junit, gradescope, pair, handIn }: MatrixCommandOptions): void {
  const [wrong] = Object.entries({ format, junit, gradescope }).find(([, value]) => value !== undefined) ?? []
  if (wrong !== undefined)
    throw new UsageError(`--${wrong} is a report of one program, and not of --matrix, which has --csv, --html and --json`)
  if (pair !== undefined && handIn !== undefined) throw new UsageError('--pair and --hand-in exclude each other: leave one of them out')
}

/**
 * Parses `--only`: the name of a check, or of a check of one side, such as `client:glued`. Throws a UsageError if there is no such check,
 * or if the program has no checks.
 */
function parseOnly(only: string | undefined, { program, level }: CheckTerms): MatrixOptions['only'] {
  if (MATRIX_SIDES.every((side) => selectChecks(program, side, level).length === 0))
    throw new UsageError(`there is no check yet for ${program.name}, whose clients meet in the hall of parlor serve`)
  if (only === undefined) return undefined
  const [, side, name = only] = /^(client|server):(.*)$/.exec(only) ?? []
  const sides = MATRIX_SIDES.filter((one) => side === undefined || one === side)
  const names = [...new Set(sides.flatMap((one) => selectChecks(program, one, level).map((check) => check.name)))]
  if (!names.includes(name)) throw new UsageError(`the check ${only} does not apply here; there are: ${names.join(', ')}`)
  const [first, ...others] = sides
  return { name, ...(first !== undefined && others.length === 0 ? { side: first } : {}) }
}

/** Returns the hand-ins that the command line chooses. Throws a UsageError if no hand-in has a given name. */
function choose(
  handIns: readonly HandIn[],
  { pair, handIn }: MatrixCommandOptions,
): { chosen: readonly HandIn[]; pair?: MatrixOptions['pair'] } {
  const find = (name: string) => {
    const found = handIns.find((one) => one.name === name)
    if (!found)
      throw new UsageError(`there is no hand-in ${JSON.stringify(name)}; there are: ${showLine(handIns.map((one) => one.name).join(', '))}`)
    return found
  }
  if (handIn !== undefined) return { chosen: [find(handIn)] }
  if (pair === undefined) return { chosen: handIns }
  const [client = '', server, ...more] = pair.split('/')
  if (server === undefined || more.length > 0)
    throw new UsageError('--pair must be the hand-ins of a client and of a server, such as --pair ada/grace')
  return { chosen: [...new Set([find(client), find(server)])], pair: { client, server } }
}

/** Returns sentences about the commands that start a hand-in. */
function describeStart({ name, starts, problem }: HandIn): readonly string[] {
  if (problem !== undefined) return [showLine(`${name} cannot be started: ${problem}`)]
  return MATRIX_SIDES.flatMap((side) => (starts[side] === undefined ? [] : [showLine(`${name}, ${side}: ${starts[side]}`)]))
}

/** Resolves to the options that both sides of a pair share, such as the framing. */
function sharedOptions({ program, flags }: CheckTerms): Promise<Awaited<ReturnType<typeof resolveOptions>>> {
  return resolveOptions(program, 'server', { ...flags, strict: false, given: flags.given.filter(({ option }) => option.side === 'both') })
}

interface SideToOpen {
  readonly terms: CheckTerms & { readonly program: Program }
  readonly handIn: HandIn | undefined
  readonly side: Side
  readonly seed: number
  readonly stop: AbortSignal
  /** Prints a sentence on a limit of the sandbox, unless the command has printed it before. */
  readonly note: (sentence: string) => void
}

/**
 * Opens one side of a hand-in in a sandbox, and builds it. If it cannot open or build the side, the failure is a finding, and not an error.
 */
async function openSide({ terms, handIn, side, seed, stop, note }: SideToOpen): Promise<OpenSide> {
  const start = handIn?.sides[side]
  const failed = (sentence: string): OpenSide => ({ opened: { cause: 'crashed', sentence }, async close() {} })
  if (!start) return failed('the hand-in has no such side')
  try {
    const { program, flags } = terms
    const subject = await openSubject({ program, role: side, ...start, seed, flags, isBoth: true })
    for (const sentence of subject.sandbox.notes) note(sentence)
    const abort = () => void subject.sandbox.close()
    stop.addEventListener('abort', abort)
    const close = () => {
      stop.removeEventListener('abort', abort)
      return subject.sandbox.close()
    }
    if (stop.aborted) await close()
    const failure = start.build && (await buildProgram(subject.sandbox, start.build))
    return { opened: failure ?? subject, close }
  } catch (error) {
    if (error instanceof UsageError) return failed(error.message)
    throw error
  }
}

/** Returns the command lines that repeat a part: the current command line, without the reports. */
function toRepeats({ seed }: MatrixCommandOptions): MatrixOptions['repeats'] {
  const [, , ...line] = process.argv
  const words = line.filter((word, at) => {
    const [option = ''] = word.split('=')
    return word !== '--json' && !WITH_VALUE.has(option) && !WITH_VALUE.has(line[at - 1] ?? '')
  })
  const repeat = (...more: string[]) => quoteWords(['parlor', ...words, ...more, '--seed', String(seed)])
  return {
    check: (handIn, side, check) => repeat('--hand-in', handIn, '--only', `${side}:${check}`),
    pair: (client, server) => repeat('--pair', `${client}/${server}`),
  }
}

async function write(file: string | undefined, format: () => string | Promise<string>): Promise<void> {
  if (file === undefined) return
  try {
    await writeFile(file, await format())
  } catch (error) {
    throw new UsageError(`cannot write the report ${file}: ${errorMessage(error)}`)
  }
}
