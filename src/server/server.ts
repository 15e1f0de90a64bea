import { type Clock, createSystemClock } from '../base/clock.ts'
import type { Random } from '../games/game.ts'
import type { PeerEndpoint } from '../hall/api.ts'
import type { LobbyService } from '../lobby/service.ts'
import { Conversation } from '../protocol/conversation.ts'
import type { Options, Program } from '../protocol/definition.ts'
import { IdleTimeouts, type TimeoutLimits } from '../protocol/idle-timeouts.ts'
import type { PeerHandle } from '../protocol/seating.ts'
import { AcceptQueue } from '../wire/accept-queue.ts'
import type { Budget } from '../wire/allowance.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { RunQueue } from '../wire/run-queue.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { Batcher } from '../wire/transports/batching.ts'
import { listenTcp } from '../wire/transports/tcp.ts'
import { listenUdp } from '../wire/transports/udp.ts'
import { AdmissionControl, type AdmissionLimits, type AdmittedPeer, reject, unlimited } from './admission.ts'
import { ClientConnection, type ClientConnectionOptions } from './client-connection.ts'
import type { ConnectionInfo, Logs } from './observe/logs.ts'
import { ProgramStats } from './program-stats.ts'

export interface ServerOptions {
  readonly programs: readonly Program[]
  /** The address on which all programs listen. */
  readonly host: string
  /** Ports by program; by default, the program's own port. 0 means any free port. */
  readonly ports: Readonly<Record<string, number>>
  /** The programs that serve one client at a time. */
  readonly iterative: ReadonlySet<string>
  readonly limits: TimeoutLimits & Partial<AdmissionLimits>
  readonly options: Options
  readonly random: Random
  readonly logs: Logs
  /** Wraps the transport of each client with network faults and a trace. */
  readonly overlay?: ((transport: Transport, program: Program, info: ConnectionInfo) => Transport) | undefined
  /** The transport of streams; by default, TCP. A server with another transport serves no datagrams. */
  readonly streams?: StreamTransport
  readonly clock?: Clock
  /** Batches the input and output of all clients; by default, a new batcher. */
  readonly batcher?: Batcher
}

/** StreamTransport is the transport of a server's streams: TCP, TLS or Unix sockets. */
export interface StreamTransport {
  readonly name: 'tcp' | 'tls' | 'unix' | 'udp'
  /** Returns the address of a program. If this method is missing, the address is a port on the server's host. */
  addressOf?(program: Program): Address
  /** Listens at an address. Calls `rejected` with each peer that violates the protocol of the transport, and the reason. */
  listen(
    at: Address,
    accept: (transport: Transport) => void,
    rejected: (peer: Address, reason: string) => void,
    batcher: Batcher,
  ): Promise<Listener>
}

const TCP: StreamTransport = { name: 'tcp', listen: (at, accept, _rejected, batcher) => listenTcp(at, accept, batcher) }

/** SeatingFactory creates the seating of each conversation: a `LobbyService`, or a substitute. */
export type SeatingFactory = Pick<LobbyService, 'createSeating' | 'closeHall'> & Partial<Pick<LobbyService, 'batchLimits'>>

/** ListenStatus has the address on which a program listens, or the error with which listening failed. */
export interface ListenStatus {
  readonly program: Program
  readonly transport: StreamTransport['name']
  /** SHA-256 of the certificate, over TLS. */
  readonly fingerprint?: string
  /** The address on which the program listens; after a failure, the address of the settings. */
  readonly address: Address
  readonly failure?: unknown
}

/** IncomingConnection is the connection of a client that waits for its conversation, and the parts of that conversation. */
interface IncomingConnection {
  readonly program: Program
  readonly transport: Transport
  readonly options: Options
  readonly budget: Budget | undefined
  readonly endpoint: PeerEndpoint | undefined
}

/**
 * Entrance admits clients of one program whose connections another listener accepts, such as the WebSockets of the gateway. The limits, run
 * queue and timeouts are the same as for the clients of the server's own ports.
 */
export interface Entrance {
  /**
   * Adds a client to the number of clients of its address. If the server refuses the client, returns a sentence and does not count the
   * client.
   */
  admit(client: AdmittedPeer): string | undefined
  /** Subtracts an admitted client that the server does not serve from the number of clients of its address. */
  leave(client: AdmittedPeer): void
  /** Starts the conversation of an admitted client, with further options of the program. */
  serve(client: Transport, options?: Options): void
}

