import type { Clock } from '../../base/clock.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { encode } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'
import type { WireEnd, WireEvent } from '../monitor/observation.ts'

/** ConnectionWatcher is notified of the events of connections. It does not throw. */
export interface ConnectionWatcher {
  observe(connection: number, event: WireEvent): void
  close(connection: number): void
}

/** WatchedTransportOptions name the connection of a transport and its watcher. */
export interface WatchedTransportOptions {
  readonly clock: Clock
  readonly connection: number
  /** Monotonic time from which the times of events count. */
  readonly since: number
  readonly watcher: ConnectionWatcher
}

/** WatchedTransport forwards all calls and events, and reports them to a watcher. This side is the server, and the peer is the client. */
export class WatchedTransport extends TransportFilter {
  readonly #clock: Clock
  readonly #connection: number
  readonly #watcher: ConnectionWatcher
  readonly #since: number

  constructor(inner: Transport, { clock, connection, since, watcher }: WatchedTransportOptions) {
    super(inner)
    this.#clock = clock
    this.#connection = connection
    this.#watcher = watcher
    this.#since = since
  }

  override write(data: string | Uint8Array): void {
    this.#observeBytes('server', typeof data === 'string' ? encode(data) : data)
    super.write(data)
  }

  override data(bytes: Uint8Array): void {
    this.#observeBytes('client', bytes)
    super.data(bytes)
  }

  override finish(): void {
    this.#observeEnd('server', 'finished')
    super.finish()
  }

  override finished(): void {
    this.#observeEnd('client', 'finished')
    super.finished()
  }

  override reset(): void {
    this.#observeEnd('server', 'reset')
    super.reset()
  }

  override destroy(): void {
    this.#observeEnd('server', 'reset')
    super.destroy()
  }

  override closed(broken?: string): void {
    if (broken !== undefined) this.#observeEnd('client', 'reset')
    this.#watcher.close(this.#connection)
    super.closed(broken)
  }

  #observeBytes(from: Side, bytes: Uint8Array): void {
    this.#watcher.observe(this.#connection, { kind: 'bytes', at: this.#now(), from, bytes })
  }

  #observeEnd(from: Side, how: WireEnd['how']): void {
    this.#watcher.observe(this.#connection, { kind: 'end', at: this.#now(), from, how })
  }

  #now(): number {
    return this.#clock.monotonic() - this.#since
  }
}
