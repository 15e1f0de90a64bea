import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join as quoteWords } from 'shlex'
import { formatCount } from '../base/counts.ts'
import { errorMessage } from '../base/errors.ts'
import { judgeBuilt } from '../lab/check/build.ts'
import type { Check } from '../lab/check/check.ts'
import { type JudgedCheck, judge } from '../lab/check/judge.ts'
import { formatScore, toScore } from '../lab/check/points.ts'
import { CHECKS, selectChecks } from '../lab/check/registry.ts'
import { type CheckLevel, type CheckReport, type CheckResult, toReport } from '../lab/check/report.ts'
import { formatFailure, formatGradescope, formatJUnit, formatTap } from '../lab/check/report-formats.ts'
import type { Program } from '../protocol/definition.ts'
import type { Side } from '../protocol/message-spec.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { CheckProgress } from './check-progress.ts'
import { type CheckFlags, type MatrixFlags, resolveStart, resolveTerms, type Start } from './check-setup.ts'
import { openSubject, wordsOf } from './check-subject.ts'
import { printError, UsageError } from './diagnostics.ts'
import { diagramOptions, printDiagram } from './lab-view.ts'
import { terminalSignal } from './stop-signal.ts'

/** Maximum number of checks that run at the same time. */
const MOST_LANES = 4

/** Options that take a value, and that are not in the command line for repeating one check. */
const WITH_VALUE = ['--only', '--seed', '--format', '--junit', '--gradescope']

export interface CheckOptions extends CheckFlags, MatrixFlags {
  readonly udp?: boolean
  readonly seed: number
  readonly only?: string
  readonly json?: boolean
  readonly format?: 'tap'
  readonly junit?: string
  readonly gradescope?: string
}

/** Runs `parlor check`: judges a client, a server, or both. Resolves to the exit code: 0 if all checks have passed, otherwise 1. */
export async function checkCommand(name: string | undefined, options: CheckOptions): Promise<number> {
  checkStray(options)
  const { start, files } = await resolveStart(options)
  const { program, level, weights, isWeighted, flags } = await resolveTerms(name, options, files)
  const commands = commandsOf(start)
  checkOnly(program, commands, { ...options, level })
  const build = start.build === undefined ? undefined : wordsOf(start.build)
  const terminal = new Terminal()
  const stop = terminalSignal()
  const results: JudgedCheck[] = []
  const quiet = options.json || options.format !== undefined
  const notes = new Set<string>()
  const progress = new CheckProgress()
  for (const [role, command] of commands) {
    const words = wordsOf(command)
    const { folder, confined, port } = start
    const { seed, udp: datagrams = false } = options
    const terms = { ...{ program, role, words, build, folder, confined, port, datagrams }, seed, flags, isBoth: commands.length > 1 }
    await using subject = await openSubject(terms)
    for (const note of subject.sandbox.notes) if (!notes.has(note)) printError(note)
    for (const note of subject.sandbox.notes) notes.add(note)
    if (stop.aborted) return stop.reason
    stop.addEventListener('abort', () => void subject.sandbox.close())
    const prefix = commands.length > 1 ? `${role}:` : ''
    const repeat = (check: Check) => repeatLine(role, commands.length > 1 ? command : undefined, check, options.seed)
    const onProgress = (check: string, note: string) => progress.show(`${prefix}${check}: ${note}`)
    const lanes = Math.min(availableParallelism(), MOST_LANES)
    for await (const judged of judgeBuilt({ subject, level, only: options.only, repeat, lanes, onProgress }, build)) {
      // the judge does not judge how the program ends when its sandbox closes
      if (stop.aborted) return stop.reason
      const result = { ...judged.result, name: `${prefix}${judged.result.name}` }
      results.push({ ...judged, result })
      progress.clear()
      if (!quiet && !judged.isSkipped) printJudged(terminal, { ...judged, result })
    }
    if (!quiet && level === 'worksheet' && options.only === undefined && results.every(({ result }) => result.passed))
      for (const check of findHints(role))
        for await (const { result } of judge({ subject, level: 'robust', checks: [check], repeat, onProgress })) {
          if (stop.aborted) return stop.reason
          progress.clear()
          if (!result.passed) printHint(terminal, { ...result, name: `${prefix}${result.name}` })
        }
    progress.clear()
  }
  const role = commands.length > 1 ? 'both' : (commands[0]?.[0] ?? 'both')
  const report = toReport(
    { program: program.name, role, level },
    inOrder(results, commands).map(({ result }) => result),
  )
  if (options.json) terminal.say(JSON.stringify(report))
  else if (options.format === 'tap') terminal.write(formatTap(report))
  else {
    const skipped = results.filter(({ isSkipped }) => isSkipped).map(({ result }) => result.name)
    if (skipped.length > 0) terminal.printSentence(`not played, because an earlier check has failed: ${skipped.join(', ')}`)
    terminal.printSentence(formatProgress(program, results))
    const more = level === 'worksheet' && report.passed && options.only === undefined ? countMore(program, commands, options.udp) : 0
    if (more > 0)
      terminal.printSentence(`these checks use a good network and a correct peer; --level robust has ${formatCount(more, 'more check')}`)
    terminal.printSentence(`${summary(report)}${isWeighted ? `, ${formatScore(toScore(report.checks, weights))}` : ''}`)
  }
  await writeReport(options.junit, () => formatJUnit(report))
  await writeReport(options.gradescope, () => formatGradescope(report, weights))
  return report.passed ? EXIT.good : EXIT.trouble
}

