import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { TransportStream } from '../../wire/transports/transport-stream.ts'

/** Milliseconds in which a client must send a whole request, also after an earlier request, and in which it must read the answer. */
const TIMEOUT = { request: 15_000, response: 60_000 }

/** ConnectionTimeouts bounds the number and the time of HTTP connections. A connection that becomes a WebSocket leaves it. */
export class ConnectionTimeouts {
  readonly #clock: Clock
  readonly #connections: number
  /** The function that cancels the timeout of each connection, in order of arrival. */
  readonly #cancels = new Map<TransportStream, () => void>()
  /** Requests that the server is answering. */
  readonly #answering = new WeakSet<IncomingMessage>()
  /** One listener for all connections, because a closure for each would stay with every WebSocket. */
  readonly #onClose: (this: TransportStream) => void

  /** `connections` is the maximum number of connections; one more connection closes the oldest. */
  constructor(clock: Clock, connections: number) {
    this.#clock = clock
    this.#connections = connections
    const remove = (stream: TransportStream) => this.remove(stream)
    this.#onClose = function () {
      remove(this)
    }
  }

  /** Number of open connections. */
  get size(): number {
    return this.#cancels.size
  }

  /** Adds a new connection. */
  add(stream: TransportStream): void {
    const [oldest] = this.#cancels.keys()
    if (oldest && this.#cancels.size >= this.#connections) this.#end(oldest)
    this.#arm(stream, TIMEOUT.request)
    stream.on('close', this.#onClose)
  }

  /** Removes a connection, which then has no timeout. */
  remove(stream: TransportStream): void {
    this.#cancels.get(stream)?.()
    this.#cancels.delete(stream)
    stream.off('close', this.#onClose)
  }

  /** Notes that a request is whole. The connection passes on no further requests until its answer. */
  begin(request: IncomingMessage): void {
    const { socket } = request
    if (!(socket instanceof TransportStream) || this.#answering.has(request)) return
    this.#answering.add(request)
    socket.hold()
    if (this.#cancels.has(socket)) this.#arm(socket, TIMEOUT.response)
  }

  /** Notes that a request is answered. */
  end(request: IncomingMessage): void {
    const { socket } = request
    if (!(socket instanceof TransportStream) || !this.#answering.delete(request)) return
    if (this.#cancels.has(socket)) this.#arm(socket, TIMEOUT.request)
    socket.release()
  }

  /** Closes all connections. */
  close(): void {
    for (const stream of [...this.#cancels.keys()]) this.#end(stream)
  }

  #arm(stream: TransportStream, ms: number): void {
    this.#cancels.get(stream)?.()
    this.#cancels.set(
      stream,
      this.#clock.after(ms, () => stream.destroy()),
    )
  }

  #end(stream: TransportStream): void {
    this.remove(stream)
    stream.destroy()
  }
}
