import { createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Clock } from '../base/clock.ts'
import { TokenBucket } from '../base/rate-limit.ts'
import { Ignored } from '../wire/allowance.ts'
import type { Address, Listener } from '../wire/transport.ts'
import { startListening, toListenOptions } from '../wire/transports/tcp.ts'

/*
 * Node's HTTP server reads all bytes that a socket has, and answers each request in these bytes before other code runs. While the server
 * answers 64 KB of pipelined requests (about 2,000 requests), all games stop. Therefore the HTTP server does not listen itself. The gate
 * accepts connections, and passes a limited number of connections per second to the HTTP server. From each connection, the HTTP server gets
 * the bytes of one request, piece by piece.
 */

/**
 * Maximum number of open connections, including waiting connections. When a client opens a further connection, the gate destroys the oldest
 * connection.
 */
const CONNECTIONS = 64
/** Rate of connections: a burst of 50, then 50 a second. */
const RATE = { burst: 50, refill: 20 }
/** Number of bytes that the HTTP server parses at a time; the HTTP server also parses pipelined requests within these bytes. */
const PIECE = 512
/** Maximum duration of a connection, in milliseconds. */
const WHOLE = 10_000

/** Gate is a listener that limits the connections of an HTTP server. */
export interface Gate extends Listener {
  /** Accepts no more connections, and destroys the open connections. */
  close(): Promise<void>
}

/** Listens at an address, and calls `serve` with each connection when the rate allows the connection. Rejects with the system's error. */
export async function openGate(at: Address, serve: (connection: OneRequest) => void, clock: Clock): Promise<Gate> {
  const bucket = new TokenBucket(RATE)
  const open = new Set<Socket>()
  const waiting = new Set<Socket>()
  let cancel: (() => void) | undefined
  const admit = () => {
    cancel = undefined
    for (const socket of waiting) {
      const wait = bucket.take(clock.monotonic())
      if (wait > 0) {
        cancel = clock.after(wait, admit)
        return
      }
      waiting.delete(socket)
      serve(new OneRequest(socket))
    }
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    const [oldest] = open
    if (oldest && open.size >= CONNECTIONS) {
      open.delete(oldest)
      waiting.delete(oldest)
      oldest.destroy()
    }
    open.add(socket)
    waiting.add(socket)
    const late = clock.after(WHOLE, () => socket.destroy())
    socket.on('error', () => {})
    socket.once('close', () => {
      late()
      open.delete(socket)
      waiting.delete(socket)
    })
    if (!cancel) admit()
  })
  const listener = await startListening(server, toListenOptions(at))
  return {
    address: listener.address,
    async close() {
      cancel?.()
      waiting.clear()
      await listener.close()
      for (const socket of open) socket.destroy()
    },
  }
}

/** OneRequest is a connection from which the server reads only the bytes of one request, so that further bytes do not fill the memory. */
export class OneRequest extends Duplex {
  readonly #socket: Socket
  #answered = false

  constructor(socket: Socket) {
    super({ allowHalfOpen: true, emitClose: true })
    this.#socket = socket
    socket.once('close', () => this.destroy())
    socket.once('end', () => this.push(null))
  }

  /** Stops reading. The HTTP server calls this method when it has the whole request. */
  stopReading(): void {
    this.#answered = true
  }

  override _read(): void {
    if (this.#answered) return
    const bytes: Uint8Array | null = this.#socket.read(Math.max(1, Math.min(PIECE, this.#socket.readableLength)))
    if (bytes !== null) this.push(bytes)
    else this.#socket.once('readable', () => this._read())
  }

  override _write(data: Uint8Array, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(data, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done())
    this.#discard()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  /** Reads and drops further bytes of the peer, so that the answer arrives before a reset. */
  #discard(): void {
    const ignored = new Ignored()
    this.#socket.removeAllListeners('readable').on('data', ({ length }: Uint8Array) => {
      if (!ignored.mayDiscard(length)) this.#socket.destroy()
    })
    this.#socket.resume()
  }
}
