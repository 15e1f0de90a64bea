import type { Clock } from './clock.ts'
import type { Framing } from './framing.ts'
import type { Transport } from './transport.ts'

/** What one outbox is made of. */
export interface OutboxOptions {
  transport: Transport
  framing: Framing
  clock: Clock
  /** Bytes waiting for the peer at which it counts as one that does not read. */
  limit: number
  /** Milliseconds between two messages that the peer did not answer in between. */
  pace: number
  /** Called when the limit is passed. */
  onFull: (waiting: number) => void
}

/**
 * Outbox sends messages: all that is said in one turn of the event loop in one write, or, with a pace, each by itself
 * and not too soon after the one before (PROTOCOLS Q1, Q2: receivers that lose what arrives together).
 */
export class Outbox {
  readonly #options: OutboxOptions
  #text = ''
  #queue: (string | Uint8Array)[] = NONE
  #notBefore = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  send(message: string): void {
    const { framing, pace, transport } = this.#options
    const data = framing.encode(message)
    if (pace > 0) return this.#sendPaced(data)
    if (typeof data !== 'string' || framing.alone) return this.sendNow(data)
    if (this.#text === '') transport.soon(() => this.flush())
    this.#text += data
  }

  /** Writes at once, in a write of its own, whatever the framing and the pace. */
  sendNow(data: string | Uint8Array): void {
    this.flush()
    this.#write(data)
  }

  /** Writes what was said in this turn. */
  flush(): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    this.#write(text)
  }

  /** The peer has said something, so the next message need not wait. */
  answered(): void {
    this.#notBefore = 0
  }

  /** Resolves when everything was given to the transport. */
  async drained(): Promise<void> {
    this.flush()
    const { clock, pace } = this.#options
    while (this.#queue.length > 0) await new Promise<void>((resolve) => clock.after(pace, resolve))
  }

  /** Forgets what was not yet given to the transport. */
  clear(): void {
    this.#text = ''
    this.#queue = NONE
  }

  #sendPaced(data: string | Uint8Array): void {
    this.#queue = [...this.#queue, data]
    if (this.#queue.length === 1) this.#pump()
  }

  #pump(): void {
    const { clock, pace } = this.#options
    const [data, ...later] = this.#queue
    if (data === undefined) return
    const wait = this.#notBefore - clock.now()
    if (wait > 0) {
      clock.after(wait, () => this.#pump())
      return
    }
    this.#queue = later
    this.#notBefore = clock.now() + pace
    this.#write(data)
    this.#pump()
  }

  #write(data: string | Uint8Array): void {
    const { transport, limit, onFull } = this.#options
    transport.write(data)
    if (transport.unsent > limit) onFull(transport.unsent)
  }
}

const NONE: (string | Uint8Array)[] = []
