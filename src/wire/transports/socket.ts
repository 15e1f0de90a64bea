import { Socket, type SocketConstructorOpts } from 'node:net'
import { encode } from '../text.ts'
import type { Address, Flushable, Sink, Transport } from '../transport.ts'
import { type Batcher, READ_SIZE } from './batching.ts'

/*
 * Problem: Node reads a socket into a new array of 64 KB each time, and stops only when two arrays are full. Fifty clients that begin to
 * pipeline cost 6 MB of fresh pages in one turn of the event loop, while all other clients wait, and cause garbage collection afterwards.
 *
 * Idea: a socket with the option `onread` reads into a buffer that the creator of the socket provides. All sockets of a batcher share one
 * buffer of 16 KB, and a socket stops as soon as its callback returns false. `net.Server` cannot accept sockets with that option, so
 * `withOnRead` moves the handle of the accepted socket to a new socket, in the same way as Node moves a socket to another process. TLS
 * sockets, and handles without user buffers, use `data` events instead.
 *
 * Invariants:
 * - The shared buffer is valid until the callback returns, so the transport copies the bytes to the memory of the batch or, before a sink
 *   is open, to `#early`. A full buffer, or 16 KB in `#early`, stops the socket until `open`.
 * - A read that fills the buffer stops the socket, so the transport reads from a fast peer only once per batch. The entry of this read in
 *   the batch resumes the socket, unless the sink has paused the transport meanwhile.
 * - Data, end and close of one socket are entries of the same batches, so the sink receives these events in the order of the system.
 * - The constructor adds the `error` listener, because a waiting peer may reset the connection, and without a listener, this reset would
 *   end the process. `closed` reports the code.
 * - The listeners are the same functions for all sockets and find the transport by the property `CARRIER`, because closures would cost 300
 *   bytes for each idle connection.
 */

/** Known has the facts that the creator of a transport already has about the socket. */
interface Known {
  /** The peer's address. */
  readonly remote?: Address
  /**
   * The peer's host, if only this machine can have this address. The transport then reads the port from the socket when a caller reads
   * `remote`.
   */
  readonly loopback?: string
  /** The TCP socket below TLS. */
  readonly below?: Socket
}

const CARRIER = Symbol('the transport of a socket')

interface Carried extends Socket {
  [CARRIER]?: SocketTransport
}

/** SocketTransport is the transport of a stream socket: TCP, TLS, or a Unix socket. */
export class SocketTransport implements Transport {
  readonly datagrams = false
  readonly #socket: Socket
  readonly #batcher: Batcher
  /** The TCP socket below TLS, because only that socket has a reset; without TLS, the same socket as `#socket`. */
  readonly #below: Socket
  #remote: Address | undefined
  readonly #loopback: string | undefined
  #broken: string | undefined
  #sink: Sink | undefined
  #paused = false
  /** True if bytes arrive as events, and not through `read`. */
  #hasEvents = true
  /** Bytes that arrived before `open`. */
  #early: Uint8Array | undefined

  /** Returns the transport of a socket that a server has accepted with `pauseOnConnect`. */
  static fromAccepted(socket: Socket, batcher: Batcher, known: Known = {}): SocketTransport {
    const own = withOnRead(socket, batcher)
    const transport = new SocketTransport(own, batcher, known)
    transport.#hasEvents = own === socket
    return transport
  }

  constructor(socket: Socket, batcher: Batcher, { remote, loopback, below = socket }: Known = {}) {
    this.#socket = socket
    this.#batcher = batcher
    this.#below = below
    this.#remote = remote ?? (loopback === undefined ? toRemote(socket) : undefined)
    this.#loopback = loopback
    carriedBy(this, socket).on('error', onError)
    if (below !== socket) carriedBy(this, below).on('error', onError)
  }

  get remote(): Address {
    this.#remote ??= toRemote(this.#socket, this.#loopback)
    return this.#remote
  }

  get unsent(): number {
    return this.#socket.writableLength
  }

  get loopback(): boolean {
    return this.#loopback !== undefined || isLoopback(this.remote)
  }

  /** True if the connection broke before the peer sent anything. */
  get isBroken(): boolean {
    return this.#broken !== undefined && this.#early === undefined
  }

