import { type Clock, createSystemClock } from '../base/clock.ts'
import type { Random } from '../games/game.ts'
import { Conversation } from '../protocol/conversation.ts'
import type { ConversationNote } from '../protocol/conversation-notes.ts'
import type { Options, Program } from '../protocol/definition.ts'
import { IdleTimeouts } from '../protocol/idle-timeouts.ts'
import type { ClientSeating, PeerHandle } from '../protocol/seating.ts'
import { AcceptQueue } from '../wire/accept-queue.ts'
import { Disconnected } from '../wire/disconnect.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { EXIT } from './exit-codes.ts'
import { cannotListen, formatAddress, isSocketPath } from './system-errors.ts'
import { createConsole, type Terminal } from './terminal.ts'

export interface HostOptions {
  readonly program: Program
  readonly options: Options
  readonly random: Random
  readonly terminal: Terminal
  /** Seats the clients. Default: the clients sit at tables of this terminal. */
  readonly seating?: (peer: PeerHandle) => ClientSeating
  /** Opens the listener, which calls `accept` with each client. */
  readonly listen: (accept: (transport: Transport) => void) => Promise<Listener>
  /** The address that the user has typed; port 0 means that the system chooses a free port. */
  readonly address: Address
  /** Number of clients to serve; `Infinity` for any number. */
  readonly clients: number
  readonly concurrent: boolean
  /** Timeout in milliseconds for the wait for a client, and for the wait for each answer of a client. Default: no timeout. */
  readonly timeout?: number
  /** When the caller aborts this signal, the server stops; the reason of the abort is the exit code. */
  readonly stop: AbortSignal
  /** Prints a diagnostic. */
  readonly printError: (sentence: string) => void
  readonly clock?: Clock
}

/** If no client connects for this number of milliseconds, the server prints its address. */
const ALONE = 2000
/** Maximum number of milliseconds between two checks of the timeouts. */
const CHECK_INTERVAL = 200

/** Hosts a program at the terminal: listens, and serves `clients` clients. Resolves to the exit code. */
export async function host(hosting: HostOptions): Promise<number> {
  const { program, terminal, clients, concurrent, timeout, stop, printError, clock = createSystemClock() } = hosting
  const { promise: over, resolve: end } = Promise.withResolvers<number>()
  const talking = new Set<Conversation>()
  const silence = timeout ?? Number.POSITIVE_INFINITY
  const timeouts = new IdleTimeouts({ first: silence, idle: silence }, clock, CHECK_INTERVAL)
  let arrived = 0
  let done = 0
  let code: number = EXIT.good

  const serve = async (transport: Transport) => {
    const { remote } = transport
    const greeting = program.host?.connected?.(remote)
    if (greeting !== undefined) terminal.say(greeting)
    const { options, random, seating: createSeating } = hosting
    const print = (sentence: string) => printError(clients > 1 ? `${formatAddress(remote)}: ${sentence}` : sentence)
    // if there are more than three clients, notes about silent clients would fill the terminal
    const observer = {
      onNote: (what: ConversationNote, text: string) => (what === 'waiting' && talking.size > 3 ? undefined : print(text)),
    }
    const console = createConsole(terminal, print)
    const terms = {
      program,
      side: 'server',
      transport,
      console,
      options,
      random,
      clock,
      observer,
      ...(createSeating && { createSeating }),
    } as const
    const conversation = new Conversation(terms)
    talking.add(conversation)
    const membership = timeouts.add(conversation)
    const ended = await conversation.ended
    // a client cannot close a conversation over UDP, so a timeout is the normal end of such a conversation
    const trouble = transport.datagrams && ended instanceof Disconnected && ended.reason === 'late' ? undefined : ended
    if (trouble && !stop.aborted) {
      print(trouble.message)
      if (clients < Number.POSITIVE_INFINITY) code = EXIT.trouble
    }
    void conversation.closed.then((late) => {
      talking.delete(conversation)
      membership.leave()
      if (late !== ended && clients < Number.POSITIVE_INFINITY) code = EXIT.trouble
    })
    done++
    if (done >= clients) end(code)
    else {
      if (program.host?.eachTime && !concurrent) announce()
      if (clients < Number.POSITIVE_INFINITY) {
        expectClient()
        expectSoon()
      }
    }
  }

  const turnstile = new AcceptQueue((transport, next) => void serve(transport).then(next), { oneAtATime: !concurrent })
  let listener: Listener
  try {
    listener = await hosting.listen((transport) => {
      arrived++
      if (arrived > clients) return transport.reset()
      if (arrived === clients) void listener.close()
      turnstile.arrive(transport)
    })
  } catch (error) {
    printError(cannotListen(hosting.address, error))
    return EXIT.trouble
  }

  const announce = () => {
    const text = program.host?.listening?.({ host: hosting.address.host, port: listener.address.port })
    if (text !== undefined) terminal.say(text)
  }
  let cancelExpecting = () => {}
  const expectClient = () => {
    if (timeout === undefined) return
    const before = arrived
    cancelExpecting = clock.after(timeout, () => {
      if (arrived > before) return
      printError(`no client connected within ${timeout / 1000} s`)
      end(EXIT.trouble)
    })
  }
  let cancelAlone = () => {}
  const expectSoon = () => {
    const before = arrived
    if (timeout !== undefined && timeout <= ALONE) return
    cancelAlone = clock.after(ALONE, () => {
      const awaited = before === 0 ? 'a client' : `client ${before + 1} of ${clients}`
      if (arrived === before) printError(`waiting for ${awaited} on ${formatListenAddress(hosting.address, listener)}`)
    })
  }
  announce()
  expectClient()
  expectSoon()
  const stopAll = () => {
    for (const conversation of talking) conversation.stop(new Disconnected('ours', 'the server was stopped'))
    end(stop.reason)
  }
  if (stop.aborted) stopAll()
  else stop.addEventListener('abort', stopAll)
  const result = await over
  cancelExpecting()
  cancelAlone()
  timeouts.close()
  turnstile.close()
  void listener.close()
  await Promise.all([...talking].map(({ closed }) => closed))
  return result === EXIT.good ? code : result
}

/**
 * Returns the address of the listener: the real host and port, or the path of the Unix socket. Adds the name of the transport for any
 * transport except TCP.
 */
function formatListenAddress(at: Address, { address, over }: Listener): string {
  return `${formatAddress(isSocketPath(at.host) ? at : address)}${over === undefined ? '' : ` (${over})`}`
}
