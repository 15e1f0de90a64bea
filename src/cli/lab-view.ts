import { terminalColumns } from '../games/text/graphemes.ts'
import { toWatchedProtocol, type WatchedProtocol } from '../lab/monitor/monitor.ts'
import type { SequenceDiagramOptions } from '../lab/monitor/sequence-diagram.ts'
import type { ProgramRegistry } from '../programs/index.ts'
import type { Options, Program } from '../protocol/definition.ts'
import { UsageError } from './diagnostics.ts'
import { spellOption } from './option-parsers.ts'
import { loadRegistry, type ProgramFlags, requireNetworkProgram, resolveOptions } from './program-options.ts'
import { findOutputForm } from './view-output.ts'

/** ChosenPrograms are the programs that a command of the laboratory watches: one program with its options, or all programs. */
export interface ChosenPrograms {
  /** The program that the user has named; `undefined` for all programs. */
  readonly program?: Program
  readonly options: Options
  /** The registry with all programs. */
  readonly programs: ProgramRegistry
}

/** WatchedPrograms are chosen programs, in the form that a monitor uses. */
export interface WatchedPrograms extends ChosenPrograms {
  readonly protocols: readonly WatchedProtocol[]
}

/** Resolves to the programs that a command watches: the named program, or all programs without a name. Rejects with a UsageError. */
export async function choosePrograms(name: string | undefined, flags: ProgramFlags): Promise<ChosenPrograms> {
  const programs = await loadRegistry(flags.plugin, name === undefined ? [] : [name])
  if (name === undefined) {
    const [first] = flags.given
    if (first) throw new UsageError(`${spellOption(first.option)} is an option of a program: name the program`)
    return { options: {}, programs }
  }
  const program = await requireNetworkProgram(name, programs)
  return { program, options: { ...program.defaults, ...(await resolveOptions(program, 'both', flags)) }, programs }
}

/** Does the same as `choosePrograms`, and loads all programs if the user has named no program. */
export async function loadWatched(name: string | undefined, flags: ProgramFlags): Promise<WatchedPrograms> {
  const chosen = await choosePrograms(name, flags)
  const { program, options, programs } = chosen
  const watched = program ? [program] : await programs.all()
  return { ...chosen, protocols: watched.map((one) => toWatchedProtocol(one, options)) }
}

/** Returns the width of diagrams on an output, and whether they have colors. */
export function diagramOptions(output: NodeJS.WriteStream = process.stdout): Omit<SequenceDiagramOptions, 'origin'> {
  return { width: output.isTTY ? terminalColumns(output) : PIPE_COLUMNS, color: findOutputForm(output).hasColor }
}

/** Prints the lines of a diagram, which may have colors. The diagram has escaped everything that a peer has sent. */
export function printDiagram(lines: readonly string[], output: NodeJS.WriteStream = process.stdout): void {
  for (const line of lines) output.write(`${line}\n`)
}

/** Width of a diagram on a pipe. */
const PIPE_COLUMNS = 100

/** Returns the time in whole microseconds since the Unix epoch; the time never decreases. */
export function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000)
}
