import type { Clock } from './clock.ts'
import type { RunQueue, Task } from './run-queue.ts'
import type { Address, Transport } from './transport.ts'

/**
 * Budget is how much a peer may ask for: one that asks for more is read more slowly, and so has to wait. A message costs
 * 1, a long one more, and a command that takes more than usual says so.
 */
export interface Budget {
  /** Cost that a peer may spend before its account is asked for more, each time. */
  readonly step: number
  /** Opens an account for a peer. Each call of the answer takes a step: how many milliseconds to wait before it is given. */
  open(peer: Address): () => number
}

/** AllowanceOptions is what an allowance is made of. */
export interface AllowanceOptions {
  readonly clock: Clock
  readonly budget: Budget | undefined
  readonly runQueue: RunQueue | undefined
  readonly peer: Pick<Transport, 'remote'>
  /** Reader of the peer's messages: `readOn` is called when one may be read again, after one might not. */
  readonly reader: { readOn(): void; readonly unread: number }
}

/** A message that costs more than this is not followed by another one but through the run queue. */
const HEAVY = 8

/** Allowance says whether the next message of one peer may be read now: by its budget, and by its share of the turn. */
export class Allowance implements Task {
  account: Task['account']
  readonly #clock: Clock
  readonly #budget: Budget | undefined
  readonly #runQueue: RunQueue | undefined
  readonly #peer: AllowanceOptions['peer']
  readonly #reader: AllowanceOptions['reader']
  /** Cost that may be spent before the account is asked. */
  #left: number
  #takeStep: (() => number) | undefined
  /** Ends the wait of a peer that has spent too much. */
  #cancelRest: (() => void) | undefined
  #queued = false
  /** Cost since the last message. */
  #spent = 0
  #closed = false

  constructor({ clock, budget, runQueue, peer, reader }: AllowanceOptions) {
    this.#clock = clock
    this.#budget = budget
    this.#runQueue = runQueue
    this.#peer = peer
    this.#reader = reader
    this.#left = budget?.step ?? Number.POSITIVE_INFINITY
  }

  get backlog(): number {
    return this.#reader.unread
  }

  /** True while nothing is read; `readOn` is called when that is over. */
  get resting(): boolean {
    return this.#queued || this.#cancelRest !== undefined
  }

  /** True if the last message has cost so much that the next one needs a slice of time, however late it comes. */
  get isHeavy(): boolean {
    return this.#spent > HEAVY
  }

  /** Checks whether a message may be read in the present slice of time; if not, `readOn` is called in a later one. */
  mayRead(): boolean {
    if (!this.#runQueue || this.#runQueue.isRunning(this)) return true
    this.queue()
    return false
  }

  /** Waits for a slice of time; `readOn` is called in it. */
  queue(): void {
    if (this.resting) return
    this.#queued = true
    if (this.#runQueue) this.#runQueue.add(this)
    else queueMicrotask(() => this.run())
  }

  /** A message is read, at its cost. */
  read(cost: number): void {
    this.#spent = 0
    this.spend(cost)
  }

  /** Spends more for the message that was read last. */
  spend(cost: number): void {
    this.#spent += cost
    this.#left -= cost
    if (this.#left <= 0 && !this.#cancelRest) this.#refill()
  }

  /** Waits for nothing any more. */
  close(): void {
    this.#closed = true
    this.#cancelRest?.()
    this.#cancelRest = undefined
  }

  run(): void {
    this.#queued = false
    this.#reader.readOn()
  }

  /** Takes steps from the account; where there are none, the peer is left unread, and so has to wait. */
  #refill(): void {
    if (!this.#budget || this.#closed) return
    this.#takeStep ??= this.#budget.open(this.#peer.remote)
    while (this.#left <= 0) {
      const wait = this.#takeStep()
      if (wait > 0) return this.#rest(wait)
      this.#left += this.#budget.step
    }
  }

  #rest(wait: number): void {
    this.#cancelRest = this.#clock.after(wait, () => {
      this.#cancelRest = undefined
      this.#refill()
      if (!this.#cancelRest) this.#reader.readOn()
    })
  }
}

/** Bytes outside of messages that cost a peer as much as a message: a client of telnet sends fewer when it begins. */
const PRICE = 64
/**
 * Bytes outside of messages that a peer may send before one that is read: an hour of a client that asks twice a second to
 * stay connected.
 */
const BETWEEN = 16 * 1024
/** Bytes that are read and dropped after the end. What comes then is left unread. */
const AFTER_END = 256 * 1024

/** Ignored counts the bytes of a peer that are no part of a message: commands of telnet, and what comes after the end. */
export class Ignored {
  #skipped = 0
  #discarded = 0

  /** True if the peer has sent any since the last message. */
  get any(): boolean {
    return this.#skipped > 0
  }

  /** Reason why those since the last message are too many; `undefined` if they are not. */
  get excess(): string | undefined {
    if (this.#skipped <= BETWEEN) return undefined
    return `the other side sent more than ${BETWEEN} bytes of telnet commands without a line between them`
  }

  /** Counts bytes that a layer has taken out of the stream; returns what they cost. */
  skip(count: number): number {
    const before = Math.trunc(this.#skipped / PRICE)
    this.#skipped += count
    return Math.trunc(this.#skipped / PRICE) - before
  }

  /** Counts from nothing again, because a message was read. */
  clear(): void {
    this.#skipped = 0
  }

  /** Counts bytes that came after the end; returns whether more may be read. */
  mayDiscard(count: number): boolean {
    this.#discarded += count
    return this.#discarded <= AFTER_END
  }
}
