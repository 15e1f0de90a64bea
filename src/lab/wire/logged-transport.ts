import type { Clock } from '../../base/clock.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import type { ConnectionLog } from './connection-log.ts'

/** LoggedTransportOptions has the log of a transport, and the function that the transport calls when it is closed. */
export interface LoggedTransportOptions {
  readonly clock: Clock
  readonly log: ConnectionLog
  /** Monotonic time of the opening. */
  readonly since: number
  readonly onClosed: () => void
}

/** LoggedTransport forwards all calls and events, and adds them to a log. This side is the server, and the peer is the client. */
export class LoggedTransport extends TransportFilter {
  readonly #clock: Clock
  readonly #log: ConnectionLog
  readonly #since: number
  readonly #onClosed: () => void

  constructor(inner: Transport, { clock, log, since, onClosed }: LoggedTransportOptions) {
    super(inner)
    this.#clock = clock
    this.#log = log
    this.#since = since
    this.#onClosed = onClosed
  }

  override write(data: string | Uint8Array): void {
    const at = this.#clock.monotonic() - this.#since
    if (typeof data === 'string') this.#log.addText('server', data, at)
    else this.#log.addBytes('server', data, at)
    this.inner.write(data)
  }

  override data(bytes: Uint8Array): void {
    this.#log.addBytes('client', bytes, this.#clock.monotonic() - this.#since)
    this.sink?.data(bytes)
  }

  override finish(): void {
    this.#addEnd('server', 'finished')
    super.finish()
  }

  override finished(): void {
    this.#addEnd('client', 'finished')
    super.finished()
  }

  override reset(): void {
    this.#addEnd('server', 'reset')
    super.reset()
  }

  override destroy(): void {
    this.#addEnd('server', 'reset')
    super.destroy()
  }

  override closed(broken?: string): void {
    if (broken !== undefined) this.#addEnd('client', 'reset')
    this.#onClosed()
    super.closed(broken)
  }

  #addEnd(from: 'client' | 'server', how: 'finished' | 'reset'): void {
    this.#log.addEnd(from, how, this.#clock.monotonic() - this.#since)
  }
}
