import type { Clock } from './clock.ts'
import type { Framing } from './framing.ts'
import type { Flushable, Transport } from './transport.ts'

/** Characters that are kept for one write at most. */
const BATCH = 16 * 1024

/** OutboxOwner is notified when its peer does not read. */
export interface OutboxOwner {
  /** More bytes wait for the peer than the limit says. */
  full(waiting: number, limit: number): void
}

/** OutboxOptions is what one outbox is made of. */
export interface OutboxOptions {
  transport: Transport
  framing: Framing
  clock: Clock
  /** Bytes waiting for the peer at which it counts as one that does not read. */
  limit: number
  /** Milliseconds between two messages that the peer did not answer in between. */
  pace: number
  owner: OutboxOwner
}

/**
 * Outbox sends messages: all that is said while what runs now runs, in one write, or, with a pace, each by itself
 * and not too soon after the one before (PROTOCOLS Q1, Q2: receivers that lose what arrives together).
 */
export class Outbox implements Flushable {
  readonly #transport: Transport
  readonly #framing: Framing
  readonly #clock: Clock
  readonly #limit: number
  readonly #pace: number
  readonly #owner: OutboxOwner
  #text = ''
  /** Messages that wait for their time. */
  #queue: (string | Uint8Array)[] = NONE
  #queued = 0
  #notBefore = 0
  #cancelWait: (() => void) | undefined
  #onDrained: (() => void) | undefined

  constructor({ transport, framing, clock, limit, pace, owner }: OutboxOptions) {
    this.#transport = transport
    this.#framing = framing
    this.#clock = clock
    this.#limit = limit
    this.#pace = pace
    this.#owner = owner
  }

  send(message: string): void {
    const data = this.#framing.encode(message)
    if (this.#pace > 0) return this.#sendPaced(data)
    if (typeof data !== 'string' || this.#framing.alone || this.#transport.datagrams) return this.sendNow(data)
    if (this.#text === '') this.#transport.soon(this)
    this.#text += data
    if (this.#text.length > BATCH) this.flush()
  }

  /** Writes at once, in a write of its own, whatever the framing and the pace. */
  sendNow(data: string | Uint8Array): void {
    this.flush()
    this.#write(data)
  }

  /** Writes what was said and waits to be written together. */
  flush(): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    this.#write(text)
  }

  /** The peer has said something, so the next message need not wait. */
  answered(): void {
    this.#notBefore = 0
    if (this.#cancelWait) this.#pump()
  }

  /** Writes what may be written now; answers whether that was everything. */
  flushed(): boolean {
    this.flush()
    return this.#queue.length === 0
  }

  /** Resolves when everything that waits was given to the transport, or forgotten. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#onDrained
      this.#onDrained = () => {
        before?.()
        resolve()
      }
    })
  }

  /** Forgets what was not yet given to the transport. */
  clear(): void {
    this.#text = ''
    this.#queue = NONE
    this.#queued = 0
    this.#pump()
  }

  #sendPaced(data: string | Uint8Array): void {
    if (this.#queue.length === 0) this.#queue = [data]
    else this.#queue.push(data)
    this.#queued += data.length
    if (!this.#cancelWait) this.#pump()
    this.#watch()
  }

  /** Writes what is due, and waits for the time of the rest. */
  #pump(): void {
    this.#cancelWait?.()
    this.#cancelWait = undefined
    for (;;) {
      const data = this.#queue[0]
      if (data === undefined) break
      const wait = this.#notBefore - this.#clock.monotonic()
      if (wait > 0) {
        this.#cancelWait = this.#clock.after(wait, () => this.#pump())
        return
      }
      this.#queue.shift()
      this.#queued -= data.length
      this.#notBefore = this.#clock.monotonic() + this.#pace
      this.#write(data)
    }
    const drained = this.#onDrained
    this.#onDrained = undefined
    drained?.()
  }

  #write(data: string | Uint8Array): void {
    if (data.length === 0 && !this.#transport.datagrams) return
    this.#transport.write(data)
    this.#watch()
  }

  /** Looks whether the peer takes what is sent to it. */
  #watch(): void {
    const waiting = this.#transport.unsent + this.#queued
    if (waiting <= this.#limit) return
    this.clear()
    this.#owner.full(waiting, this.#limit)
  }
}

/** What all empty outboxes share. */
const NONE: (string | Uint8Array)[] = []