  open(sink: Sink): void {
    this.#sink = sink
    const early = this.#early
    this.#early = undefined
    if (early) process.nextTick(() => this.#queue(early, true))
    // the peer may have finished or disconnected before this call; the socket has then already emitted `end` or `close`
    if (this.#socket.closed) return process.nextTick(() => this.closed())
    if (this.#socket.readableEnded) process.nextTick(() => this.finished())
    this.#socket.on('end', onEnd).on('close', onClose)
    // a `data` listener would start the flow of a socket with `onread`
    if (this.#hasEvents) this.#socket.on('data', onData)
    if (!early) this.#socket.resume()
  }

  /** Called with bytes of a `data` event. */
  data(bytes: Uint8Array): void {
    this.#batcher.queue(() => this.#sink?.data(bytes), bytes.length)
  }

  /** Called with `length` bytes in the shared buffer, valid until this method returns. Returns whether the socket may continue to read. */
  read(buffer: Uint8Array, length: number): boolean {
    const whole = length < READ_SIZE
    if (!this.#sink) {
      const bytes = buffer.subarray(0, length)
      this.#early = Buffer.concat(this.#early ? [this.#early, bytes] : [bytes])
      return whole && this.#early.length < READ_SIZE
    }
    this.#queue(this.#batcher.lend(buffer, length), !whole)
    return whole
  }

  /**
   * Queues bytes for the sink. If the socket has stopped after these bytes, the socket resumes when the batcher has delivered these bytes.
   */
  #queue(bytes: Uint8Array, stopped: boolean): void {
    this.#batcher.queue(() => {
      this.#sink?.data(bytes)
      if (stopped && !this.#paused) this.#socket.resume()
    }, bytes.length)
  }

  /** Called at the end of the stream. */
  finished(): void {
    this.#batcher.queue(() => this.#sink?.finished())
  }

  /** Called when the socket is closed. */
  closed(): void {
    this.#batcher.queue(() => this.#sink?.closed(this.#broken))
  }

  /** Called when the socket has failed; `close` follows. */
  failed({ code, message }: NodeJS.ErrnoException): void {
    this.#broken ??= code ?? message
  }

  scheduleFlush(what: Flushable): void {
    this.#batcher.scheduleFlush(what)
  }

  write(data: string | Uint8Array): void {
    if (!this.#socket.writable) return
    // a socket counts the characters of texts that it queues, and the limit is in bytes
    this.#socket.write(typeof data === 'string' && this.#socket.writableLength > 0 ? encode(data) : data)
  }

  whenSent(then: () => void): void {
    whenDrained(this.#socket, then)
  }

  pause(): void {
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#paused = false
    this.#socket.resume()
  }

  finish(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  reset(): void {
    // a Unix socket has no address family and cannot be reset
    if (this.#below.remoteFamily) this.#below.resetAndDestroy()
    this.#socket.destroy()
  }
}

function carriedBy(transport: SocketTransport, socket: Carried): Socket {
  socket[CARRIER] = transport
  return socket
}

function onRead(this: Carried, length: number, buffer: Uint8Array): boolean {
  return this[CARRIER]?.read(buffer, length) ?? false
}

type Handle = NonNullable<SocketConstructorOpts['handle']>

/**
 * Returns a socket that replaces an accepted socket and reads into the shared buffer, or the accepted socket if the socket's handle cannot
 * read into a shared buffer.
 */
function withOnRead(accepted: Socket, { readBuffer }: Batcher): Socket {
  const { _handle: handle } = accepted as { _handle?: unknown }
  if (!isHandle(handle)) return accepted
  Object.assign(accepted, { _handle: null })
  accepted.destroy()
  return new Socket({ handle, onread: { buffer: readBuffer, callback: onRead }, allowHalfOpen: accepted.allowHalfOpen })
}

function isHandle(value: unknown): value is Handle {
  return value instanceof Object && 'useUserBuffer' in value && typeof value.useUserBuffer === 'function'
}

function onData(this: Carried, bytes: Uint8Array): void {
  this[CARRIER]?.data(bytes)
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

/** Calls `then` when a socket has passed all written data to the system, or is closed. Calls `then` immediately if no data waits. */
export function whenDrained(socket: Socket, then: () => void): void {
  if (!socket.writableNeedDrain || socket.destroyed) return then()
  const once = () => {
    socket.off('drain', once).off('close', once)
    then()
  }
  socket.on('drain', once).on('close', once)
}

/**
 * Returns the peer's address. An IPv4 address has no prefix `::ffff:`. A closed socket has no address; the result then has the host `known`
 * and port 0.
 */
export function toRemote(socket: Socket, known = 'gone'): Address {
  return { host: (socket.remoteAddress ?? known).replace(/^::ffff:(?=\d+\.)/, ''), port: socket.remotePort ?? 0 }
}

/** Checks whether an address is this machine: 127.0.0.0/8, ::1, or a Unix socket. */
export function isLoopback({ host, port }: Address): boolean {
  return port === 0 || isLoopbackHost(host)
}

/** Checks whether only this machine can reach a host's address. */
export function isLoopbackHost(host: string): boolean {
  return host === '::1' || /^(::ffff:)?127\./.test(host)
}
