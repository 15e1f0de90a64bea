import { encode } from '../text.ts'
import type { Address, Flushable, Sink, Transport } from '../transport.ts'

/** The two ends of a pair; what one writes the other reads, soon after. */
export function memoryPair(options: { datagrams?: boolean } = {}): [MemoryTransport, MemoryTransport] {
  const one = new MemoryTransport(options.datagrams ?? false)
  const other = new MemoryTransport(options.datagrams ?? false)
  one.join(other)
  other.join(one)
  return [one, other]
}

/** MemoryTransport joins two ends in one process, for tests and for programs that play with themselves. */
export class MemoryTransport implements Transport {
  readonly remote: Address = { host: 'memory', port: 0 }
  readonly loopback = true
  readonly datagrams: boolean
  /** Everything this end has written, write by write. */
  readonly written: Uint8Array[] = []
  /** How this end was given up, if it was. */
  gaveUp: 'finished' | 'destroyed' | 'reset' | undefined
  #other: MemoryTransport = this
  #sink: Sink | undefined
  #coming: { bytes: number; event: (sink: Sink) => void }[] = []
  #paused = false
  /** Called when everything that has come is read. */
  #onRead: (() => void)[] = []
  #finished = false
  #closed = false

  constructor(datagrams: boolean) {
    this.datagrams = datagrams
  }

  /** Makes `other` the far end. */
  join(other: MemoryTransport): void {
    this.#other = other
  }

  get unsent(): number {
    const other = this.#other
    return other.#paused ? other.#coming.reduce((sum, { bytes }) => sum + bytes, 0) : 0
  }

  open(sink: Sink): void {
    this.#sink = sink
    this.#deliver()
  }

  soon(what: Flushable): void {
    queueMicrotask(() => what.flush())
  }

  write(data: string | Uint8Array): void {
    if (this.#finished || this.#closed) return
    const bytes = typeof data === 'string' ? encode(data) : data
    this.written.push(bytes)
    // as a system that is sent to what it has closed
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
    this.gaveUp ??= 'finished'
    const other = this.#other
    other.#take((sink) => sink.finished())
    if (!other.#finished) return
    this.#close()
    other.#close()
  }

  destroy(): void {
    this.gaveUp ??= 'destroyed'
    this.finish()
    this.#giveUp()
  }

  reset(): void {
    if (this.#closed) return
    this.gaveUp = 'reset'
    this.#giveUp()
    this.#other.#close('ECONNRESET')
  }

  /** Closes this end, which hears nothing more of what was on its way. */
  #giveUp(): void {
    if (this.#closed) return
    this.#coming = []
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
    this.#coming.push({ bytes, event })
    queueMicrotask(() => this.#deliver())
  }

  #deliver(): void {
    while (this.#sink && !this.#paused) {
      const next = this.#coming.shift()
      if (!next) break
      next.event(this.#sink)
    }
    if (this.#coming.length > 0) return
    const onRead = this.#onRead
    this.#onRead = []
    for (const then of onRead) then()
  }
}