/**
 * Returns the checks of `robust` that a run at the level `worksheet` plays at its end, because most programs of students fail when they
 * meet the faults of these checks.
 */
function findHints(role: Side): readonly Check[] {
  return CHECKS.filter(({ isHint }) => isHint === true || isHint === role)
}

/** Throws a UsageError for an option that is only for the judgment of a class. */
function checkStray({ csv, html, jobs, pair, handIn }: MatrixFlags): void {
  const given = { '--csv': csv, '--html': html, '--jobs': jobs, '--pair': pair, '--hand-in': handIn }
  const [stray] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (stray !== undefined) throw new UsageError(`${stray} needs --matrix, the folder with a folder for each hand-in`)
}

/**
 * Returns the sides that the command line gives, with the words of their commands. Throws a UsageError if it gives no side, or if a command
 * cannot run.
 */
function commandsOf({ client, server }: Start): readonly (readonly [Side, string])[] {
  const given = [['client', client] as const, ['server', server] as const]
  const commands = given.flatMap(([role, command]) => (command === undefined ? [] : [[role, command] as const]))
  if (commands.length === 0)
    throw new UsageError(
      'there is nothing to check: give the command that starts your program, such as --client "python3 client.py", or --server',
    )
  for (const [, command] of commands) wordsOf(command)
  return commands
}

/** Throws a UsageError if no check would run. */
function checkOnly(
  program: Program,
  commands: readonly (readonly [Side, string])[],
  { level, only, udp = false }: Pick<CheckOptions, 'only' | 'udp'> & { readonly level: CheckLevel },
): void {
  if (udp && !program.host?.udp) throw new UsageError(`${program.name} does not run over UDP; fh/hello and fh/time do`)
  const applying = commands.flatMap(([role]) => selectChecks(program, role, level, CHECKS, udp))
  if (applying.length === 0)
    throw new UsageError(`there are no checks for ${program.name}, because its server is the whole of parlor serve`)
  if (only === undefined || applying.some(({ name }) => name === only)) return
  const known = CHECKS.some(({ name }) => name === only)
  const names = [...new Set(applying.map(({ name }) => name))].join(', ')
  throw new UsageError(
    `${known ? `the check ${only} does not apply here` : `there is no check ${JSON.stringify(only)}`}; there are: ${names}`,
  )
}

