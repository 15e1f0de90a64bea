import { type Clock, createSystemClock } from '../base/clock.ts'
import { EventBatcher } from '../lab/tap/event-batch.ts'
import { Tap, type TapOptions } from '../lab/tap/tap.ts'
import { shippedPrograms } from '../programs/index.ts'
import type { Options } from '../protocol/definition.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { cannotConnect, cannotListen, formatAddress } from '../terminal/system-errors.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { printError, UsageError } from './diagnostics.ts'
import { JudgeThread } from './judge-thread.ts'
import { type ChosenPrograms, choosePrograms, microseconds } from './lab-view.ts'
import type { NetworkOptions } from './network.ts'
import type { ProgramFlags } from './program-options.ts'
import { createRecording } from './recording-file.ts'
import { terminalSignal } from './stop-signal.ts'

type FaultFlags = Pick<NetworkOptions, 'split' | 'glue' | 'delay' | 'fault' | 'seed'>
type AddFaults = TapOptions['addFaults']

/** TapCommandOptions is the parsed command line of `parlor tap`. */
export interface TapCommandOptions extends ProgramFlags, FaultFlags {
  readonly listen: Address
  readonly to: Address
  readonly udp?: boolean
  readonly record?: string
  readonly secrets?: boolean
  readonly connections?: number
}

/** Maximum number of messages that a terminal shows in a second. */
const SHOWN = 200
/** Maximum number of UDP clients at a time. Half of them may be from the same host. */
const REMOTES = 16_384
/** Maximum number of datagrams of a client that wait until the tap has the server's address. */
const EARLY = 256

/**
 * Runs `parlor tap` until a signal arrives, or until the requested number of connections have ended. Resolves to the exit code: 1 after a
 * violation.
 */
export async function tapCommand(program: string | undefined, options: TapCommandOptions): Promise<number> {
  if (options.to.port === 0) throw new UsageError('--to needs the port of a server, from 1 to 65535')
  const chosen = await choosePrograms(program, options)
  const clock = createSystemClock()
  const addFaults = await loadTapFaults(options, chosen, clock)
  const recording = options.record === undefined ? undefined : createRecording(options.record)
  const stop = terminalSignal()
  const last = Promise.withResolvers<void>()
  let violations = 0
  let left = options.connections ?? Number.POSITIVE_INFINITY
  const setup = {
    name: program,
    plugins: chosen.programs === shippedPrograms ? undefined : (options.plugin ?? []),
    options: withoutFiles(chosen),
    secrets: options.secrets === true,
    hasFaults: addFaults !== undefined,
    recording,
    limit: SHOWN,
  }
  const judge = new JudgeThread(setup, (more) => {
    violations += more
    if (--left === 0) last.resolve()
  })
  const events = new EventBatcher(clock, judge.send)
  const carriers = await loadCarriers(options, clock)
  const tap = new Tap({
    connect: carriers.connect,
    clock,
    addFaults,
    microseconds,
    onEvent: (event) => events.push(event),
    onRefused(client, error) {
      printError(`client ${formatAddress(client)} is reset: ${cannotConnect(options.to, error, 0)}`)
      if (--left === 0) last.resolve()
    },
  })
  const listener = await listen(options, () => carriers.listen((client) => void tap.accept(client)))
  if (typeof listener === 'string') {
    await judge.close()
    printError(listener)
    return EXIT.trouble
  }
  const over = options.udp ? ' over UDP' : ''
  printError(
    `tap: listening on ${formatAddress(listener.address)}${over}, and passing everything on to ${formatAddress(options.to)}; Ctrl-C ends it`,
  )
  stop.addEventListener('abort', () => last.resolve())
  await last.promise
  await listener.close()
  tap.close()
  events.flush()
  return (await judge.close()) && violations === 0 ? EXIT.good : EXIT.trouble
}

/** Returns the options of the program that a framing can use. The contents of files, such as questions, are not options of a framing. */
function withoutFiles({ program, options }: ChosenPrograms): Options {
  const files = new Set(program?.takes?.filter(({ kind }) => kind === 'file').map(({ name }) => name))
  return Object.fromEntries(Object.entries(options).filter(([name]) => !files.has(name)))
}

/** Resolves to the function that adds the faults of the options to the connection of a client; to `undefined` without faults. */
async function loadTapFaults(options: TapCommandOptions, { program, options: terms }: ChosenPrograms, clock: Clock): Promise<AddFaults> {
  const { split, glue, delay, fault, seed } = options
  if ([split, glue, delay, fault, seed].every((given) => given === undefined)) return undefined
  const scope = { programs: program ? [program] : [], side: 'server', isProxy: true, datagrams: options.udp === true } as const
  const faults = await (await import('./network.ts')).loadFaults({ split, glue, delay, fault, seed, udp: options.udp }, scope, clock)
  return faults && ((client, number, notify) => faults(client, { program, options: terms, number, notify }))
}

/** Carriers open the connections of a tap with its clients, and with its server. */
interface Carriers {
  readonly listen: (accept: (client: Transport) => void) => Promise<Listener>
  readonly connect: () => Promise<Transport>
}

async function loadCarriers({ listen: at, to, udp }: TapCommandOptions, clock: Clock): Promise<Carriers> {
  if (udp) {
    const { connectUdp, listenUdp } = await import('../wire/transports/udp.ts')
    const limits = { remotes: REMOTES, early: EARLY, unlimitedAnswers: true }
    return { listen: (accept) => listenUdp(at, accept, limits), connect: () => connectUdp(to) }
  }
  const { DirectSockets } = await import('../wire/transports/direct-socket.ts')
  const sockets = new DirectSockets()
  return { listen: (accept) => sockets.listen(at, accept), connect: () => sockets.connect(to, clock) }
}

/** Listens for clients. Resolves to a sentence if the tap cannot listen. */
async function listen({ listen: at }: TapCommandOptions, start: () => Promise<Listener>): Promise<Listener | string> {
  try {
    return await start()
  } catch (error) {
    return cannotListen(at, error).replace('--port', '--listen')
  }
}
