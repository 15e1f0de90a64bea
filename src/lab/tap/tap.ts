import type { Clock } from '../../base/clock.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Address, Transport } from '../../wire/transport.ts'
import type { NotifyFault } from '../faults/lane.ts'
import { ObservedTransport, type WireObserver } from './observed-transport.ts'
import { QUIET } from './recording-judge.ts'
import { Relay, type RelayObserver } from './relay.ts'
import type { TapEvent } from './tap-event.ts'

export interface TapOptions {
  /** Connects to the server. */
  readonly connect: () => Promise<Transport>
  readonly clock: Clock
  /** Returns the time in whole microseconds since the Unix epoch, ascending. */
  readonly microseconds: () => number
  /** Adds faults to the connection of a client; `connection` is the number of the connection. */
  readonly addFaults?: ((client: Transport, connection: number, notify: NotifyFault) => Transport) | undefined
  /** Called with each event, after its bytes have been passed on. The bytes of a segment are valid until the call returns. */
  readonly onEvent: (event: TapEvent) => void
  /** Called if the server cannot be reached; the client is reset. */
  readonly onRefused: (client: Address, error: unknown) => void
}

/**
 * Milliseconds between two events of the type `time`. The judge needs these events to find pauses that end messages, and unfinished
 * messages.
 */
const TICK = 100

/** Tap relays each client to the server through a separate connection, and reports each event to an observer, which judges the events. */
export class Tap {
  readonly #options: TapOptions
  readonly #relays = new Set<Relay>()
  #connections = 0
  /** Time of the last event. */
  #latest = 0
  #isTicking = false
  #cancelTick: (() => void) | undefined
  #isClosed = false

  constructor(options: TapOptions) {
    this.#options = options
  }

  /** Number of open connections. */
  get size(): number {
    return this.#relays.size
  }

  /** Connects a client to the server. Resolves when the server has accepted or rejected the connection. */
  async accept(client: Transport): Promise<void> {
    let server: Transport
    try {
      server = await this.#options.connect()
    } catch (error) {
      client.reset()
      this.#options.onRefused(client.remote, error)
      return
    }
    if (this.#isClosed) {
      client.reset()
      server.reset()
      return
    }
    this.#join(client, server)
  }

  /** Resets all connections. The observer receives no further event, and must itself end the conversations of these connections. */
  close(): void {
    this.#isClosed = true
    for (const relay of this.#relays) relay.reset()
    this.#relays.clear()
    this.#cancelTick?.()
  }

  #join(client: Transport, server: Transport): void {
    const connection = ++this.#connections
    const transport = client.datagrams ? 'udp' : 'tcp'
    this.#note({ type: 'open', connection, at: this.#options.microseconds(), transport, client: client.remote, server: server.remote })
    const observer = this.#observer(connection, transport, () => this.#relays.delete(relay))
    const relay = this.#options.addFaults ? this.#disturb(client, server, connection, observer) : new Relay(client, server, observer)
    this.#relays.add(relay)
    relay.open()
  }

  #observer(connection: number, transport: 'tcp' | 'udp', forget: () => void): RelayObserver {
    const { microseconds } = this.#options
    return {
      bytes: (from, bytes) => this.#note({ type: 'segment', connection, at: microseconds(), from, bytes }),
      ended: (from: Side, broken) => {
        // a recording of datagrams has no ends
        if (transport === 'tcp')
          this.#note({ type: 'end', connection, at: microseconds(), from, how: broken === undefined ? 'fin' : 'reset' })
      },
      closed: () => {
        forget()
        this.#note({ type: 'closed', connection, at: microseconds() })
      },
    }
  }

  /** Returns a relay with the faults of the options. The faults are between the two places at which the tap observes the sides. */
  #disturb(client: Transport, server: Transport, connection: number, { bytes, ended, closed }: RelayObserver): Relay {
    const { microseconds, addFaults } = this.#options
    let isBroken = false
    const observer: WireObserver = {
      bytes,
      ended(from, broken) {
        isBroken ||= broken !== undefined
        ended(from, broken)
      },
      sentOn: (from, length) => this.#note({ type: 'sent on', connection, at: microseconds(), from, length }),
      reset: () => {
        // a reset of one side is followed by a reset of the other side
        if (isBroken) return
        isBroken = true
        ended('server', 'ECONNRESET')
      },
    }
    const seen = new ObservedTransport(client, 'client', observer)
    const notify: NotifyFault = (sentence, isLossy) => this.#note({ type: 'fault', connection, at: microseconds(), sentence, isLossy })
    const disturbed = addFaults?.(seen, connection, notify) ?? seen
    return new Relay(disturbed, new ObservedTransport(server, 'server', observer), { bytes() {}, ended() {}, closed })
  }

  #note(event: TapEvent): void {
    if (this.#isClosed) return
    this.#latest = event.at
    this.#options.onEvent(event)
    if (!this.#isTicking) this.#tick()
  }

  /** Reports the passing time while a pause or an unfinished message may depend on it. */
  #tick(): void {
    this.#isTicking = true
    this.#cancelTick = this.#options.clock.after(TICK, () => {
      this.#isTicking = false
      const at = this.#options.microseconds()
      this.#options.onEvent({ type: 'time', at })
      if (at - this.#latest < QUIET) this.#tick()
    })
  }
}
