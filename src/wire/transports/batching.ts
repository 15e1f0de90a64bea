import type { EventLoop } from '../run-queue.ts'
import type { Flushable } from '../transport.ts'

/*
 * If a server reads, answers and writes for one peer after another, two system calls are most of the cost of each message. The code of each
 * step is then no longer in the processor's cache for the next peer. This module batches both directions for many sockets. A batcher first
 * queues the input of many sockets. The batcher then delivers a part of this input, and the handlers run. The batcher then flushes all
 * answers of this part in one pass, and delivers the next part.
 *
 * All these sockets share one `Batcher`: a server has one `Batcher` for all its ports, and a client that is alone in its process has a
 * separate `Batcher`.
 *
 * The amount of input in one turn of the event loop depends on the number of peers that connect, because the loop accepts one peer per turn
 * and port. Therefore a batcher queues input for several turns, while each turn adds input, up to the limits of
 * `BatchLimits`. A peer that is alone does not wait: the batcher delivers a batch as soon as a turn adds nothing, or if the batch
 * has one entry.
 *
 * Rules:
 * - A batcher delivers the entries of all sockets in the order of arrival.
 * - A batcher delivers no entry while another handler runs. Input that arrives during the delivery of a batch waits for the next batch.
 * - Bytes that `lend` returns are valid until the entry of these bytes has returned. The batcher reuses the memory after the whole batch.
 * - If an entry throws, the error propagates, and the batcher queues the other entries again.
 *
 * A batcher delivers a batch in parts, because the run queue measures the cost of direct reads in one part before the next part begins. New
 * peers may run code for the first time, and 50 such peers in one part took 75 ms. An earlier version had parts of 4 sockets while peers
 * connected. If each game had a new connection, that version lost 14 % of the games per second, and no flood became less harmful. In larger
 * batches, the data of the first entries would leave the processor's cache before the batcher writes the answers. `npm run bench` measures
 * the gain of batching.
 */

/** BatchLimits limits how much input one batch may have. */
export interface BatchLimits {
  /** Maximum number of turns of the event loop. */
  readonly turns: number
  /** Maximum number of milliseconds, because a turn with much work takes long. */
  readonly ms: number
  /** Maximum number of entries. */
  readonly entries: number
}

/** Limits of a batcher whose owner has raised no limit. */
const DEFAULT_LIMITS: BatchLimits = { turns: 12, ms: 2, entries: 48 }
/** Limits of a server that appends to its log batch by batch: in a larger batch, an append costs less per entry. */
export const APPEND_LIMITS: BatchLimits = { turns: 32, ms: 2, entries: 96 }
/** Limits of a server whose writes wait for the disk: a write takes milliseconds, so collecting a batch may take as many milliseconds. */
export const FSYNC_LIMITS: BatchLimits = { turns: 64, ms: 8, entries: 256 }
/** Number of entries in one part of a batch. */
const PART = 16
/** Maximum number of milliseconds that a run queue waits while a new peer connects in each turn. */
const ARRIVING = 8
/** Maximum number of bytes in one batch, so that the server can delay a peer that sends many bytes. */
const MAX_BYTES = 256 * 1024
/** Maximum number of bytes that a loop copies faster than `set`, because `set` needs a new view. */
const SHORT = 64
/** Number of bytes that a socket reads at a time: four times the usual limit of a message. */
export const READ_SIZE = 16 * 1024

/** Batcher batches the input and the output of many sockets. Batcher is also the event loop for the run queue of these sockets. */
export class Batcher implements EventLoop {
  #limits = DEFAULT_LIMITS
  #queued: (() => void)[] = []
  #bytes = 0
  /** Number of entries at the end of the previous turn, and number of turns since the batch began. */
  #before = 0
  #turns = 0
  /** Time at which the batch began, by `performance.now()`. */
  #since = 0
  #isScheduled = false
  /** True while the batcher delivers a batch, or while a part of the batch waits for the handlers of the previous part. */
  #isDelivering = false
  /** Memory for the bytes of a batch, one read after another, and the number of used bytes in this memory. Empty before the first read. */
  #lent = new Uint8Array(0)
  #used = 0
  #readBuffer: Uint8Array | undefined
  /** Number of peers that have connected. */
  #arrivals = 0
  /** Outputs that the batcher flushes at the end of this tick. */
  #due: Flushable[] = []

  /** The buffer into which all accepted sockets read, one after another. */
  get readBuffer(): Uint8Array {
    this.#readBuffer ??= new Uint8Array(READ_SIZE)
    return this.#readBuffer
  }

