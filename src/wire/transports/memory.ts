import { encode } from '../text.ts'
import type { Address, Flushable, Sink, Transport } from '../transport.ts'

/** Returns two connected transports. Each transport delivers the data that the other transport writes, in a later microtask. */
export function memoryPair(options: { datagrams?: boolean } = {}): [MemoryTransport, MemoryTransport] {
  const one = new MemoryTransport(options.datagrams ?? false)
  const other = new MemoryTransport(options.datagrams ?? false)
  one.join(other)
  other.join(one)
  return [one, other]
}

/** MemoryTransport is one end of a pair in one process, for tests and for programs that play against themselves. */
export class MemoryTransport implements Transport {
  readonly remote: Address = { host: 'memory', port: 0 }
  readonly loopback = true
  readonly datagrams: boolean
  /** All data that this end has written, write by write. */
  readonly written: Uint8Array[] = []
  /** The kind of close of this end; `undefined` while this end is open. */
  closeKind: 'finished' | 'destroyed' | 'reset' | undefined
  #other: MemoryTransport = this
  #sink: Sink | undefined
  #incoming: { bytes: number; event: (sink: Sink) => void }[] = []
  #paused = false
  /** Callbacks that run when the sink has read all data that has arrived. */
  #onRead: (() => void)[] = []
  #finished = false
  #closed = false

  constructor(datagrams: boolean) {
    this.datagrams = datagrams
  }

  join(other: MemoryTransport): void {
    this.#other = other
  }

  get unsent(): number {
    const other = this.#other
    return other.#paused ? other.#incoming.reduce((sum, { bytes }) => sum + bytes, 0) : 0
  }

  open(sink: Sink): void {
    this.#sink = sink
    this.#deliver()
  }

  scheduleFlush(what: Flushable): void {
    queueMicrotask(() => what.flush())
  }

  write(data: string | Uint8Array): void {
    if (this.#finished || this.#closed) return
    const bytes = typeof data === 'string' ? encode(data) : data
    this.written.push(bytes)
    // the system does the same when it receives data for a closed socket
    if (this.#other.#closed) this.#close('EPIPE')
    else this.#other.#take((sink) => sink.data(bytes), bytes.length)
  }

  whenSent(then: () => void): void {
    if (this.unsent === 0 || this.#closed) then()
    else this.#other.#onRead.push(then)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#deliver()
  }

  finish(): void {
    if (this.#finished || this.#closed) return
    this.#finished = true
    this.closeKind ??= 'finished'
    const other = this.#other
    other.#take((sink) => sink.finished())
    if (!other.#finished) return
    this.#close()
    other.#close()
  }

  destroy(): void {
    this.closeKind ??= 'destroyed'
    this.finish()
    this.#closeNow()
  }

  reset(): void {
    if (this.#closed) return
    this.closeKind = 'reset'
    this.#closeNow()
    this.#other.#close('ECONNRESET')
  }

  /** Closes this end and drops the bytes that the sink has not received yet. */
  #closeNow(): void {
    if (this.#closed) return
    this.#incoming = []
    this.#paused = false
    this.#deliver()
    this.#close()
  }

  #close(broken?: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#take((sink) => sink.closed(broken))
  }

  #take(event: (sink: Sink) => void, bytes = 0): void {
    this.#incoming.push({ bytes, event })
    queueMicrotask(() => this.#deliver())
  }

  #deliver(): void {
    while (this.#sink && !this.#paused) {
      const next = this.#incoming.shift()
      if (!next) break
      next.event(this.#sink)
    }
    if (this.#incoming.length > 0) return
    const onRead = this.#onRead
    this.#onRead = []
    for (const then of onRead) then()
  }
}
