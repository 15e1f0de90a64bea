import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { type Clock, createSystemClock } from '../../base/clock.ts'
import type { Address, Flushable, Listener, Sink, Transport } from '../transport.ts'
import { isLoopback } from './socket.ts'

/** Maximum number of remotes at a time. Half of this number is the maximum per host. The listener drops datagrams of further remotes. */
const REMOTES = 1024
/** Default timeout in milliseconds for the next datagram of a remote, because datagrams have no end of stream. */
const IDLE = 60_000
/** Maximum number of remotes that one turn of the event loop closes because of a timeout. */
const AT_ONCE = 20
/** Default maximum number of datagrams that a transport stores before `open`. */
const EARLY = 4

/**
 * The maximum size of an answer is the larger of two numbers: this number of bytes, or the bytes of the request times this factor. The
 * sender may have forged its address, and the server must not amplify an attack on the real owner of the address (RFC 9000, section 8.1,
 * has the factor).
 */
const ANSWER = 128
const TIMES = 3
/** Largest payload of a datagram in bytes. */
const DATAGRAM = 65_507

export interface UdpOptions {
  clock?: Clock
  /** Maximum number of remotes at a time. Half of this number is the maximum per host. Default: 1,024. */
  remotes?: number
  /** Timeout in milliseconds for the next datagram of a remote. Default: 60,000. */
  idle?: number
  /**
   * Checks whether an unknown remote may become a peer now; otherwise the listener drops the datagram of the remote. By default, every
   * remote may become a peer.
   */
  mayBegin?: () => boolean
  /** True if an answer may have any length, because this side only relays the answers of another server. Default: false. */
  unlimitedAnswers?: boolean
  /** Limit of datagrams that a transport stores before `open`. Default: 4. */
  early?: number
}

/**
 * Listens for datagrams at an address. Each remote address is a peer with a separate transport. The peer exists from its first datagram
 * until the transport closes, or until the peer has sent no datagram for `idle` milliseconds.
 */
export async function listenUdp(at: Address, accept: (transport: Transport) => void, options: UdpOptions = {}): Promise<Listener> {
  const socket = await openSocket(at.host, (one, host, done) => one.bind(at.port, host, done))
  return acceptDatagrams(socket, accept, options)
}

/** Accepts peers as `listenUdp` does, but at a socket that is already bound. */
export function acceptDatagrams(socket: Socket, accept: (transport: Transport) => void, options: UdpOptions = {}): Listener {
  const listener = new UdpListener(socket, accept, options)
  const { address: host, port } = socket.address()
  return { address: { host, port }, over: 'UDP', close: async () => listener.close() }
}

/** Returns a transport for datagrams to and from one address. Does not check whether a server listens at that address. */
export async function connectUdp(to: Address, family?: 4 | 6): Promise<Transport> {
  return toTransport(await openSocket(to.host, (one, host, done) => one.connect(to.port, host, done), family))
}

/** Returns the transport of a connected socket, which exchanges datagrams with one address. */
export function toTransport(socket: Socket): Transport {
  const { address: host, port } = socket.remoteAddress()
  const transport = new UdpTransport(
    { host, port },
    (data, done) => socket.send(data, done),
    () => socket.close(),
  )
  socket.on('message', (bytes) => transport.take(bytes))
  // on a connected socket, the network reports that no server listens at the address
  socket.on('error', (error: NodeJS.ErrnoException) => transport.close(error.code ?? error.message))
  return transport
}

/** Creates a datagram socket of the right family, which `ready` binds or connects. */
async function openSocket(
  name: string,
  ready: (socket: Socket, host: string, done: (error?: Error) => void) => void,
  family?: 4 | 6,
): Promise<Socket> {
  const { address, family: found } = await lookup(name, { order: 'ipv4first', ...(family === undefined ? {} : { family }) })
  const socket = createSocket(found === 6 ? 'udp6' : 'udp4')
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      socket.close()
      reject(error)
    }
    socket.once('error', failed)
    ready(socket, address, (error) => {
      socket.off('error', failed)
      if (error) failed(error)
      else resolve(socket)
    })
  })
}

/** UdpListener assigns the datagrams of one socket to remotes. */
class UdpListener {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #idle: number
  readonly #most: number
  readonly #kind: typeof UdpTransport
  readonly #early: number
  /** The remotes by address, in the order in which the remotes last sent a datagram. */
  readonly #remotes = new Map<string, { transport: UdpTransport; receivedAt: number }>()
  /** Number of remotes of each host, so that one host with many ports cannot exclude other hosts. */
  readonly #hosts = new Map<string, number>()
  #closing = false
  #cancelSweep: (() => void) | undefined

