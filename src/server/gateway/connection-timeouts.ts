import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { TransportStream } from '../../wire/transports/transport-stream.ts'
import { FairConnections, type FairEntry } from './fair-connections.ts'

/**
 * Milliseconds in which a client must send a whole request (the first request, or a further request), and milliseconds in which it must
 * read the answer.
 */
const TIMEOUT = { request: 15_000, response: 60_000 }

/** Timed is a connection with its timeout. */
interface Timed {
  readonly entry: FairEntry<TransportStream>
  cancel: () => void
}

/**
 * ConnectionTimeouts limits the number and the duration of HTTP connections. A connection that becomes a WebSocket is no longer among these
 * connections.
 */
export class ConnectionTimeouts {
  readonly #clock: Clock
  readonly #open: FairConnections<TransportStream>
  readonly #timed = new WeakMap<TransportStream, Timed>()
  /** Requests that the server is answering. */
  readonly #answering = new WeakSet<IncomingMessage>()
  /** One listener for all connections, because a closure per connection would stay in memory with every WebSocket. */
  readonly #onClose: (this: TransportStream) => void

  /** `connections` is the maximum number of connections. */
  constructor(clock: Clock, connections: number) {
    this.#clock = clock
    this.#open = new FairConnections(connections)
    const remove = (stream: TransportStream) => this.remove(stream)
    this.#onClose = function () {
      remove(this)
    }
  }

  /** Adds a new connection. If there are too many connections, closes another connection. */
  add(stream: TransportStream): void {
    const entry = this.#open.add(stream, stream.transport.remote.host)
    this.#timed.set(stream, { entry, cancel: this.#endAfter(TIMEOUT.request, stream) })
    stream.on('close', this.#onClose)
    const { excess } = this.#open
    if (excess) this.#end(excess.connection)
  }

  /** Removes a connection, which then has no timeout. */
  remove(stream: TransportStream): void {
    const timed = this.#timed.get(stream)
    if (!timed) return
    timed.cancel()
    this.#timed.delete(stream)
    this.#open.delete(timed.entry)
    stream.off('close', this.#onClose)
  }

  /** Notes that a request is whole. The connection forwards no further requests until the server has answered this request. */
  begin(request: IncomingMessage): void {
    const { socket } = request
    if (!(socket instanceof TransportStream) || this.#answering.has(request)) return
    this.#answering.add(request)
    socket.hold()
    this.#restart(TIMEOUT.response, socket)
  }

  /** Notes that the server has answered a request. */
  end(request: IncomingMessage): void {
    const { socket } = request
    if (!(socket instanceof TransportStream) || !this.#answering.delete(request)) return
    this.#restart(TIMEOUT.request, socket)
    socket.release()
  }

  /** Closes all connections. */
  close(): void {
    for (const { connection } of [...this.#open.values()]) this.#end(connection)
  }

  #restart(ms: number, stream: TransportStream): void {
    const timed = this.#timed.get(stream)
    if (!timed) return
    timed.cancel()
    timed.cancel = this.#endAfter(ms, stream)
  }

  #endAfter(ms: number, stream: TransportStream): () => void {
    return this.#clock.after(ms, () => stream.destroy())
  }

  #end(stream: TransportStream): void {
    this.remove(stream)
    stream.destroy()
  }
}
