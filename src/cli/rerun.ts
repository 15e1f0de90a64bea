import { connectStarted } from '../lab/check/connecting.ts'
import { waitForPrompt } from '../lab/check/match.ts'
import { QUOTED } from '../lab/check/program-output.ts'
import { type RunningProgram, type Sandbox, SandboxError } from '../lab/check/sandbox.ts'
import { groupConnections, type RecordedConnection } from '../lab/recordings/recording.ts'
import { openSandbox } from '../lab/sandbox/open-sandbox.ts'
import { formatDivergence, rerunConnection } from '../lab/tap/rerun.ts'
import { findTypedLines } from '../lab/tap/typed-lines.ts'
import type { Side } from '../protocol/message-spec.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { findProgramFolder, wordsOf } from './check-subject.ts'
import { wallClock } from './clock.ts'
import { printError, UsageError } from './diagnostics.ts'
import { loadWatched } from './lab-view.ts'
import type { ProgramFlags } from './program-options.ts'
import { describeConnections, readRecordingFile } from './show.ts'
import { terminalSignal } from './stop-signal.ts'

/** RerunCommandOptions is the parsed command line of `parlor rerun`. */
export interface RerunCommandOptions extends ProgramFlags {
  readonly client?: string
  readonly server?: string
  readonly folder?: string
  readonly port?: number
  readonly connection?: number
  readonly wait: number
  readonly timeout?: number
}

/** Milliseconds for which a program may be silent when it must send. */
const SILENCE = 5000
/** Milliseconds from the start of a server over UDP to the first datagram; a datagram that arrives before the server listens is lost. */
const UDP_START = 1000
const UDP_NOTE =
  'over UDP, the program runs on the network of this machine and can read and change all your files; rerun only programs that you would run yourself'
const HERE = '127.0.0.1'

/**
 * Runs `parlor rerun`: plays one side of a recording against a program, which runs in a sandbox. Resolves to the exit code: 1 if the
 * program differs from the recording.
 */
export async function rerunCommand(path: string, name: string | undefined, options: RerunCommandOptions): Promise<number> {
  const command = options.client ?? options.server
  if (command === undefined || (options.client !== undefined && options.server !== undefined))
    throw new UsageError('rerun needs the program to start, as --client COMMAND or as --server COMMAND')
  const role: Side = options.client === undefined ? 'server' : 'client'
  const words = wordsOf(command)
  const connection = chooseConnection(path, options.connection)
  checkMasks(connection, role === 'client' ? 'server' : 'client')
  const { program, protocols } = await loadWatched(name, options)
  const typed = findTypedLines(connection, role, program && protocols[0])
  const stop = terminalSignal()
  const isUdp = connection.opening.transport === 'udp'
  // the agent in a network of its own opens only TCP sockets
  const sandbox = await openSandbox({ words, cwd: await findProgramFolder(options.folder), namespaces: !isUdp, clock: wallClock }).catch(
    (error) => {
      throw error instanceof SandboxError ? new UsageError(error.message) : error
    },
  )
  try {
    for (const note of isUdp ? [UDP_NOTE] : sandbox.notes) printError(note)
    if (stop.aborted) return stop.reason
    stop.addEventListener('abort', () => void sandbox.close())
    const port = options.port ?? (await choosePort(sandbox, words, connection))
    const used = isUdp ? overUdp(sandbox) : sandbox
    return await rerunIn(used, { ...options, role, words, connection, port, typed, stop })
  } finally {
    await sandbox.close()
  }
}

/**
 * Returns the port of the recording. If the program shares the network of this machine and its command takes a port, returns a free port.
 */
async function choosePort({ ownNetwork }: Sandbox, words: readonly string[], { opening }: RecordedConnection): Promise<number> {
  if (ownNetwork || !words.some((word) => word.includes('{PORT}'))) return opening.server.port
  const { listenTcp } = await import('../wire/transports/tcp.ts')
  const listener = await listenTcp({ host: HERE, port: 0 }, (transport) => transport.destroy())
  await listener.close()
  return listener.address.port
}

