import { Socket, type SocketConstructorOpts } from 'node:net'
import type { Address, Flushable, Sink, Transport } from '../transport.ts'
import { heardTogether, keptTogether, READ_SIZE, saidTogether } from './together.ts'

/*
 * Node reads a socket into a new array of 64 KB each time, and stops only when two of them are full. Fifty clients that
 * begin to pipeline so cost 6 MB of fresh pages in one turn of the event loop, for which all others wait, and then the
 * collection of that garbage. A socket with `onread` reads into a buffer of ours, which all can share, 16 KB at a time, and
 * stops at once where its callback says so. Such sockets can only be made, and not accepted; therefore the handle of the
 * one that was accepted goes to one that is made, as Node does where a socket goes to another process.
 */

/** Known is what need not be found out about a socket. */
interface Known {
  /** The peer's address. */
  readonly remote?: Address
  /** The peer's host, which can only be this machine: then its port is asked for when somebody wants to know it. */
  readonly loopback?: string
  /** The TCP socket below TLS. */
  readonly below?: Socket
}

/*
 * The listeners are the same for all sockets, and find their transport by a property of the socket: listeners of
 * its own would be 300 bytes of each idle connection.
 */
const CARRIER = Symbol('the transport of a socket')

interface Carried extends Socket {
  [CARRIER]?: SocketTransport
}

/** SocketTransport carries a conversation over a stream socket: TCP, TLS, or a Unix socket. */
export class SocketTransport implements Transport {
  readonly datagrams = false
  readonly #socket: Socket
  /** The TCP socket below TLS: only that can be reset. */
  readonly #below: Socket
  #remote: Address | undefined
  readonly #loopback: string | undefined
  #broken: string | undefined
  #sink: Sink | undefined
  #paused = false
  /** Bytes come as events, and not by `read`. */
  #hasEvents = true
  /** What the peer has said before somebody took it. */
  #early: Uint8Array | undefined

  /** The transport of a socket that a server has accepted, and has not read from yet (`pauseOnConnect`). */
  static accepted(socket: Socket, known: Known): SocketTransport {
    const own = withOnRead(socket)
    const transport = new SocketTransport(own, known)
    transport.#hasEvents = own === socket
    return transport
  }

  constructor(socket: Socket, { remote, loopback, below = socket }: Known = {}) {
    this.#socket = socket
    this.#below = below
    this.#remote = remote ?? (loopback === undefined ? remoteOf(socket) : undefined)
    this.#loopback = loopback
    // from the first moment on, since a peer may break off while it still waits to be served
    carriedBy(this, socket).on('error', onError)
    if (below !== socket) carriedBy(this, below).on('error', onError)
  }

  get remote(): Address {
    this.#remote ??= remoteOf(this.#socket, this.#loopback)
    return this.#remote
  }

  get unsent(): number {
    return this.#socket.writableLength
  }

  get loopback(): boolean {
    return this.#loopback !== undefined || isLoopback(this.remote)
  }

  /** Whether the peer has broken the connection off before it has said a word. */
  get isGone(): boolean {
    return this.#broken !== undefined && this.#early === undefined
  }

  open(sink: Sink): void {
    this.#sink = sink
    const early = this.#early
    this.#early = undefined
    if (early) process.nextTick(() => this.#hear(early, true))
    // a peer that had to wait may have gone already, and its events with it
    if (this.#socket.closed) return process.nextTick(() => this.closed())
    if (this.#socket.readableEnded) process.nextTick(() => this.finished())
    this.#socket.on('end', onEnd).on('close', onClose)
    // this would make the other kind read on, too
    if (this.#hasEvents) this.#socket.on('data', onData)
    if (!early) this.#socket.resume()
  }

  /** The socket has brought bytes. */
  data(bytes: Uint8Array): void {
    heardTogether(() => this.#sink?.data(bytes), bytes.length)
  }

  /** The socket has read bytes, which are there until this returns; answers whether it is to read on. */
  read(bytes: Uint8Array): boolean {
    const whole = bytes.length < READ_SIZE
    if (!this.#sink) {
      this.#early = Buffer.concat(this.#early ? [this.#early, bytes] : [bytes])
      return whole && this.#early.length < READ_SIZE
    }
    this.#hear(keptTogether(bytes), !whole)
    return whole
  }

  /** Has bytes heard; then, if the socket has stopped reading behind them, it goes on. */
  #hear(bytes: Uint8Array, stopped: boolean): void {
    heardTogether(() => {
      this.#sink?.data(bytes)
      if (stopped && !this.#paused) this.#socket.resume()
    }, bytes.length)
  }

  /** The socket will bring nothing more. */
  finished(): void {
    heardTogether(() => this.#sink?.finished())
  }

  /** The socket is closed. */
  closed(): void {
    heardTogether(() => this.#sink?.closed(this.#broken))
  }

  /** The socket has failed. */
  failed({ code, message }: NodeJS.ErrnoException): void {
    this.#broken ??= code ?? message
  }

  soon(what: Flushable): void {
    saidTogether(what)
  }

  write(data: string | Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(data)
  }

  whenSent(then: () => void): void {
    if (!this.#socket.writableNeedDrain || this.#socket.destroyed) return then()
    const once = () => {
      this.#socket.off('drain', once).off('close', once)
      then()
    }
    this.#socket.on('drain', once).on('close', once)
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

/** What all accepted sockets read into: bytes are there until the callback returns. */
const READ_BUFFER = new Uint8Array(READ_SIZE)
const ONREAD = { buffer: READ_BUFFER, callback: onRead }

function onRead(this: Carried, length: number): boolean {
  return this[CARRIER]?.read(READ_BUFFER.subarray(0, length)) ?? false
}

type Handle = NonNullable<SocketConstructorOpts['handle']>

/** A socket in place of an accepted one, which reads with `ONREAD` from now on; the accepted one where Node's have no such handle. */
function withOnRead(accepted: Socket): Socket {
  const { _handle: handle } = accepted as { _handle?: unknown }
  if (!isHandle(handle)) return accepted
  Object.assign(accepted, { _handle: null })
  accepted.destroy()
  return new Socket({ handle, onread: ONREAD, allowHalfOpen: accepted.allowHalfOpen })
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

/** The peer's address as its socket gives it, IPv4 as such; a peer that has gone already has none, or only a host that is known. */
export function remoteOf(socket: Socket, known = 'gone'): Address {
  return { host: (socket.remoteAddress ?? known).replace(/^::ffff:(?=\d+\.)/, ''), port: socket.remotePort ?? 0 }
}

/** Checks whether an address is this very machine: 127.0.0.0/8, ::1, or a Unix socket. */
export function isLoopback({ host, port }: Address): boolean {
  return port === 0 || isLoopbackHost(host)
}

/** Checks whether a host's address can only be reached from this very machine. */
export function isLoopbackHost(host: string): boolean {
  return host === '::1' || /^(::ffff:)?127\./.test(host)
}