/** Returns the number of checks that only the level `robust` has. */
function countMore(program: Program, commands: readonly (readonly [Side, string])[], udp = false): number {
  const all = commands.flatMap(([role]) => selectChecks(program, role, 'robust', CHECKS, udp))
  return all.filter((check) => check.level === 'robust').length
}

/**
 * Returns the command line that repeats one check: the current command line, without the other side and the reports. If the command checks
 * both sides, `command` is the command that starts this side, because the settings file, and not the command line, may give that command.
 */
function repeatLine(role: Side, command: string | undefined, check: Check, seed: number): string {
  const dropped: ReadonlySet<string> = new Set([...WITH_VALUE, role === 'client' ? '--server' : '--client'])
  const [, , ...line] = process.argv
  const words = line.filter((word, at) => {
    const [name = ''] = word.split('=')
    return word !== '--json' && !dropped.has(name) && !dropped.has(line[at - 1] ?? '')
  })
  const isTyped = words.some((word) => word === `--${role}` || word.startsWith(`--${role}=`))
  const side = isTyped || command === undefined ? [] : [`--${role}`, command]
  return quoteWords(['parlor', ...words, ...side, '--only', check.name, '--seed', String(seed)])
}

function printJudged(terminal: Terminal, { result, proves, lines, observations, board }: JudgedCheck): void {
  terminal.printSentence(`${result.passed ? 'passed' : 'FAILED'}  ${result.name}: ${result.passed ? proves : result.sentence}`)
  if (result.passed) return
  printDiagram(formatFailure(observations, diagramOptions()))
  if (board !== undefined) terminal.say('        The board of the judge:')
  for (const line of board?.trimEnd().split('\n') ?? []) terminal.say(`        | ${line}`)
  if (lines.length > 0) terminal.say('        The last lines of the program:')
  for (const line of lines) terminal.say(`        | ${line}`)
  terminal.printSentence(`        cause: ${result.cause}; source: ${result.source}`)
  terminal.say(`        repeat: ${result.repeat}`)
}

/** Prints a failure that does not count at the level of the command. */
function printHint(terminal: Terminal, { name, sentence, cause, source, repeat }: CheckResult): void {
  terminal.printSentence(`hint    ${name}: ${sentence}`)
  terminal.printSentence(`        cause: ${cause}; source: ${source}; it does not count at the level worksheet`)
  terminal.say(`        repeat: ${repeat} --level robust`)
}

/** Sorts results in the order of the list of checks, because checks that run at the same time end in any order. */
function inOrder(results: readonly JudgedCheck[], commands: readonly (readonly [Side, string])[]): readonly JudgedCheck[] {
  const names = commands.flatMap(([role]) => CHECKS.map(({ name }) => (commands.length > 1 ? `${role}:${name}` : name)))
  return results.toSorted((one, other) => names.indexOf(one.result.name) - names.indexOf(other.result.name))
}

/** Formats the number of states that the conversations of all checks have visited, and the number of all states. */
function formatProgress({ protocol }: Program, results: readonly JudgedCheck[]): string {
  const states = Object.keys(protocol.automaton.states)
  const visited = states.filter((state) => results.some((result) => result.visited.has(state)))
  const played = results.flatMap(({ outcomes }) => outcomes ?? [])
  const all = new Set(played.flatMap((one) => one.all))
  const reached = new Set(played.flatMap((one) => [...one.reached]).filter((outcome) => all.has(outcome)))
  const games = all.size === 0 ? '' : `; games finished: ${reached.size} of ${formatCount(all.size, 'outcome')}`
  return `states visited: ${visited.length} of ${states.length}${games}`
}

function summary({ program, checks, passed }: CheckReport): string {
  const good = checks.filter((check) => check.passed).length
  return `${program}: ${passed ? 'passed' : 'failed'}, ${good} of ${formatCount(checks.length, 'check')}`
}

async function writeReport(file: string | undefined, format: () => string): Promise<void> {
  if (file === undefined) return
  try {
    await writeFile(file, format())
  } catch (error) {
    throw new UsageError(`cannot write the report ${file}: ${errorMessage(error)}`)
  }
}