/**
 * Milliseconds that clients have to disconnect after the server begins to stop. After this time, the server resets the open connections.
 */
const GRACE = 3000
/** Milliseconds for which the server waits after the reset until the connections are closed. */
const AFTER_RESET = 500

/**
 * Server listens on the port of each program, and runs one conversation per client. Before the conversation of a connection starts, the
 * connection passes admission control (limits per address), and then the accept queue of its program. The accept queue of an iterative
 * program serves one connection at a time. All conversations take turns in one run queue. The caller calls `listen`, `admit` and `stop`, in
 * this order, and calls each method only once.
 */
export class Server {
  readonly #serving: ServerOptions
  readonly #clock: Clock
  readonly #timeouts: IdleTimeouts
  readonly #admission: AdmissionControl
  readonly #batcher: Batcher
  readonly #runQueue: RunQueue
  readonly #listeners: Listener[] = []
  readonly #acceptQueues: AcceptQueue[] = []
  readonly #stats = new Map<Program, ProgramStats>()
  readonly #hosting: ClientConnectionOptions
  readonly #datagrams: StreamTransport = {
    name: 'udp',
    listen: (at, accept) => listenUdp(at, accept, { clock: this.#clock, mayBegin: () => this.#admission.mayBegin() }),
  }
  #seatingFactory: SeatingFactory | undefined
  #connections = 0
  #stopping = false

  constructor(serving: ServerOptions) {
    this.#serving = serving
    this.#clock = serving.clock ?? createSystemClock()
    this.#batcher = serving.batcher ?? new Batcher()
    this.#runQueue = new RunQueue({ loop: this.#batcher })
    this.#timeouts = new IdleTimeouts(serving.limits, this.#clock)
    this.#admission = new AdmissionControl({ ...unlimited, ...serving.limits }, this.#clock)
    this.#hosting = { server: this, clock: this.#clock, admission: this.#admission, logs: serving.logs }
    for (const program of serving.programs) this.#statsOf(program)
  }

  /** True if the server accepts no more clients. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** Statistics of each program since the server started. */
  get stats(): ReadonlyMap<Program, ProgramStats> {
    return this.#stats
  }

  /** Open conversations, and ended conversations whose connections are not closed yet. */
  get conversations(): Iterable<Conversation> {
    return this.#timeouts.conversations
  }

  /**
   * Listens on every program's port. If the server cannot listen on a port, the result for that port has the error. Clients can connect,
   * but the server does not read from their connections until a caller calls `admit`.
   */
  async listen(): Promise<readonly ListenStatus[]> {
    const places: ListenStatus[] = []
    for (const program of this.#serving.programs) {
      const { streams = TCP, host, ports } = this.#serving
      const port = ports[program.name] ?? program.servePort ?? program.port
      const place = await this.#listen(program, streams.addressOf?.(program) ?? { host, port }, streams)
      places.push(place)
      if (program.host?.udp && streams.name === 'tcp' && place.failure === undefined)
        places.push(await this.#listen(program, { host, port: place.address.port }, this.#datagrams))
    }
    return places
  }

  /**
   * Serves the clients that wait, and all later clients. The server batches the input of these clients up to the limits of the factory, so
   * that the store persists simultaneous input in one write. The caller calls this function once, after `listen`.
   */
  admit(factory: SeatingFactory): void {
    if (factory.batchLimits) this.#batcher.raiseLimits(factory.batchLimits)
    this.#seatingFactory = factory
    for (const queue of this.#acceptQueues) queue.open()
  }

  /** Opens an entrance for the clients of a program. The program may have no port. `endpoint` is the port at which the clients connect. */
  openEntrance(program: Program, endpoint?: PeerEndpoint): Entrance {
    const budget = this.#createBudget(program)
    const usual = { ...program.defaults, ...this.#serving.options }
    return {
      admit: (client) => {
        const refusal = this.#stopping ? 'the server is stopping' : this.#admission.admit(client)
        if (refusal !== undefined) this.#countRejected(program, client.remote, refusal)
        return refusal
      },
      leave: (client) => this.#admission.leave(client),
      serve: (transport, own) => {
        if (this.#stopping) return transport.reset()
        // most clients need no further options, so they share one object
        this.#serve({ program, transport, options: own ? { ...usual, ...own } : usual, budget, endpoint }, nothing)
      },
    }
  }

  /**
   * Stops the server: accepts no more clients, and ends each conversation with the end message of its protocol or, if the protocol has no
   * end message, with a reset. Resolves when all connections are closed; the server resets connections that are still open after three
   * seconds.
   */
  async stop(): Promise<void> {
    this.#stopping = true
    const closed = this.#listeners.map((listener) => listener.close())
    for (const queue of this.#acceptQueues) queue.close()
    this.#timeouts.close()
    const reason = new Disconnected('ours', 'the server was stopped')
    const here = [...this.#timeouts.conversations]
    // the hall closes first; otherwise, clients that disconnect now would give up their games
    this.#seatingFactory?.closeHall(reason)
    for (const conversation of here) conversation.stop(reason)
    await this.#untilClosed(Promise.all([...here.map(({ closed }) => closed), ...closed]))
  }

  /**
   * Waits until all connections are closed. Resets the open connections after three seconds, so that no client prevents the end of the
   * server.
   */
  #untilClosed(closed: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const cancels = [
        this.#clock.after(GRACE, () => {
          for (const { connection } of this.#timeouts.conversations) connection.transport.reset()
        }),
        this.#clock.after(GRACE + AFTER_RESET, resolve),
      ]
      void closed.then(() => {
        for (const cancel of cancels) cancel()
        resolve()
      })
    })
  }

  async #listen(program: Program, address: Address, { name: transport, listen }: StreamTransport): Promise<ListenStatus> {
    const options = { ...program.defaults, ...this.#serving.options }
    const budget = this.#createBudget(program)
    let endpoint: PeerEndpoint | undefined
    const queue = new AcceptQueue((client, next) => this.#serve({ program, transport: client, options, budget, endpoint }, next), {
      oneAtATime: this.#serving.iterative.has(program.name),
      isOpen: false,
    })
    const arrive = (client: Transport) => {
      // a handshake of TLS may end after the server has stopped listening
      if (this.#stopping) return client.reset()
      const refusal = this.#admission.admit(client)
      if (refusal === undefined) queue.arrive(client)
      else this.#reject(program, client, refusal)
    }
    try {
      const countRejected = (peer: Address, reason: string) => this.#countRejected(program, peer, reason)
      const listener = await listen(address, arrive, countRejected, this.#batcher)
      this.#listeners.push(listener)
      this.#acceptQueues.push(queue)
      const { address: bound, fingerprint } = listener
      endpoint = { program: program.name, transport, ...(transport === 'unix' ? {} : { port: bound.port }) }
      return { program, transport, address: bound, ...(fingerprint === undefined ? {} : { fingerprint }) }
    } catch (failure) {
      return { program, transport, address, failure }
    }
  }

  #serve({ program, transport, options, budget, endpoint }: IncomingConnection, next: () => void): void {
    const { random } = this.#serving
    const factory = this.#seatingFactory
    if (!factory) throw new Error('the server served a client before admit() was called')
    const clock = this.#clock
    const runQueue = this.#runQueue
    const client = new ClientConnection(++this.#connections, program.name, transport, this.#statsOf(program), this.#hosting, next)
    const createSeating = (peer: PeerHandle) => factory.createSeating(peer, program.short ?? program.name, client)
    const carrier = this.#serving.overlay?.(transport, program, client) ?? transport
    const terms = {
      program,
      side: 'server',
      transport: carrier,
      options,
      random,
      createSeating,
      budget,
      runQueue,
      clock,
      observer: client,
      endpoint,
    } as const
    const conversation = new Conversation(terms)
    client.setConversation(conversation, this.#timeouts.add(conversation))
  }

  #createBudget(program: Program): Budget | undefined {
    return this.#admission.createBudget((client, sentence) => this.#logLimit('slowed', { program: program.name, client }, sentence))
  }

  #reject(program: Program, transport: Transport, sentence: string): void {
    this.#countRejected(program, transport.remote, sentence)
    reject(transport, program, { ...program.defaults, ...this.#serving.options }, sentence, this.#clock)
  }

  #countRejected(program: Program, client: Address, sentence: string): void {
    this.#statsOf(program).rejected++
    this.#logLimit('refused', { program: program.name, client }, sentence)
  }

  #logLimit(what: 'refused' | 'slowed', about: Omit<ConnectionInfo, 'connection'>, sentence: string): void {
    if (this.#admission.mayLogLimit(what, about.client)) this.#serving.logs.limited?.(about, what, sentence)
  }

  #statsOf(program: Program): ProgramStats {
    const stats = this.#stats.get(program) ?? new ProgramStats()
    this.#stats.set(program, stats)
    return stats
  }
}

function nothing(): void {}
