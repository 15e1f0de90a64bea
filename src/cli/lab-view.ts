import { formatCount } from '../base/counts.ts'
import { terminalColumns } from '../games/text/graphemes.ts'
import { toWatchedProtocol, type WatchedProtocol } from '../lab/monitor/monitor.ts'
import type { SequenceDiagramOptions } from '../lab/monitor/sequence-diagram.ts'
import { LiveView } from '../lab/tap/live-view.ts'
import { loadRegistry, requireNetworkProgram } from './program-options.ts'

/** Resolves to what a command of the laboratory watches: a program, or all of them if none is named. Rejects with a UsageError. */
export async function loadWatched(name: string | undefined, plugin: readonly string[] | undefined): Promise<readonly WatchedProtocol[]> {
  const programs = await loadRegistry(plugin, name === undefined ? [] : [name])
  if (name !== undefined) return [toWatchedProtocol(await requireNetworkProgram(name, programs))]
  return (await programs.all()).map((program) => toWatchedProtocol(program))
}

/** Creates the view on standard output: a diagram at a terminal, and plain lines on a pipe. It escapes everything that a peer has sent. */
export function createView(output: NodeJS.WriteStream = process.stdout): LiveView {
  const lines = new GatheredLines(output)
  return new LiveView({
    write: (line) => lines.write(line),
    columns: () => terminalColumns(output),
    color: showsColor(output),
    isDiagram: output.isTTY === true,
  })
}

/** Returns how diagrams are printed on an output. */
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

/** GatheredLines writes the lines of one turn of the event loop at once. If the reader is too slow, lines are left out, and a line says so. */
class GatheredLines {
  readonly #output: NodeJS.WriteStream
  #lines: string[] = []
  #leftOut = 0

  constructor(output: NodeJS.WriteStream) {
    this.#output = output
  }

  write(line: string): void {
    if (this.#output.writableLength > WAITING) {
      this.#leftOut++
      return
    }
    if (this.#lines.length === 0) setImmediate(() => this.#flush())
    if (this.#leftOut > 0) this.#lines.push(`(${formatCount(this.#leftOut, 'line')} left out, because the reader is too slow)`)
    this.#leftOut = 0
    this.#lines.push(line)
  }

  #flush(): void {
    this.#output.write(`${this.#lines.join('\n')}\n`)
    this.#lines = []
  }
}

/** Returns the time in whole microseconds since the Unix epoch, ascending. */
export function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000)
}
