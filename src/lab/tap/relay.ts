import type { Side } from '../../protocol/message-spec.ts'
import type { Sink, Transport } from '../../wire/transport.ts'
import { otherSide } from '../monitor/sides.ts'

/*
 * A relay joins two transports so that neither peer can detect the relay: each side receives exactly the bytes that the other side sends.
 *
 * - FIN becomes FIN, and the other direction continues. RST becomes RST.
 * - If one side does not read, the relay stops reading the other side; the system then makes the sender wait. At any time the relay holds
 *   at most the bytes that the system refused, and one read.
 * - The relay calls the observer after it has passed the bytes on, so the observer does not delay the message that it sees.
 *
 * A relay sees an RST only when it reads or writes. If a side ends its output and then resets the connection, the relay detects the reset with the
 * next bytes for that side.
 */

/** RelayObserver is called with everything that passes a relay. */
export interface RelayObserver {
  /** Called with the bytes of one read, or one datagram. The bytes are valid until the call returns. */
  bytes(from: Side, bytes: Uint8Array): void
  /**
   * Called when a side has ended its output or broken the connection. If it has broken the connection, `broken` is the system's code, such
   * as ECONNRESET.
   */
  ended(from: Side, broken?: string): void
  /** Called once, when both transports are closed. */
  closed(): void
}

/** Relay passes everything between two transports. */
export class Relay {
  readonly #sides: Readonly<Record<Side, Transport>>
  readonly #observer: RelayObserver
  readonly #ended: Record<Side, boolean> = { client: false, server: false }
  #open = 2
  #isBroken = false

  constructor(client: Transport, server: Transport, observer: RelayObserver) {
    this.#sides = { client, server }
    this.#observer = observer
  }

  /** Starts to pass bytes. Called once. */
  open(): void {
    for (const side of ['client', 'server'] as const) this.#sides[side].open(this.#sink(side))
  }

  /** Resets both connections. */
  reset(): void {
    this.#isBroken = true
    this.#sides.client.reset()
    this.#sides.server.reset()
  }

  #sink(side: Side): Sink {
    const [from, to] = [this.#sides[side], this.#sides[otherSide(side)]]
    const resume = () => from.resume()
    return {
      data: (bytes) => {
        // the memory of a read is used again for the next read
        to.write(to.copiesWrites ? bytes : new Uint8Array(bytes))
        if (to.unsent > 0) {
          from.pause()
          to.whenSent(resume)
        }
        this.#observer.bytes(side, bytes)
      },
      finished: () => {
        to.finish()
        this.#end(side)
      },
      closed: (broken) => this.#close(side, broken),
    }
  }

  #close(side: Side, broken: string | undefined): void {
    const to = this.#sides[otherSide(side)]
    this.#open--
    if (broken !== undefined && !this.#isBroken) {
      this.#isBroken = true
      to.reset()
      this.#observer.ended(side, broken)
    } else if (to.datagrams) to.destroy()
    if (this.#open === 0) this.#observer.closed()
  }

  #end(side: Side): void {
    if (this.#ended[side]) return
    this.#ended[side] = true
    this.#observer.ended(side)
  }
}
