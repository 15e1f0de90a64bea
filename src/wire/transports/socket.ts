import type { Socket } from 'node:net'
import type { Address, Flushable, Sink, Transport } from '../transport.ts'
import { heardTogether, saidTogether } from './together.ts'

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

  open(sink: Sink): void {
    this.#sink = sink
    // a peer that had to wait may have gone already, and its events with it
    if (this.#socket.closed) return process.nextTick(() => this.closed())
    if (this.#socket.readableEnded) process.nextTick(() => this.finished())
    this.#socket.on('data', onData).on('end', onEnd).on('close', onClose)
  }

  /** The socket has brought bytes. */
  data(bytes: Uint8Array): void {
    heardTogether(() => this.#sink?.data(bytes), bytes.length)
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
    this.#socket.pause()
  }

  resume(): void {
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