  /**
   * Raises the limits. A server that persists the events of a batch in one write calls this function. Limits below the current limits have
   * no effect.
   */
  raiseLimits(limits: BatchLimits): void {
    if (limits.entries > this.#limits.entries) this.#limits = limits
  }

  /**
   * Queues `deliver` for the current batch. The entries of a batch run in order of arrival. If the batch becomes full, `deliver` may run
   * before this method returns. Therefore only a callback of the system may call this method, while no other code runs. `length` is the
   * size of the entry in bytes.
   */
  queue(deliver: () => void, length = 0): void {
    this.#queued.push(deliver)
    this.#bytes += length
    if (!this.#isDelivering && (this.#bytes > MAX_BYTES || this.#queued.length >= this.#limits.entries)) this.#deliverAll()
    else this.#checkSoon()
  }

  /** Queues a peer that has connected. While more peers connect, a run queue waits for up to 8 ms. */
  queueArrival(arrive: () => void): void {
    this.#arrivals++
    this.queue(arrive)
  }

  /** Copies the first `length` bytes of a buffer for an entry of the current batch. The copy is valid until the entry has returned. */
  lend(buffer: Uint8Array, length = buffer.length): Uint8Array {
    const from = this.#used
    const end = from + length
    const lent = this.#lent
    if (end > lent.length) return this.#lendMore(buffer.subarray(0, length))
    if (length > SHORT) lent.set(buffer.subarray(0, length), from)
    else for (let at = 0; at < length; at++) lent[from + at] = buffer[at] ?? 0
    this.#used = end
    return lent.subarray(from, end)
  }

  /** Flushes `what`, together with all other due outputs, after the current callback and all following microtasks. */
  scheduleFlush(what: Flushable): void {
    if (this.#due.length === 0) queueMicrotask(this.#afterMicrotasks)
    this.#due.push(what)
  }

  nextTurn(then: () => void): void {
    setImmediate(this.#afterArrivals, then, this.#arrivals, performance.now() + ARRIVING)
  }

  settled(then: () => void): void {
    // `#flushAll` runs in a tick; this callback runs one tick later
    queueMicrotask(() => process.nextTick(() => process.nextTick(then)))
  }

  /** Allocates the memory for the first read. Later, if the memory has no space for the bytes, returns a separate copy. */
  #lendMore(bytes: Uint8Array): Uint8Array {
    if (this.#lent.length > 0) return bytes.slice()
    this.#lent = new Uint8Array(MAX_BYTES + READ_SIZE)
    return this.lend(bytes)
  }

  #checkSoon(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    if (this.#turns === 0) this.#since = performance.now()
    setImmediate(this.#check)
  }

  /** Delivers the batch if the last turn added nothing, or if the batch has one entry or has reached a limit. */
  readonly #check = (): void => {
    const count = this.#queued.length
    this.#isScheduled = false
    this.#turns++
    const isQuiet = count === this.#before || count === 1
    if (isQuiet || this.#turns === this.#limits.turns || performance.now() - this.#since > this.#limits.ms) return this.#deliverAll()
    this.#before = count
    this.#checkSoon()
  }

  #deliverAll(): void {
    const all = this.#queued
    this.#queued = []
    this.#bytes = this.#before = this.#turns = 0
    this.#deliverParts(all)
  }

  /** Delivers the first part, and delivers each further part when the handlers of the previous part have run. */
  #deliverParts(all: readonly (() => void)[]): void {
    const hasMore = all.length > PART
    const others = hasMore ? all.slice(PART) : []
    this.#isDelivering = true
    eachOf(
      hasMore ? all.slice(0, PART) : all,
      (deliver) => deliver(),
      (undelivered) => {
        this.#isDelivering = false
        this.#queued = [...undelivered, ...others, ...this.#queued]
        this.#checkSoon()
      },
    )
    this.#isDelivering = hasMore
    if (hasMore) this.settled(() => this.#deliverParts(others))
    else this.#used = 0
  }

  /** Calls `then` when no peer has connected in the previous turn, or at the time `until`. */
  readonly #afterArrivals = (then: () => void, before: number, until: number): void => {
    if (this.#arrivals !== before && performance.now() < until) setImmediate(this.#afterArrivals, then, this.#arrivals, until)
    else then()
  }

  readonly #afterMicrotasks = (): void => {
    process.nextTick(this.#flushAll)
  }

  readonly #flushAll = (): void => {
    const now = this.#due
    this.#due = []
    eachOf(
      now,
      (what) => what.flush(),
      (others) => {
        for (const what of others) this.scheduleFlush(what)
      },
    )
  }
}

/** Calls `act` with each item. If `act` throws, calls `again` with the remaining items, and the error propagates. */
function eachOf<What>(all: readonly What[], act: (what: What) => void, again: (others: readonly What[]) => void): void {
  let done = 0
  try {
    for (const what of all) {
      done++
      act(what)
    }
  } finally {
    if (done < all.length) again(all.slice(done))
  }
}
