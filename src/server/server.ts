import type { Random } from '../games/game.ts'
import { Conversation } from '../protocols/conversation.ts'
import type { Line } from '../protocols/house.ts'
import { type Limits, Patience } from '../protocols/patience.ts'
import type { Options, Program } from '../protocols/protocol.ts'
import type { Budget } from '../wire/allowance.ts'
import { type Clock, wallClock } from '../wire/clock.ts'
import { Ended } from '../wire/ends.ts'
import { RunQueue } from '../wire/run-queue.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { listenTcp } from '../wire/transports/tcp.ts'
import { eventLoop } from '../wire/transports/together.ts'
import { listenUdp } from '../wire/transports/udp.ts'
import { Turnstile } from '../wire/turnstile.ts'
import { Guest, type Hosting } from './guest.ts'
import { Doorkeeper, type DoorLimits, turnAway, unlimited } from './limits.ts'
import type { Logs, Visit } from './logs.ts'
import type { Premises } from './premises.ts'
import { Tally } from './tally.ts'

/** Serving is what a server is made of. */
export interface Serving {
  readonly programs: readonly Program[]
  /** The address that all of them listen on. */
  readonly host: string
  /** Ports by program, where not the programs' own; 0 for any. */
  readonly ports: Readonly<Record<string, number>>
  /** The programs that serve one client at a time. */
  readonly iterative: ReadonlySet<string>
  readonly limits: Limits & Partial<DoorLimits>
  readonly options: Options
  readonly random: Random
  /** Told of what happens. */
  readonly logs: Logs
  /** Laid over the transport of each client: what a network does, and what is shown of it. */
  readonly overlay?: ((transport: Transport, program: Program, visit: Visit) => Transport) | undefined
  readonly clock?: Clock
}

/** Seating is where a server seats its clients: `Premises`, or anything less. */
export type Seating = Pick<Premises, 'house' | 'clear'>

/** Place is a program that listens, or why it does not. */
export interface Place {
  readonly program: Program
  readonly transport: 'tcp' | 'udp'
  /** Where it listens, or was to. */
  readonly address: Address
  readonly failure?: unknown
}

/** Somebody who has come, and how that one is served. */
interface Coming {
  readonly program: Program
  readonly transport: Transport
  readonly options: Options
  readonly budget: Budget | undefined
}

/** How long clients may take to go when the server stops, in milliseconds. */
const GOING = 3000
/** How long it may take until they are gone who were sent away, in milliseconds. */
const SENT_AWAY = 500

/** Server serves worksheet programs to many clients each, and seats them in one hall. */
export class Server {
  readonly #serving: Serving
  readonly #clock: Clock
  readonly #patience: Patience
  readonly #doorkeeper: Doorkeeper
  /** Queue in which all conversations take turns. */
  readonly #runQueue = new RunQueue({ loop: eventLoop })
  readonly #listeners: Listener[] = []
  readonly #turnstiles: Turnstile[] = []
  readonly #tallies = new Map<Program, Tally>()
  readonly #hosting: Hosting
  #premises: Seating | undefined
  #connections = 0
  #stopping = false

  constructor(serving: Serving) {
    this.#serving = serving
    this.#clock = serving.clock ?? wallClock
    this.#patience = new Patience(serving.limits, this.#clock)
    this.#doorkeeper = new Doorkeeper({ ...unlimited, ...serving.limits }, this.#clock)
    this.#hosting = { server: this, clock: this.#clock, doorkeeper: this.#doorkeeper, logs: serving.logs }
    for (const program of serving.programs) this.#tallyOf(program)
  }

  /** Whether it takes nobody any more. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** What the clients of each program have done since the server was started. */
  get tallies(): ReadonlyMap<Program, Tally> {
    return this.#tallies
  }

  /** The conversations that go on, or whose connections are not closed yet. */
  get conversations(): Iterable<Conversation> {
    return this.#patience.watched
  }

