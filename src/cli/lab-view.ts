import { transcode } from 'node:buffer'
import { formatCount } from '../base/counts.ts'
import { terminalColumns } from '../games/text/graphemes.ts'
import { toWatchedProtocol, type WatchedProtocol } from '../lab/monitor/monitor.ts'
import type { SequenceDiagramOptions } from '../lab/monitor/sequence-diagram.ts'
import { LiveView } from '../lab/tap/live-view.ts'
import type { Options, Program } from '../protocol/definition.ts'
import { outputIsClosed, UsageError } from './diagnostics.ts'
import { spellOption } from './option-parsers.ts'
import { loadRegistry, type ProgramFlags, requireNetworkProgram, resolveOptions } from './program-options.ts'

/**
 * WatchedPrograms are the programs that a command of the laboratory watches: one program with its options, or all programs. */
export interface WatchedPrograms {
  readonly protocols: readonly WatchedProtocol[]
  /** The program that the user has named. */
  readonly program?: Program
  readonly options: Options
}

/** Resolves to the programs that a command of the laboratory watches: the named program, or all programs without a name. Rejects with a
 * UsageError.
 */
export async function loadWatched(name: string | undefined, flags: ProgramFlags): Promise<WatchedPrograms> {
  const programs = await loadRegistry(flags.plugin, name === undefined ? [] : [name])
  if (name === undefined) {
    const [first] = flags.given
    if (first) throw new UsageError(`${spellOption(first.option)} is an option of a program: name the program`)
    return { protocols: (await programs.all()).map((program) => toWatchedProtocol(program)), options: {} }
  }
  const program = await requireNetworkProgram(name, programs)
  const options = { ...program.defaults, ...(await resolveOptions(program, 'both', flags)) }
  return { protocols: [toWatchedProtocol(program, options)], program, options }
}

/**
 * Creates the view on standard output: a diagram at a terminal, and plain lines on a pipe. It escapes everything that a peer has sent.
 * `limit` is the number of messages that a terminal shows in a second; a pipe gets all messages.
 */
export function createView({ limit }: { readonly limit?: number } = {}): LiveView {
  const output = process.stdout
  const lines = new GatheredLines(output)
  return new LiveView({
    write: (line, isSummary) => lines.write(line, isSummary),
    columns: () => terminalColumns(output),
    color: showsColor(output),
    isDiagram: output.isTTY === true,
    limit: output.isTTY ? limit : undefined,
  })
}

/** Returns the width of diagrams on an output, and whether they have colours. */
export function diagramOptions(output: NodeJS.WriteStream = process.stdout): Omit<SequenceDiagramOptions, 'origin'> {
  return { width: output.isTTY ? terminalColumns(output) : PIPE_COLUMNS, color: showsColor(output) }
}

/** Prints the lines of a diagram, which may have colours. The diagram has escaped everything that a peer has sent. */
export function printDiagram(lines: readonly string[], output: NodeJS.WriteStream = process.stdout): void {
  for (const line of lines) output.write(`${line}\n`)
}

/** Width of a diagram on a pipe. */
const PIPE_COLUMNS = 100

function showsColor(output: NodeJS.WriteStream): boolean {
  const { NO_COLOR = '', TERM } = process.env
  return output.isTTY && NO_COLOR === '' && TERM !== 'dumb'
}

/** Bytes that may wait for a reader of standard output. */
const WAITING = 4 * 1024 * 1024

/**
 * GatheredLines writes the lines of one turn of the event loop together. If the reader is too slow, it drops lines, and writes a line with
 * the number of dropped lines.
 */
class GatheredLines {
  readonly #output: NodeJS.WriteStream
  #lines: string[] = []
  #leftOut = 0

  constructor(output: NodeJS.WriteStream) {
    this.#output = output
  }

  /** Writes a line. If the reader is too slow, writes the line only if it belongs to a summary. */
  write(line: string, isSummary = false): void {
    if (!isSummary && this.#output.writableLength > WAITING) {
      this.#leftOut++
      return
    }
    if (this.#lines.length === 0) setImmediate(() => this.#flush())
    if (this.#leftOut > 0) this.#lines.push(`(${formatCount(this.#leftOut, 'line')} dropped, because the reader is too slow)`)
    this.#leftOut = 0
    this.#lines.push(line)
  }

  #flush(): void {
    if (!outputIsClosed()) this.#output.write(toUtf8(`${this.#lines.join('\n')}\n`))
    this.#lines = []
  }
}

/** Encodes lines. Most lines have an arrow, which is not Latin-1, and V8 takes four times as long to encode such a text. */
function toUtf8(text: string): Uint8Array {
  return transcode(Buffer.from(text.toWellFormed(), 'utf16le'), 'utf16le', 'utf8')
}

/** Returns the time in whole microseconds since the Unix epoch; the time never decreases. */
export function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000)
}
