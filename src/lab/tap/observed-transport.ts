import type { Side } from '../../protocol/message-spec.ts'
import { encode } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import { otherSide } from '../monitor/sides.ts'
import type { RelayObserver } from './relay.ts'

/** WireObserver is called with the bytes and ends that pass one transport of a disturbed connection. */
export interface WireObserver extends Pick<RelayObserver, 'bytes' | 'ended'> {
  /** Called with the number of bytes of a write that passes on bytes of a side. */
  sentOn(from: Side, length: number): void
  /** Called when the tap resets the connection of a side that has not broken it. */
  reset(): void
}

/**
 * ObservedTransport is the transport to one side of a connection with faults. It is next to the side, below the faults, so it sees the
 * bytes that the side really sends and receives.
 */
export class ObservedTransport extends TransportFilter {
  readonly #side: Side
  readonly #observer: WireObserver
  #isOver = false

  constructor(inner: Transport, side: Side, observer: WireObserver) {
    super(inner)
    this.#side = side
    this.#observer = observer
  }

  override data(bytes: Uint8Array): void {
    // the transport may reuse its memory
    const copy = new Uint8Array(bytes)
    this.#observer.bytes(this.#side, copy)
    super.data(copy)
  }

  override write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? encode(data) : data
    this.#observer.sentOn(otherSide(this.#side), bytes.length)
    super.write(bytes)
  }

  override finished(): void {
    this.#observer.ended(this.#side)
    super.finished()
  }

  override closed(broken?: string): void {
    if (broken !== undefined && !this.#isOver) this.#observer.ended(this.#side, broken)
    this.#isOver = true
    super.closed(broken)
  }

  override reset(): void {
    if (!this.#isOver) this.#observer.reset()
    this.#isOver = true
    super.reset()
  }
}
