import type { Clock } from '../base/clock.ts'
import type { RunQueue, Task } from './run-queue.ts'
import type { Address, Transport } from './transport.ts'

/**
 * Budget limits how much work a peer may cause. The server reads more slowly from a peer that exceeds the budget, so the peer has to wait.
 * A message costs 1, and a long message costs more. A command that needs more work than usual costs more.
 */
export interface Budget {
  /** Cost of one step. When a peer has spent a step, the allowance subtracts the next step from the account of the peer. */
  readonly step: number
  /**
   * Opens an account for a peer. The returned function takes a step and returns 0, or returns the milliseconds to wait before the next try.
   */
  open(peer: Address): () => number
}

export interface AllowanceOptions {
  readonly clock: Clock
  readonly budget: Budget | undefined
  readonly runQueue: RunQueue | undefined
  readonly peer: Pick<Transport, 'remote'>
  /** Reader of the peer's messages. The allowance calls `readOn` when it permits reading again. */
  readonly reader: { readOn(): void; readonly unread: number }
}

/** If a message costs more than this number, the next message has to go through the run queue. */
const HEAVY = 8

/**
 * Allowance decides when the connection may read the next message of its peer. The allowance applies the peer's budget and the slices of
 * the run queue.
 */
export class Allowance implements Task {
  account: Task['account']
  readonly #clock: Clock
  readonly #budget: Budget | undefined
  readonly #runQueue: RunQueue | undefined
  readonly #peer: AllowanceOptions['peer']
  readonly #reader: AllowanceOptions['reader']
  /** Remaining cost of the current step. */
  #left: number
  #takeStep: (() => number) | undefined
  /** Cancels the wait of a peer that has spent too much. */
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

  /** True while the connection may read no message. The allowance calls `readOn` when it permits reading again. */
  get isResting(): boolean {
    return this.#queued || this.#cancelRest !== undefined
  }

  /** True if the last message cost so much that the next message needs a slice, even if the next message arrives later. */
  get isHeavy(): boolean {
    return this.#spent > HEAVY
  }

  /** Checks whether the connection may read a message in the current slice. Otherwise, the allowance calls `readOn` in a later slice. */
  mayRead(): boolean {
    if (!this.#runQueue || this.#runQueue.isRunning(this)) return true
    this.queue()
    return false
  }

  /** Waits for a slice, and calls `readOn` in this slice. */
  queue(): void {
    if (this.isResting) return
    this.#queued = true
    if (this.#runQueue) this.#runQueue.add(this)
    else queueMicrotask(() => this.run())
  }

  /** Subtracts the cost of a new message from the current step. */
  read(cost: number): void {
    this.#spent = 0
    this.spend(cost)
  }

  /** Subtracts a further cost of the last message from the current step. */
  spend(cost: number): void {
    this.#spent += cost
    this.#left -= cost
    if (this.#left <= 0 && !this.#cancelRest) this.#refill()
  }

  /** Cancels the wait for the budget. */
  close(): void {
    this.#closed = true
    this.#cancelRest?.()
    this.#cancelRest = undefined
  }

  run(): void {
    this.#queued = false
    this.#reader.readOn()
  }

  /** Takes steps from the account. If no step is left, waits, and the connection does not read from the peer during the wait. */
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

/** This number of bytes outside of messages costs as much as one message. A telnet client sends fewer such bytes when it connects. */
const PRICE = 64
/**
 * Maximum number of bytes that arrive between two messages and belong to no message. Within this limit, a client can send two keep-alive
 * commands a second for an hour.
 */
const BETWEEN = 16 * 1024
/** Maximum number of bytes that the connection reads and drops after the end; further bytes stay unread. */
const AFTER_END = 256 * 1024

/** Ignored counts the bytes of a peer that belong to no message: commands of telnet, and bytes after the end. */
export class Ignored {
  #skipped = 0
  #discarded = 0

  /** True if the peer has sent bytes outside of messages since the last message. */
  get hasSkipped(): boolean {
    return this.#skipped > 0
  }

  /** Explains that the bytes since the last message exceed the limit; `undefined` up to the limit. */
  get excess(): string | undefined {
    if (this.#skipped <= BETWEEN) return undefined
    return `the other side sent more than ${BETWEEN} bytes of telnet commands without a line between them`
  }

  /** Counts bytes that a transport filter has removed from the stream; returns the cost of these bytes. */
  skip(count: number): number {
    const before = Math.trunc(this.#skipped / PRICE)
    this.#skipped += count
    return Math.trunc(this.#skipped / PRICE) - before
  }

  /** Resets the count, because the connection has read a message. */
  clear(): void {
    this.#skipped = 0
  }

  /** Counts bytes that arrived after the end. Returns true if the connection may read more bytes. */
  mayDiscard(count: number): boolean {
    this.#discarded += count
    return this.#discarded <= AFTER_END
  }
}