interface Rerun extends Pick<RerunCommandOptions, 'wait' | 'timeout'> {
  readonly role: Side
  readonly words: readonly string[]
  readonly connection: RecordedConnection
  readonly port: number
  /** Lines that the person may have typed before each entry that the program sent in the recording. The key is the index of the entry. */
  readonly typed: ReadonlyMap<number, readonly string[]>
  readonly stop: AbortSignal
}

async function rerunIn(sandbox: Sandbox, rerun: Rerun): Promise<number> {
  const { role, words, connection, port, typed, wait, timeout = SILENCE, stop } = rerun
  const terminal = new Terminal()
  const connected = await connectStarted({ sandbox, role, words, port, clock: wallClock }, { wait })
  if (stop.aborted) return stop.reason
  if ('sentence' in connected) {
    printError(connected.sentence)
    printLines(terminal, connected.lines ?? [])
    return EXIT.trouble
  }
  const { running, transport } = connected
  const divergence = await rerunConnection({
    ...{ connection, transport, timeout },
    side: role === 'client' ? 'server' : 'client',
    clock: wallClock,
    onTurn: (index, signal) => void typeLines(running, typed.get(index) ?? [], signal),
  })
  const lines = running.output.lastLines(QUOTED)
  transport.destroy()
  await running.stop()
  // if the sandbox has ended, its end may have caused the difference
  if (stop.aborted) return stop.reason
  if (!divergence) {
    terminal.say(`the ${role} does the same as in the recording`)
    return EXIT.good
  }
  for (const line of formatDivergence(divergence, role)) terminal.say(line)
  printLines(terminal, lines)
  return EXIT.trouble
}

/**
 * Types the lines that the person at the program typed in the recording. Types each line when the program shows a prompt. When the program
 * sends bytes, types no further line.
 */
async function typeLines(running: RunningProgram, lines: readonly string[], signal: AbortSignal): Promise<void> {
  for (const line of lines) {
    await waitForPrompt(running, wallClock)
    if (signal.aborted) return
    running.type(line)
  }
}

function printLines(terminal: Terminal, lines: readonly string[]): void {
  if (lines.length > 0) terminal.say('The last lines of the program:')
  for (const line of lines) terminal.say(`| ${line}`)
}

function chooseConnection(path: string, number: number | undefined): RecordedConnection {
  const { entries, warnings } = readRecordingFile(path)
  for (const warning of warnings) printError(warning)
  const all = groupConnections(entries)
  const found = number === undefined ? all[0] : all.find(({ opening }) => opening.connection === number)
  if (!found)
    throw new UsageError(`the recording has no connection${number === undefined ? '' : ` ${number}: ${describeConnections(entries)}`}`)
  return found
}

/** Throws a UsageError if the recording lacks bytes of the side that the command plays. */
function checkMasks({ entries }: RecordedConnection, side: Side): void {
  const own = entries.filter((entry) => entry.from === side)
  if (own.some((entry) => entry.type === 'segment' && entry.masked !== undefined))
    throw new UsageError(`the ${side} has sent a password, which this recording masks: record again with --secrets`)
  if (own.some(({ missing = 0 }) => missing > 0)) throw new UsageError(`the recording lacks bytes that the ${side} has sent`)
}

/** Returns a sandbox whose connections are datagrams. Its programs have the network of this machine. */
function overUdp(sandbox: Sandbox): Sandbox {
  return {
    ownNetwork: false,
    notes: sandbox.notes,
    start: (start) => sandbox.start(start),
    another: async () => undefined,
    close: () => sandbox.close(),
    listen: async (port, accept) =>
      (await import('../wire/transports/udp.ts')).listenUdp({ host: HERE, port }, accept, { unlimitedAnswers: true }),
    async connect(port) {
      await new Promise<void>((resolve) => wallClock.after(UDP_START, resolve))
      return (await import('../wire/transports/udp.ts')).connectUdp({ host: HERE, port })
    },
  }
}
