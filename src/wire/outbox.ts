import type { Clock } from '../base/clock.ts'
import type { Framing } from './framing/framing.ts'
import { countBytes } from './text.ts'
import type { Flushable, Transport } from './transport.ts'

/** If the messages of a write have more characters than this number, the write does not wait for more messages. */
const BATCH = 16 * 1024

/** OutboxOwner receives a notice if the peer does not read. */
export interface OutboxOwner {
  /** Called when the number of unsent bytes, `waiting`, is above the limit. */
  onOverflow(waiting: number, limit: number): void
}

export interface OutboxOptions {
  transport: Transport
  framing: Framing
  clock: Clock
  /** Maximum number of unsent bytes. */
  limit: number
  /** Milliseconds between two messages, if the peer sends nothing in between; 0 means no pace. */
  pace: number
  owner: OutboxOwner
}

/**
 * Outbox sends messages. Without a pace, the outbox sends all messages of one tick in one write. With a pace, the outbox sends each message
 * in a separate write, some time after the previous message. Some worksheet programs need a pace, because they call `recv` once for each
 * message, and lose a message if two messages arrive together.
 */
export class Outbox implements Flushable {
  readonly #transport: Transport
  readonly #framing: Framing
  readonly #clock: Clock
  readonly #limit: number
  readonly #pace: number
  readonly #owner: OutboxOwner
  #text = ''
  /** Messages that the pace delays. */
  #queue: (string | Uint8Array)[] = NONE
  /** Number of bytes of the messages that the pace delays. */
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
    if (this.#text === '') this.#transport.scheduleFlush(this)
    this.#text += data
    if (this.#text.length > BATCH) this.flush()
  }

  /** Writes immediately, in a separate write, without framing and pace. */
  sendNow(data: string | Uint8Array): void {
    this.flush()
    this.#write(data)
  }

  /** Writes the messages of this tick. */
  flush(): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    this.#write(text)
  }

  /** Sends the next message without delay, because the peer has sent a message. */
  onPeerData(): void {
    this.#notBefore = 0
    if (this.#cancelWait) this.#pump()
  }

  /** Writes the messages that are due now; returns true if no message is left. */
  tryFlush(): boolean {
    this.flush()
    return this.#queue.length === 0
  }

  /** Resolves when the outbox has passed all messages to the transport, or has dropped all messages. */
  whenDrained(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#onDrained
      this.#onDrained = () => {
        before?.()
        resolve()
      }
    })
  }

  /** Drops all messages that the outbox has not passed to the transport yet. */
  clear(): void {
    this.#text = ''
    this.#queue = NONE
    this.#queued = 0
    this.#pump()
  }

  #sendPaced(data: string | Uint8Array): void {
    if (this.#queue.length === 0) this.#queue = [data]
    else this.#queue.push(data)
    this.#queued += toSize(data)
    if (!this.#cancelWait) this.#pump()
    this.#watch()
  }

  /** Writes the messages that are due, and schedules the other messages. */
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
      this.#queued -= toSize(data)
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

  /** Checks the limit of unsent bytes. */
  #watch(): void {
    const waiting = this.#transport.unsent + this.#queued
    if (waiting <= this.#limit) return
    this.clear()
    this.#owner.onOverflow(waiting, this.#limit)
  }
}

/** An empty array that all empty outboxes share. */
const NONE: (string | Uint8Array)[] = []

function toSize(data: string | Uint8Array): number {
  return typeof data === 'string' ? countBytes(data) : data.length
}