  /**
   * Listens at every program's place. One that cannot be opened is among the answers, with its failure. Clients that come
   * wait, connected and unread, until `admit` is called.
   */
  async listen(): Promise<readonly Place[]> {
    const places: Place[] = []
    for (const program of this.#serving.programs) {
      const tcp = await this.#listen(program, 'tcp')
      places.push(tcp)
      if (program.host?.udp && tcp.failure === undefined) places.push(await this.#listen(program, 'udp', tcp.address.port))
    }
    return places
  }

  /** Serves the clients that wait and those that come, and seats them in `premises`. To be called once, after `listen`. */
  admit(premises: Seating): void {
    this.#premises = premises
    for (const turnstile of this.#turnstiles) turnstile.open()
  }

  /**
   * Stops: takes nobody any more, says goodbye to those who are here in their protocol's words, or breaks off, and
   * resolves when all are gone; who has not gone after three seconds is sent away.
   */
  async stop(): Promise<void> {
    this.#stopping = true
    const closed = this.#listeners.map((listener) => listener.close())
    for (const turnstile of this.#turnstiles) turnstile.close()
    this.#patience.close()
    const reason = new Ended('ours', 'the server was stopped')
    const here = [...this.#patience.watched]
    // first the hall, for whoever goes now is not to give up a game
    this.#premises?.clear(reason)
    for (const conversation of here) conversation.stop(reason)
    await this.#until(Promise.all([...here.map(({ done }) => done), ...closed]))
  }

  /** Waits until all are gone, and makes it so after a while: nobody keeps the server from ending. */
  #until(gone: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const cancels = [
        this.#clock.after(GOING, () => {
          for (const { connection } of this.#patience.watched) connection.transport.reset()
        }),
        this.#clock.after(GOING + SENT_AWAY, resolve),
      ]
      void gone.then(() => {
        for (const cancel of cancels) cancel()
        resolve()
      })
    })
  }

  async #listen(
    program: Program,
    transport: 'tcp' | 'udp',
    port = this.#serving.ports[program.name] ?? program.servePort ?? program.port,
  ): Promise<Place> {
    const address = { host: this.#serving.host, port }
    const options = { ...program.defaults, ...this.#serving.options }
    const budget = this.#doorkeeper.budget((client, sentence) => this.#tellLimit('slowed', { program: program.name, client }, sentence))
    const turnstile = new Turnstile((client, next) => this.#serve({ program, transport: client, options, budget }, next), {
      oneAtATime: this.#serving.iterative.has(program.name),
      isOpen: false,
    })
    const arrive = (client: Transport) => {
      const refusal = this.#doorkeeper.admit(client)
      if (refusal === undefined) turnstile.arrive(client)
      else this.#turnAway(program, client, refusal)
    }
    try {
      const mayBegin = () => this.#doorkeeper.mayBegin()
      const listener = await (transport === 'tcp'
        ? listenTcp(address, arrive)
        : listenUdp(address, arrive, { clock: this.#clock, mayBegin }))
      this.#listeners.push(listener)
      this.#turnstiles.push(turnstile)
      return { program, transport, address: listener.address }
    } catch (failure) {
      return { program, transport, address, failure }
    }
  }

  #serve({ program, transport, options, budget }: Coming, next: () => void): void {
    const { random, logs } = this.#serving
    const premises = this.#premises
    if (!premises) throw new Error('a client is served before the server admits any')
    const clock = this.#clock
    const runQueue = this.#runQueue
    const guest = new Guest(++this.#connections, program.name, transport, this.#tallyOf(program), this.#hosting, next)
    const onSeated = logs.seated && ((table: number, seat: number) => logs.seated?.(guest, table, seat))
    const house = (line: Line) => premises.house(line, program.name, onSeated)
    const carrier = this.#serving.overlay?.(transport, program, guest) ?? transport
    const terms = { program, side: 'server', transport: carrier, options, random, house, budget, runQueue, clock, witness: guest } as const
    const conversation = new Conversation(terms)
    guest.served(conversation, this.#patience.watch(conversation))
  }

  #turnAway(program: Program, transport: Transport, sentence: string): void {
    this.#tallyOf(program).refused++
    this.#tellLimit('refused', { program: program.name, client: transport.remote }, sentence)
    turnAway(transport, program, { ...program.defaults, ...this.#serving.options }, sentence, this.#clock)
  }

  #tellLimit(what: 'refused' | 'slowed', about: Omit<Visit, 'connection'>, sentence: string): void {
    if (this.#doorkeeper.mayTell(what, about.client)) this.#serving.logs.limited?.(about, what, sentence)
  }

  #tallyOf(program: Program): Tally {
    const tally = this.#tallies.get(program) ?? new Tally()
    this.#tallies.set(program, tally)
    return tally
  }
}
