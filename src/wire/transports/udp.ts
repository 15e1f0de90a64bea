import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { type Clock, wallClock } from '../clock.ts'
import type { Address, Flushable, Listener, Sink, Transport } from '../transport.ts'
import { isLoopback } from './socket.ts'

/** How many remotes are known at once, half of them of one host; datagrams of further ones are lost. */
const REMOTES = 1024
/** Milliseconds without a datagram after which a remote is forgotten, since none of them ever says goodbye. */
const IDLE = 60_000
/** Remotes that are closed together because they were silent for too long, at most. */
const AT_ONCE = 20
/** Datagrams kept for a transport that nobody has opened yet. */
const EARLY = 4

/**
 * Bytes that a datagram may bring its sender, at least, and how many times its own: the address may be false, and the server
 * is no amplifier for whoever sends in the name of another (RFC 9000, section 8.1, has the three).
 */
const ANSWER = 128
const TIMES = 3
/** Bytes that a datagram can carry. */
const DATAGRAM = 65_507

/** UdpOptions is how a place for datagrams is run. */
export interface UdpOptions {
  clock?: Clock
  /** How many remotes are known at once, half of them of one host: 1,024. */
  remotes?: number
  /** Milliseconds without a datagram after which a remote is forgotten: 60,000. */
  idle?: number
  /** Checks whether an unknown remote may become a peer now, if there is room; always by default. Otherwise its datagram is lost. */
  mayBegin?: () => boolean
}

/**
 * Listens for datagrams at an address. Each remote address is a peer with a transport of its own, from its first
 * datagram until the transport is closed or nothing has come for `idle` milliseconds.
 */
export async function listenUdp(at: Address, accept: (transport: Transport) => void, options: UdpOptions = {}): Promise<Listener> {
  const socket = await opened(at.host, (one, host, done) => one.bind(at.port, host, done))
  const place = new UdpPlace(socket, accept, options)
  const { address: host, port } = socket.address()
  return { address: { host, port }, over: 'UDP', close: async () => place.close() }
}

/** A transport for datagrams to and from one address. Nobody is asked whether somebody is there. */
export async function connectUdp(to: Address, family?: 4 | 6): Promise<Transport> {
  const socket = await opened(to.host, (one, host, done) => one.connect(to.port, host, done), family)
  const { address: host, port } = socket.remoteAddress()
  const transport = new UdpTransport(
    { host, port },
    (data, done) => socket.send(data, done),
    () => socket.close(),
  )
  socket.on('message', (bytes) => transport.take(bytes))
  // on a connected socket the network tells that nobody listens there
  socket.on('error', (error: NodeJS.ErrnoException) => transport.close(error.code ?? error.message))
  return transport
}

/** A datagram socket of the right family that `ready` has bound or connected. */
async function opened(
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

/** UdpPlace tells the remotes of one socket apart. */
class UdpPlace {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #idle: number
  readonly #most: number
  /** By address; who was heard last is last. */
  readonly #remotes = new Map<string, { transport: UdpTransport; heardAt: number }>()
  /** Remotes of each host: one that has many ports is not to keep the others out. */
  readonly #hosts = new Map<string, number>()
  #closing = false
  #cancelSweep: (() => void) | undefined

  constructor(
    socket: Socket,
    accept: (transport: Transport) => void,
    { clock = wallClock, remotes = REMOTES, idle = IDLE, mayBegin = always }: UdpOptions,
  ) {
    this.#socket = socket
    this.#clock = clock
    this.#idle = idle
    this.#most = remotes
    // on a socket for all, what the network says of one remote cannot be told to that one
    socket.on('error', () => {})
    socket.on('message', (bytes, { address: host, port }) => {
      const name = `${host} ${port}`
      const known = this.#remotes.get(name)
      if (!known && (this.#closing || !this.#hasRoom(host) || !mayBegin())) return
      const transport = known?.transport ?? this.#transport(name, { host: host.replace(/^::ffff:(?=\d+\.)/, ''), port }, host)
      this.#remotes.delete(name)
      this.#remotes.set(name, { transport, heardAt: clock.monotonic() })
      transport.take(bytes)
      if (known) return
      this.#sweep()
      accept(transport)
    })
  }

  /** Knows no further remotes, and ends with the last that is known. */
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
    return new UdpAnswers(
      remote,
      (data, done) => this.#socket.send(data, remote.port, host, done),
      () => {
        this.#remotes.delete(name)
        const left = (this.#hosts.get(host) ?? 1) - 1
        if (left > 0) this.#hosts.set(host, left)
        else this.#hosts.delete(host)
        this.#endIfLast()
      },
    )
  }

  #endIfLast(): void {
    if (this.#remotes.size > 0) return
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
    if (this.#closing) this.#socket.close()
  }

  /** Forgets who was silent for too long, and comes again when the next may have been. */
  #sweep(): void {
    if (this.#cancelSweep) return
    const [oldest] = this.#remotes.values()
    if (!oldest) return
    this.#cancelSweep = this.#clock.after(Math.max(0, oldest.heardAt + this.#idle - this.#clock.monotonic()), () => {
      this.#cancelSweep = undefined
      const before = this.#clock.monotonic() - this.#idle
      let left = AT_ONCE
      for (const { transport, heardAt } of this.#remotes.values()) {
        // those that are left are due already, and are closed in the next turn of the event loop
        if (heardAt > before || left-- === 0) break
        transport.close()
      }
      this.#sweep()
    })
  }
}

const always = () => true

/** UdpTransport carries datagrams to and from one remote. */
class UdpTransport implements Transport {
  readonly remote: Address
  readonly datagrams = true
  unsent = 0
  readonly #send: (data: string | Uint8Array, done: (error: NodeJS.ErrnoException | null) => void) => void
  readonly #forget: () => void
  #sink: Sink | undefined
  #early: Uint8Array[] = []
  #sending = 0
  #finished = false
  #closed = false
  #broken: string | undefined

  constructor(
    remote: Address,
    send: (data: string | Uint8Array, done: (error: NodeJS.ErrnoException | null) => void) => void,
    forget: () => void,
  ) {
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

  soon(what: Flushable): void {
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

  /** Datagrams do not wait: what is not read in time is lost. */
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

  /** Notes that a datagram of some bytes has come. */
  protected heard(_length: number): void {}

  /** Takes a datagram that has come. */
  take(bytes: Uint8Array): void {
    if (this.#closed) return
    this.heard(bytes.length)
    if (this.#sink) this.#sink.data(bytes)
    else if (this.#early.length < EARLY) this.#early.push(bytes)
  }

  /** Ends what there is of a connection: the remote is forgotten. */
  close(broken?: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#broken = broken
    this.#forget()
    const sink = this.#sink
    if (sink) process.nextTick(() => sink.closed(broken))
  }
}

/** UdpAnswers carries datagrams to a remote that has sent some, and in all no more than these may bring. */
class UdpAnswers extends UdpTransport {
  /** Bytes that may still be sent. */
  #room = 0
  /** Bytes of the last datagram that has come. */
  #last = 0

  protected override heard(length: number): void {
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
    const sentence = `Not sent over UDP: ${length} bytes, of at most ${most} for a message of ${this.#last}. Ask over TCP.`
    if (sentence.length <= this.#room) super.write(sentence)
    this.close('EANSWER')
  }
}

function roomFor(length: number): number {
  return Math.max(ANSWER, TIMES * length)
}
