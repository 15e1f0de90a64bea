import { type ChildProcess, spawn } from 'node:child_process'
import { createSystemClock } from '../base/clock.ts'
import { groupConnections, type RecordedConnection } from '../lab/recordings/recording.ts'
import { formatDivergence, rerunConnection } from '../lab/tap/rerun.ts'
import type { Side } from '../protocol/automaton.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { cannotConnect, cannotListen, formatAddress } from '../terminal/system-errors.ts'
import { Terminal } from '../terminal/terminal.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { printError, UsageError } from './diagnostics.ts'
import { describeConnections, readRecordingFile } from './show.ts'

/** RerunCommandOptions is the parsed command line of `parlor rerun`. */
export interface RerunCommandOptions {
  readonly client?: string
  readonly server?: string
  readonly port?: number
  readonly connection?: number
  readonly wait: number
  readonly timeout?: number
}

/** Milliseconds for which a program may be silent when it is to send. */
const SILENCE = 5000
const HERE = '127.0.0.1'

/**
 * Runs `parlor rerun`: plays one side of a recording against a program. Resolves to the exit code: 1 if the program does something
 * else.
 */
export async function rerunCommand(path: string, options: RerunCommandOptions): Promise<number> {
  const command = options.client ?? options.server
  if (command === undefined || (options.client !== undefined && options.server !== undefined))
    throw new UsageError('rerun needs the program to start, as --client COMMAND or as --server COMMAND')
  const program: Side = options.client === undefined ? 'server' : 'client'
  const side: Side = program === 'client' ? 'server' : 'client'
  const connection = chooseConnection(path, options.connection)
  checkMasks(connection, side)
  const reached = program === 'client' ? await awaitClient(command, connection, options) : await reachServer(command, connection, options)
  if (typeof reached === 'string') {
    printError(reached)
    return EXIT.trouble
  }
  const { transport, stop } = reached
  const divergence = await rerunConnection({ connection, side, transport, clock: createSystemClock(), timeout: options.timeout ?? SILENCE })
  transport.destroy()
  await stop()
  const terminal = new Terminal()
  if (!divergence) terminal.say(`the ${program} does the same as in the recording`)
  else for (const line of formatDivergence(divergence, program)) terminal.say(line)
  return divergence ? EXIT.trouble : EXIT.good
}

/** Reached is a connection to the program, and a function that ends the program. */
interface Reached {
  readonly transport: Transport
  readonly stop: () => Promise<void>
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
    throw new UsageError(`the ${side} has sent a password, which is masked in this recording: record it with --secrets`)
  if (own.some(({ missing = 0 }) => missing > 0)) throw new UsageError(`the recording lacks bytes that the ${side} has sent`)
}

/** Listens, starts a client, and waits until it connects. Resolves to a sentence if the client does not connect. */
async function awaitClient(command: string, connection: RecordedConnection, options: RerunCommandOptions): Promise<Reached | string> {
  const arrived = Promise.withResolvers<Transport>()
  const at = { host: HERE, port: options.port ?? 0 }
  let listener: Listener
  try {
    listener = await listen(connection, at, (transport) => arrived.resolve(transport))
  } catch (error) {
    return cannotListen(at, error)
  }
  const { child, exited, stop } = start(command, listener.address)
  const silence = AbortSignal.timeout(options.timeout ?? SILENCE)
  const late = new Promise<string>((resolve) => silence.addEventListener('abort', () => resolve('late')))
  const first = await Promise.race([arrived.promise, exited, late])
  await listener.close()
  if (typeof first !== 'string') return { transport: first, stop }
  const why = first === 'late' ? 'within its time' : `before it ended${child.exitCode === null ? '' : `, with exit code ${child.exitCode}`}`
  await stop()
  return `the client has not connected to ${formatAddress(listener.address)} ${why}: it finds the address as {HOST} and {PORT} in the command, or as HOST and PORT in its environment`
}

/** Starts a server, and connects to it. Resolves to a sentence if it cannot connect. */
async function reachServer(
  command: string,
  connection: RecordedConnection,
  { port, wait }: RerunCommandOptions,
): Promise<Reached | string> {
  const to = { host: HERE, port: port ?? (await findFreePort()) }
  const { stop } = start(command, to)
  try {
    if (connection.opening.transport === 'udp') return { transport: await (await import('../wire/transports/udp.ts')).connectUdp(to), stop }
    return { transport: await (await import('../wire/transports/tcp.ts')).connectTcp(to, wait), stop }
  } catch (error) {
    await stop()
    return cannotConnect(to, error, wait)
  }
}

async function listen({ opening }: RecordedConnection, at: Address, accept: (transport: Transport) => void): Promise<Listener> {
  if (opening.transport === 'udp') return (await import('../wire/transports/udp.ts')).listenUdp(at, accept, { unlimitedAnswers: true })
  return (await import('../wire/transports/tcp.ts')).listenTcp(at, accept)
}

/** Returns a port at which no server listens now. */
async function findFreePort(): Promise<number> {
  const listener = await (await import('../wire/transports/tcp.ts')).listenTcp({ host: HERE, port: 0 }, (transport) => transport.destroy())
  await listener.close()
  return listener.address.port
}

/** Started is a running program. */
interface Started {
  readonly child: ChildProcess
  /** Resolves when the program has ended. */
  readonly exited: Promise<string>
  /** Ends the program, and the processes that it has started. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a command line in a shell. Its output goes to standard error, because standard output has the result. It is the first process of
 * its group, so that all of them can be ended.
 */
function start(command: string, { host, port }: Address): Started {
  const line = command.replaceAll('{HOST}', host).replaceAll('{PORT}', String(port))
  const isGroup = process.platform !== 'win32'
  const env = { ...process.env, HOST: host, PORT: String(port) }
  const child = spawn(line, { shell: true, detached: isGroup, stdio: ['pipe', process.stderr, process.stderr], env })
  const exited = new Promise<string>((resolve) => {
    child.once('exit', () => resolve('ended'))
    child.once('error', () => resolve('ended'))
  })
  // a program may end without reading
  child.stdin?.on('error', () => process.stdin.unpipe())
  if (child.stdin) process.stdin.pipe(child.stdin)
  return {
    child,
    exited,
    async stop() {
      process.stdin.unpipe()
      process.stdin.pause()
      endProcess(child, isGroup)
      await exited
    },
  }
}

function endProcess(child: ChildProcess, isGroup: boolean): void {
  if (child.pid === undefined) return
  try {
    process.kill(isGroup ? -child.pid : child.pid, 'SIGKILL')
  } catch (error) {
    // it has ended already, with all that it started
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
