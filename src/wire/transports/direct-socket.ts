import { writeSync } from 'node:fs'
import { createServer, type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { Clock } from '../../base/clock.ts'
import type { Address, Flushable, Listener, Sink, Transport } from '../transport.ts'
import { READ_SIZE } from './batching.ts'
import { isLoopback, toRemote, whenDrained } from './socket.ts'
import { connectWithRetry, KEEP_ALIVE, startListening, toConnectOptions, toListenOptions } from './tcp.ts'

/*
 * A proxy gains nothing by batches: each read from one side is one write to the other side, and a message that waited for other messages in
 * a batch would arrive later. Therefore these sockets deliver each read in the callback of the system, without a batch. (A server gains
 * more time by batches than it loses by waiting. Therefore a server uses the sockets of `socket.ts`.)
 *
 * All sockets of a `DirectSockets` read into one buffer, because only one callback runs at a time. A socket reads nothing before `open`:
 * until then, the system buffers the bytes of the peer, and a peer that sends many bytes has to wait.
 *
 * `write` first calls the system directly, with the descriptor of the non-blocking socket. The stream of Node takes about 1 us longer for
 * each write, and uses the memory of the bytes after the call. If the peer does not read, the system accepts only a part of the bytes.
 * `write` passes the other bytes to the stream, which waits for the peer, and reports errors. While bytes wait in the stream, `write` also
 * passes all later bytes to the stream. The descriptor is valid as long as the stream is writable.
 */

/** DirectSockets listens and connects over TCP for a proxy. */
export class DirectSockets {
  readonly #buffer = new Uint8Array(READ_SIZE)
  readonly #onread: OnReadOpts = { buffer: this.#buffer, callback: onRead }

  /** Listens for peers. Rejects with the system's error, such as EADDRINUSE. */
  listen(at: Address, accept: (transport: Transport) => void): Promise<Listener> {
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true, ...keepAlive }, (socket) =>
      accept(new DirectTransport(socket, this.#onread)),
    )
    return startListening(server, toListenOptions(at))
  }

  /** Connects to a server. Rejects with the system's error if no server listens. */
  async connect(to: Address, clock: Clock): Promise<Transport> {
    // `pause` precedes `connect`, so that the socket reads nothing before `open` of the transport
    const open = () => new Socket({ allowHalfOpen: true, noDelay: true, onread: this.#onread }).pause().connect(toConnectOptions(to))
    return new DirectTransport(await connectWithRetry(open, 0, clock))
  }
}

const CARRIER = Symbol('the transport of a socket')

interface Carried extends Socket {
  [CARRIER]?: DirectTransport
}

type Handle = NonNullable<SocketConstructorOpts['handle']>

/** DirectTransport is the transport of a TCP socket that delivers each read immediately. */
class DirectTransport implements Transport {
  readonly datagrams = false
  readonly copiesWrites = true
  readonly remote: Address
  #socket: Carried
  /** The socket's descriptor in the system; -1 on systems without descriptors for sockets. */
  #descriptor = -1
  /**
   * Options for the socket that replaces an accepted socket, because an accepted socket cannot read into the buffer. Missing for other
   * sockets.
   */
  readonly #onread: OnReadOpts | undefined
  #sink: Sink | undefined
  #isPaused = false
  #broken: string | undefined

  constructor(socket: Socket, onread?: OnReadOpts) {
    this.#socket = socket
    this.#onread = onread
    this.remote = toRemote(socket)
    // `open` replaces an accepted socket
    if (!onread) this.#carry(socket)
  }

  get unsent(): number {
    return this.#socket.writableLength
  }

  get loopback(): boolean {
    return isLoopback(this.remote)
  }

  open(sink: Sink): void {
    this.#sink = sink
    if (this.#onread) this.#socket = this.#carry(toReading(this.#socket, this.#onread))
    if (this.#socket.closed) process.nextTick(() => sink.closed(this.#broken))
    else if (!this.#isPaused) this.#socket.resume()
  }

  scheduleFlush(what: Flushable): void {
    process.nextTick(() => what.flush())
  }

  /** Called with each read. Returns whether the socket may continue to read. */
  read(bytes: Uint8Array): boolean {
    this.#sink?.data(bytes)
    return !this.#isPaused
  }

  finished(): void {
    this.#sink?.finished()
  }

  closed(): void {
    this.#sink?.closed(this.#broken)
  }

  failed({ code, message }: NodeJS.ErrnoException): void {
    this.#broken ??= code ?? message
  }

  write(data: string | Uint8Array): void {
    const socket = this.#socket
    if (!socket.writable) return
    if (typeof data === 'string') return void socket.write(data)
    const sent = socket.writableLength === 0 ? this.#writeNow(data) : 0
    if (sent < data.length) socket.write(new Uint8Array(data.subarray(sent)))
  }

  whenSent(then: () => void): void {
    whenDrained(this.#socket, then)
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#socket.resume()
  }

  finish(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Writes bytes with one call of the system. Returns the number of bytes that the system has accepted. */
  #writeNow(bytes: Uint8Array): number {
    if (this.#descriptor < 0) return 0
    try {
      return writeSync(this.#descriptor, bytes)
    } catch {
      // the stream tries again when the system can accept bytes (EAGAIN), or reports the error
      return 0
    }
  }

  #carry(socket: Carried): Carried {
    socket[CARRIER] = this
    this.#descriptor = findDescriptor(socket)
    return socket.on('error', onError).on('end', onEnd).on('close', onClose)
  }
}

/**
 * Returns a socket that replaces an accepted socket and reads into a buffer, because `net.Server` cannot set such a buffer (see
 * `socket.ts`).
 */
function toReading(accepted: Socket, onread: OnReadOpts): Socket {
  const { _handle: handle } = accepted as { _handle?: unknown }
  // the peer may have disconnected
  if (!isHandle(handle)) return accepted
  Object.assign(accepted, { _handle: null })
  accepted.destroy()
  return new Socket({ handle, onread, allowHalfOpen: true })
}

/** Returns the descriptor of a connected socket; -1 if the socket has no descriptor. */
function findDescriptor(socket: Socket): number {
  const { _handle: handle } = socket as { _handle?: unknown }
  return handle instanceof Object && 'fd' in handle && typeof handle.fd === 'number' ? handle.fd : -1
}

function isHandle(value: unknown): value is Handle {
  return value instanceof Object && 'useUserBuffer' in value && typeof value.useUserBuffer === 'function'
}

function onRead(this: Carried, length: number, buffer: Uint8Array): boolean {
  return this[CARRIER]?.read(buffer.subarray(0, length)) ?? true
}

function onEnd(this: Carried): void {
  this[CARRIER]?.finished()
}

function onClose(this: Carried): void {
  this[CARRIER]?.closed()
}

function onError(this: Carried, error: NodeJS.ErrnoException): void {
  this[CARRIER]?.failed(error)
}
