import type { Random } from '../games/game.ts'
import { Conversation } from '../protocols/conversation.ts'
import type { Line } from '../protocols/house.ts'
import { type Limits, Patience } from '../protocols/patience.ts'
import type { Options, Program } from '../protocols/protocol.ts'
import { Ended } from '../wire/ends.ts'
import type { Address, Listener, Transport } from '../wire/transport.ts'
import { listenTcp } from '../wire/transports/tcp.ts'
import { listenUdp } from '../wire/transports/udp.ts'
import { Turnstile } from '../wire/turnstile.ts'
import type { Premises } from './premises.ts'

/** What a server is made of. */
export interface Serving {
  readonly programs: readonly Program[]
  /** The address that all of them listen on. */
  readonly host: string
  /** Ports by program, where not the programs' own; 0 for any. */
  readonly ports: Readonly<Record<string, number>>
  /** The programs that serve one client at a time. */
  readonly iterative: ReadonlySet<string>
  readonly limits: Limits
  readonly options: Options
  readonly random: Random
  /** Where clients are seated. */
  readonly premises: Premises
  /** Told of every conversation that did not end as its protocol ends. */
  readonly onTrouble: (program: Program, client: Address, trouble: Error) => void
}

/** Place is a program that listens, or why it does not. */
export interface Place {
  readonly program: Program
  readonly transport: 'tcp' | 'udp'
  /** Where it listens, or was to. */
  readonly address: Address
  readonly failure?: unknown
}

/** Server serves worksheet programs to many clients each, and seats them in one hall. */
export class Server {
  readonly #serving: Serving
  readonly #patience: Patience
  readonly #listeners: Listener[] = []
  readonly #turnstiles: Turnstile[] = []
  #stopped = false

  constructor(serving: Serving) {
    this.#serving = serving
    this.#patience = new Patience(serving.limits)
  }

  /** Opens every program's place. One that cannot be opened is among the answers, with its failure; the others serve. */
  async open(): Promise<readonly Place[]> {
    const places: Place[] = []
    for (const program of this.#serving.programs) {
      const tcp = await this.#listen(program, 'tcp')
      places.push(tcp)
      if (program.host?.udp && tcp.failure === undefined) places.push(await this.#listen(program, 'udp', tcp.address.port))
    }
    return places
  }

  /**
   * Stops: takes nobody any more, says goodbye to those who are here in their protocol's words, or breaks off, and
   * resolves when all are gone.
   */
  async stop(): Promise<void> {
    this.#stopped = true
    const closed = this.#listeners.map((listener) => listener.close())
    for (const turnstile of this.#turnstiles) turnstile.close()
    this.#patience.close()
    const reason = new Ended('ours', 'the server was stopped')
    const gone = [...this.#patience.watched].map((conversation) => conversation.done)
    // first the hall, for whoever goes now is not to give up a game
    this.#serving.premises.clear(reason)
    for (const conversation of this.#patience.watched) conversation.stop(reason)
    await Promise.all([...gone, ...closed])
  }

  async #listen(
    program: Program,
    transport: 'tcp' | 'udp',
    port = this.#serving.ports[program.name] ?? program.servePort ?? program.port,
  ): Promise<Place> {
    const address = { host: this.#serving.host, port }
    const options = { ...program.defaults, ...this.#serving.options }
    const turnstile = new Turnstile((client) => this.#serve(program, client, options), {
      oneAtATime: this.#serving.iterative.has(program.name),
    })
    try {
      const listener = await (transport === 'tcp' ? listenTcp : listenUdp)(address, turnstile.arrive)
      this.#listeners.push(listener)
      this.#turnstiles.push(turnstile)
      return { program, transport, address: listener.address }
    } catch (failure) {
      return { program, transport, address, failure }
    }
  }

  #serve(program: Program, transport: Transport, options: Options): Promise<void> {
    const { random, onTrouble, premises } = this.#serving
    const house = (line: Line) => premises.house(line, program.name)
    const conversation = new Conversation({ program, side: 'server', transport, options, random, house })
    this.#patience.watch(conversation)
    return conversation.over.then((trouble) => {
      // nobody says goodbye in datagrams: silence is how a peer goes there
      const gone = transport.datagrams && trouble instanceof Ended && trouble.how === 'late'
      if (trouble && !gone && !this.#stopped) onTrouble(program, transport.remote, trouble)
    })
  }
}
