import { stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { join as quoteWords } from 'shlex'
import { formatCount } from '../base/counts.ts'
import { errorMessage } from '../base/errors.ts'
import type { Check, CheckSubject } from '../lab/check/check.ts'
import { CommandError, parseCommand } from '../lab/check/command.ts'
import { type JudgedCheck, judge } from '../lab/check/judge.ts'
import { CHECKS, selectChecks } from '../lab/check/registry.ts'
import { type CheckLevel, type CheckReport, toReport } from '../lab/check/report.ts'
import { formatFailure, formatGradescope, formatJUnit, formatTap } from '../lab/check/report-formats.ts'
import { SandboxError } from '../lab/check/sandbox.ts'
import { openSandbox } from '../lab/sandbox/open-sandbox.ts'
import type { Side } from '../protocol/automaton.ts'
import type { Program } from '../protocol/definition.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { wallClock } from './clock.ts'
import { printError, UsageError } from './diagnostics.ts'
import { diagramOptions } from './lab-view.ts'
import { createRandom, loadRegistry, type ProgramFlags, requireNetworkProgram, resolveOptions } from './program-options.ts'
import { terminalSignal } from './stop-signal.ts'

/** Port of a program that has none, in a network in which every port is free. */
const ANY_PORT = 9999

/** Options with a value that do not belong to one check. */
const WITH_VALUE = ['--only', '--seed', '--format', '--junit', '--gradescope']

export interface CheckOptions extends ProgramFlags {
  readonly client?: string
  readonly server?: string
  readonly port?: number
  readonly udp?: boolean
  readonly folder?: string
  readonly level: CheckLevel
  readonly seed: number
  readonly only?: string
  readonly json?: boolean
  readonly format?: 'tap'
  readonly junit?: string
  readonly gradescope?: string
}

/** Runs `parlor check`: judges a client, a server, or both. Resolves to the exit code: 0 if all checks have passed, else 1. */
export async function checkCommand(name: string, options: CheckOptions): Promise<number> {
  const program = await requireNetworkProgram(name, await loadRegistry(options.plugin, [name]))
  const commands = commandsOf(options)
  checkOnly(program, commands, options)
  const terminal = new Terminal()
  const stop = terminalSignal()
  const results: JudgedCheck[] = []
  const quiet = options.json || options.format !== undefined
  const notes = new Set<string>()
  for (const [role, command] of commands) {
    await using subject = await openSubject(program, role, command, options)
    for (const note of subject.sandbox.notes) if (!notes.has(note)) printError(note)
    for (const note of subject.sandbox.notes) notes.add(note)
    if (stop.aborted) return stop.reason
    stop.addEventListener('abort', () => void subject.sandbox.close())
    const prefix = commands.length > 1 ? `${role}:` : ''
    const repeat = (check: Check) => repeatLine(role, check, options.seed)
    for await (const judged of judge({ subject, level: options.level, only: options.only, repeat })) {
      // what the end of the sandbox has done to the program is no finding
      if (stop.aborted) return stop.reason
      const result = { ...judged.result, name: `${prefix}${judged.result.name}` }
      results.push({ ...judged, result })
      if (!quiet) printJudged(terminal, { ...judged, result })
    }
  }
  const role = commands.length > 1 ? 'both' : (commands[0]?.[0] ?? 'both')
  const report = toReport(
    { program: program.name, role, level: options.level },
    results.map(({ result }) => result),
  )
  if (options.json) terminal.say(JSON.stringify(report))
  else if (options.format === 'tap') terminal.write(formatTap(report))
  else {
    terminal.printSentence(formatProgress(program, results))
    terminal.printSentence(summary(report))
  }
  await writeReport(options.junit, () => formatJUnit(report))
  await writeReport(options.gradescope, () => formatGradescope(report))
  return report.passed ? EXIT.good : EXIT.trouble
}

/** Returns the sides to judge with the words of their commands. Throws a UsageError if there is none, or a command cannot run. */
function commandsOf({ client, server }: CheckOptions): readonly (readonly [Side, string])[] {
  const given = [['client', client] as const, ['server', server] as const]
  const commands = given.flatMap(([role, command]) => (command === undefined ? [] : [[role, command] as const]))
  if (commands.length === 0)
    throw new UsageError('nothing is to be checked: say how your program is started, such as --client "python3 client.py", or --server')
  for (const [, command] of commands) wordsOf(command)
  return commands
}

function wordsOf(command: string): readonly string[] {
  try {
    return parseCommand(command)
  } catch (error) {
    throw error instanceof CommandError ? new UsageError(error.message) : error
  }
}

/** Throws a UsageError if no check would run. */
function checkOnly(program: Program, commands: readonly (readonly [Side, string])[], { level, only, udp = false }: CheckOptions): void {
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

/** Opens the sandbox of a program under test. */
async function openSubject(program: Program, role: Side, command: string, options: CheckOptions): Promise<CheckSubject & AsyncDisposable> {
  const words = wordsOf(command)
  const own = role === 'client' ? 'server' : 'client'
  const isBoth = options.client !== undefined && options.server !== undefined
  // with both sides under test, each option is for the judge's side that takes it
  const given = options.given.filter(({ option }) => !isBoth || option.side === own || option.side === 'both')
  const terms = await resolveOptions(program, own, { ...options, given })
  const random = program.takes?.some(({ name }) => name in terms) ? await createRandom(program, terms) : undefined
  const sandbox = await openSandbox({ words, cwd: await folderOf(options), clock: wallClock }).catch((error) => {
    throw error instanceof SandboxError ? new UsageError(error.message) : error
  })
  const usual = role === 'client' ? (program.join?.port ?? program.port) : program.port
  const port = options.port ?? (usual === 0 ? ANY_PORT : usual)
  return {
    ...{
      program,
      options: { ...program.defaults, ...terms },
      role,
      words,
      port,
      datagrams: options.udp === true,
      sandbox,
      random,
      seed: options.seed,
      clock: wallClock,
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
}

/** Resolves with the folder in which the program runs. Rejects with a UsageError if it is none. */
async function folderOf({ folder = '.' }: CheckOptions): Promise<string> {
  const path = resolve(folder)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return path
  throw new UsageError(`there is no folder ${folder}; --folder is the folder in which your program runs`)
}

/** Returns the command line that repeats one check: this one, without the other side and the reports. */
function repeatLine(role: Side, check: Check, seed: number): string {
  const dropped: ReadonlySet<string> = new Set([...WITH_VALUE, role === 'client' ? '--server' : '--client'])
  const [, , ...line] = process.argv
  const words = line.filter((word, at) => {
    const [name = ''] = word.split('=')
    return word !== '--json' && !dropped.has(name) && !dropped.has(line[at - 1] ?? '')
  })
  return quoteWords(['parlor', ...words, '--only', check.name, '--seed', String(seed)])
}

function printJudged(terminal: Terminal, { result, proves, lines, observations }: JudgedCheck): void {
  terminal.printSentence(`${result.passed ? 'passed' : 'FAILED'}  ${result.name}: ${result.passed ? proves : result.sentence}`)
  if (result.passed) return
  for (const line of formatFailure(observations, diagramOptions())) terminal.say(line)
  if (lines.length > 0) terminal.say('        The last lines of the program:')
  for (const line of lines) terminal.say(`        | ${line}`)
  terminal.printSentence(`        cause: ${result.cause}; source: ${result.source}`)
  terminal.say(`        repeat: ${result.repeat}`)
}

/** Formats how much of the protocol the conversations of all checks have shown. */
function formatProgress({ protocol }: Program, results: readonly JudgedCheck[]): string {
  const states = Object.keys(protocol.automaton.states)
  const visited = states.filter((state) => results.some((result) => result.visited.has(state)))
  return `states visited: ${visited.length} of ${states.length}`
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