  constructor(
    socket: Socket,
    accept: (transport: Transport) => void,
    { clock = createSystemClock(), remotes = REMOTES, idle = IDLE, mayBegin = always, unlimitedAnswers = false, early = EARLY }: UdpOptions,
  ) {
    this.#kind = unlimitedAnswers ? UdpTransport : UdpAnswers
    this.#early = early
    this.#socket = socket
    this.#clock = clock
    this.#idle = idle
    this.#most = remotes
    // an error on a shared socket does not name the remote that has caused the error
    socket.on('error', () => {})
    socket.on('message', (bytes, { address: host, port }) => {
      const name = `${host} ${port}`
      const known = this.#remotes.get(name)
      if (!known && (this.#closing || !this.#hasRoom(host) || !mayBegin())) return
      const transport = known?.transport ?? this.#transport(name, { host: host.replace(/^::ffff:(?=\d+\.)/, ''), port }, host)
      this.#remotes.delete(name)
      this.#remotes.set(name, { transport, receivedAt: clock.monotonic() })
      transport.take(bytes)
      if (known) return
      this.#sweep()
      accept(transport)
    })
  }

  /** Accepts no further remotes, and closes the socket when the last remote closes. */
  close(): void {
    if (this.#closing) return
    this.#closing = true
    this.#endIfLast()
  }

  #hasRoom(host: string): boolean {
    return this.#remotes.size < this.#most && (this.#hosts.get(host) ?? 0) < Math.ceil(this.#most / 2)
  }

  #transport(name: string, remote: Address, host: string): UdpTransport {
    this.#hosts.set(host, (this.#hosts.get(host) ?? 0) + 1)
    return new this.#kind(
      remote,
      (data, done) => this.#socket.send(data, remote.port, host, done),
      () => {
        this.#remotes.delete(name)
        const left = (this.#hosts.get(host) ?? 1) - 1
        if (left > 0) this.#hosts.set(host, left)
        else this.#hosts.delete(host)
        this.#endIfLast()
      },
      this.#early,
    )
  }

  #endIfLast(): void {
    if (this.#remotes.size > 0) return
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
    if (this.#closing) this.#socket.close()
  }

  /** Closes the remotes that have reached the timeout, and runs again when the next remote may reach the timeout. */
  #sweep(): void {
    if (this.#cancelSweep) return
    const [oldest] = this.#remotes.values()
    if (!oldest) return
    this.#cancelSweep = this.#clock.after(Math.max(0, oldest.receivedAt + this.#idle - this.#clock.monotonic()), () => {
      this.#cancelSweep = undefined
      const before = this.#clock.monotonic() - this.#idle
      let left = AT_ONCE
      for (const { transport, receivedAt } of this.#remotes.values()) {
        // other remotes have also reached the timeout; the next sweep closes these remotes
        if (receivedAt > before || left-- === 0) break
        transport.close()
      }
      this.#sweep()
    })
  }
}

const always = () => true

/** UdpTransport is the transport of datagrams to and from one remote. */
class UdpTransport implements Transport {
  readonly remote: Address
  readonly datagrams = true
  unsent = 0
  readonly #send: (data: string | Uint8Array, done: (error: NodeJS.ErrnoException | null) => void) => void
  readonly #forget: () => void
  #sink: Sink | undefined
  #early: Uint8Array[] = []
  readonly #earlyLimit: number
  #sending = 0
  #finished = false
  #closed = false
  #broken: string | undefined

  constructor(
    remote: Address,
    send: (data: string | Uint8Array, done: (error: NodeJS.ErrnoException | null) => void) => void,
    forget: () => void,
    earlyLimit = EARLY,
  ) {
    this.#earlyLimit = earlyLimit
    this.remote = remote
    this.#send = send
    this.#forget = forget
  }

  get loopback(): boolean {
    return isLoopback(this.remote)
  }

  open(sink: Sink): void {
    this.#sink = sink
    for (const bytes of this.#early) sink.data(bytes)
    this.#early = []
    if (this.#closed) process.nextTick(() => sink.closed(this.#broken))
  }

  scheduleFlush(what: Flushable): void {
    process.nextTick(() => what.flush())
  }

  write(data: string | Uint8Array): void {
    if (this.#finished || this.#closed) return
    const { length } = data
    this.#sending++
    this.unsent += length
    this.#send(data, (error) => {
      this.#sending--
      this.unsent -= length
      if (error) this.close(error.code ?? error.message)
      else if (this.#finished && this.#sending === 0) this.close()
    })
  }

  whenSent(then: () => void): void {
    then()
  }

  /** Does nothing: datagrams do not wait for a reader. */
  pause(): void {}
  resume(): void {}

  finish(): void {
    this.#finished = true
    if (this.#sending === 0) this.close()
  }

  destroy(): void {
    this.close()
  }

  reset(): void {
    this.close()
  }

  /** Called with the length of each datagram that has arrived. */
  protected noteReceived(_length: number): void {}

  /** Handles a datagram that has arrived. */
  take(bytes: Uint8Array): void {
    if (this.#closed) return
    this.noteReceived(bytes.length)
    if (this.#sink) this.#sink.data(bytes)
    else if (this.#early.length < this.#earlyLimit) this.#early.push(bytes)
  }

  /** Removes the remote and closes the sink. */
  close(broken?: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#broken = broken
    this.#forget()
    const sink = this.#sink
    if (sink) process.nextTick(() => sink.closed(broken))
  }
}

/** UdpAnswers is the transport to a remote that has sent datagrams. If the remote sends more bytes, this side may send more bytes. */
class UdpAnswers extends UdpTransport {
  /** Number of bytes that the answers may still have. */
  #room = 0
  /** Length of the last datagram that has arrived. */
  #last = 0

  protected override noteReceived(length: number): void {
    this.#last = length
    this.#room += roomFor(length)
  }

  override write(data: string | Uint8Array): void {
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length
    if (length <= Math.min(this.#room, DATAGRAM)) {
      this.#room -= length
      return super.write(data)
    }
    const most = Math.min(roomFor(this.#last), DATAGRAM)
    const sentence = `Answer not sent: ${length} bytes, and the limit over UDP is ${most} for ${this.#last} received bytes. Use TCP.`
    if (sentence.length <= this.#room) super.write(sentence)
    this.close('EANSWER')
  }
}

function roomFor(length: number): number {
  return Math.max(ANSWER, TIMES * length)
}
