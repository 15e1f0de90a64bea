import { terminalColumns } from '../games/text/graphemes.ts'
import { toWatchedProtocol, type WatchedProtocol } from '../lab/monitor/monitor.ts'
import { LiveView } from '../lab/tap/live-view.ts'
import { loadRegistry } from './plugins.ts'
import { requireNetworkProgram } from './program-options.ts'

/** Resolves to what a command of the laboratory watches: a program, or all of them if none is named. Rejects with a UsageError. */
export async function loadWatched(name: string | undefined, plugin: readonly string[] | undefined): Promise<readonly WatchedProtocol[]> {
  const programs = await loadRegistry(plugin, name === undefined ? [] : [name])
  if (name !== undefined) return [toWatchedProtocol(await requireNetworkProgram(name, programs))]
  return (await programs.all()).map((program) => toWatchedProtocol(program))
}

/** Creates the view on standard output: a diagram at a terminal, and plain lines on a pipe. It escapes everything that a peer has sent. */
export function createView(output: NodeJS.WriteStream = process.stdout): LiveView {
  const { NO_COLOR = '', TERM } = process.env
  return new LiveView({
    write: (line) => void output.write(`${line}\n`),
    columns: () => terminalColumns(output),
    color: output.isTTY && NO_COLOR === '' && TERM !== 'dumb',
    isDiagram: output.isTTY === true,
  })
}

/** Returns the time in whole microseconds since the Unix epoch, ascending. */
export function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000)
}
