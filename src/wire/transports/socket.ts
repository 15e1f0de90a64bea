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

/** SocketTransport carries a conversation over a stream socket: TCP, TLS, or a Unix socket. */
export class SocketTransport implements Transport {
  readonly datagrams = false
  readonly #socket: Socket
  /** The TCP socket below TLS: only that can be reset. */
  readonly #below: Socket
  #remote: Address | undefined
  readonly #loopback: string | undefined
  #broken: string | undefined

  constructor(socket: Socket, { remote, loopback, below = socket }: Known = {}) {
    this.#socket = socket
    this.#below = below
    this.#remote = remote ?? (loopback === undefined ? remoteOf(socket) : undefined)
    this.#loopback = loopback
    // from the first moment on, since a peer may break off while it still waits to be served
    const broken = (error: NodeJS.ErrnoException) => {
      this.#broken ??= error.code ?? error.message
    }
    socket.on('error', broken)
    if (below !== socket) below.on('error', broken)
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
    const finished = () => heardTogether(() => sink.finished())
    const closed = () => heardTogether(() => sink.closed(this.#broken))
    // a peer that had to wait may have gone already, and its events with it
    if (this.#socket.closed) return process.nextTick(closed)
    if (this.#socket.readableEnded) process.nextTick(finished)
    this.#socket
      .on('data', (bytes: Uint8Array) => heardTogether(() => sink.data(bytes), bytes.length))
      .on('end', finished)
      .on('close', closed)
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

/** The peer's address as its socket gives it, IPv4 as such; a peer that has gone already has none, or only a host that is known. */
export function remoteOf(socket: Socket, known = 'gone'): Address {
  return { host: (socket.remoteAddress ?? known).replace(/^::ffff:(?=\d+\.)/, ''), port: socket.remotePort ?? 0 }
}

/** Whether an address is this very machine: 127.0.0.0/8, ::1, or a Unix socket. */
export function isLoopback({ host, port }: Address): boolean {
  return port === 0 || isLoopbackHost(host)
}

/** Whether a host's address can only be reached from this very machine. */
export function isLoopbackHost(host: string): boolean {
  return host === '::1' || /^(::ffff:)?127\./.test(host)
}
