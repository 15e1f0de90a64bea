import type { EventLoop } from '../run-queue.ts'
import type { Flushable } from '../transport.ts'

/*
 * A server that reads, answers and writes for one peer after another runs all its code cold for each of them: between two
 * messages lie two system calls, which are most of what a message costs. This module batches both directions for all sockets
 * of the process. First the input of many sockets is queued; then a part of it is delivered, and the handlers run; then all
 * answers of that part are flushed in one pass. Then the next part is delivered.
 *
 * How much arrives in one turn of the event loop depends on how many peers connect, because the loop accepts one per turn
 * and port. Therefore input is queued for several turns, while each of them brings more, up to the limits of `BatchLimits`. A
 * peer that is alone does not wait: a batch is delivered as soon as a turn adds nothing, or if it has one entry.
 *
 * Rules:
 * - Entries are delivered in the order in which they arrived, across all sockets.
 * - No entry is delivered while another handler runs. Input that arrives during the delivery of a batch waits for the next
 *   batch.
 * - Bytes that `lendBytes` returns are valid until their entry has returned. The buffer is reused after the whole batch.
 * - If an entry throws, the error propagates, and the others are queued again.
 *
 * A batch is delivered in parts because the run queue learns the cost of direct reads from one part before the next begins:
 * new peers may run code for the first time, and 50 of them in one part took 75 ms. Parts of 4 while peers connect cost 14 %
 * of the games a second where each game is a connection of its own, and no flood was the better for it. If the batches were larger still, the first entries would be cold again when they are answered. `npm run bench`
 * measures what batching is worth.
 */

/** BatchLimits limits how much input one batch may have. */
interface BatchLimits {
  /** Turns of the event loop. */
  readonly turns: number
  /** Milliseconds: a turn is long if there is much to do. */
  readonly ms: number
  /** Entries. */
  readonly entries: number
}

/** Limits while no server has requested others. */
const DEFAULT_LIMITS: BatchLimits = { turns: 12, ms: 2, entries: 48 }
/** Limits of a server that appends to its log batch by batch: the larger the batch, the less an append costs per entry. */
export const APPEND_LIMITS: BatchLimits = { turns: 32, ms: 2, entries: 96 }
/** Limits of a server whose writes wait for the disk: a write takes milliseconds, so a batch may take as many. */
export const FSYNC_LIMITS: BatchLimits = { turns: 64, ms: 8, entries: 256 }
/** Entries in one part of a batch. */
const PART = 16
/** Milliseconds for which a run queue waits while each turn brings a new peer. */
const ARRIVING = 8
/** Bytes in one batch, so that a peer which sends much can be made to wait. */
const MAX_BYTES = 256 * 1024
/** Bytes that a socket reads at a time: four times the usual limit of a message. */
export const READ_SIZE = 16 * 1024

let limits = DEFAULT_LIMITS
/** Requests for higher limits, one for each open server. */
let requests: readonly { readonly limits: BatchLimits }[] = []
let queued: (() => void)[] = []
let bytes = 0
/** Number of entries at the end of the previous turn, and of turns that the batch has taken. */
let before = 0
let turns = 0
/** Time at which the batch began, by `performance.now()`. */
let since = 0
let isScheduled = false
/** A batch is being delivered, or a part of it waits for the handlers of the part before. */
let delivering = false
/** Memory for the bytes of a batch, one read after the other, and how much of it is used. */
const lent = new Uint8Array(MAX_BYTES + READ_SIZE)
let used = 0
/** Number of peers that have connected. */
let arrivals = 0

/**
 * Raises the batch limits of this process, for a server that persists what a batch brings in one write. Returns a function
 * that withdraws the request. Of several requests, the highest limits apply.
 */
export function raiseBatchLimits(raised = APPEND_LIMITS): () => void {
  const request = { limits: raised }
  setRequests([...requests, request])
  return () => setRequests(requests.filter((one) => one !== request))
}

function setRequests(all: typeof requests): void {
  requests = all
  limits = all.reduce((highest, one) => (one.limits.entries > highest.entries ? one.limits : highest), DEFAULT_LIMITS)
}

/**
 * Queues `deliver` for the present batch, which is delivered in order of arrival. The batch may be full and `deliver` may run
 * before this returns: call it only from a callback of the system, while no other code runs. `length` is its size in bytes.
 */
export function batchInput(deliver: () => void, length = 0): void {
  queued.push(deliver)
  bytes += length
  if (!delivering && (bytes > MAX_BYTES || queued.length >= limits.entries)) deliverAll()
  else checkSoon()
}

/** Copies bytes for an entry of the present batch. The copy is valid until the entry has returned. */
export function lendBytes(bytes: Uint8Array): Uint8Array {
  if (used + bytes.length > lent.length) return bytes.slice()
  lent.set(bytes, used)
  used += bytes.length
  return lent.subarray(used - bytes.length, used)
}

/** Queues a peer that has connected. While more peers connect, a run queue waits for up to 8 ms. */
export function batchArrival(arrive: () => void): void {
  arrivals++
  batchInput(arrive)
}

function checkSoon(): void {
  if (isScheduled) return
  isScheduled = true
  if (turns === 0) since = performance.now()
  setImmediate(check)
}

/** Delivers the batch if the last turn added nothing, or a limit is reached. */
function check(): void {
  const count = queued.length
  isScheduled = false
  turns++
  if (count === before || count === 1 || turns === limits.turns || performance.now() - since > limits.ms) return deliverAll()
  before = count
  checkSoon()
}

function deliverAll(): void {
  const all = queued
  queued = []
  bytes = before = turns = 0
  deliverParts(all)
}

/** Delivers the first part, and the others when its handlers have run. */
function deliverParts(all: readonly (() => void)[]): void {
  const hasMore = all.length > PART
  const others = hasMore ? all.slice(PART) : []
  delivering = true
  eachOf(
    hasMore ? all.slice(0, PART) : all,
    (deliver) => deliver(),
    (undelivered) => {
      delivering = false
      queued = [...undelivered, ...others, ...queued]
      checkSoon()
    },
  )
  delivering = hasMore
  if (hasMore) eventLoop.settled(() => deliverParts(others))
  else used = 0
}

/** The event loop of this process, for a run queue. */
export const eventLoop: EventLoop = {
  nextTurn: (then) => void setImmediate(afterArrivals, then, arrivals, performance.now() + ARRIVING),
  // `flushAll` runs in a tick; the callback comes one tick later
  settled: (then) => queueMicrotask(() => process.nextTick(() => process.nextTick(then))),
}

/** Calls `then` when no peer has connected in the previous turn, or at the time `until`. */
function afterArrivals(then: () => void, before: number, until: number): void {
  if (arrivals !== before && performance.now() < until) setImmediate(afterArrivals, then, arrivals, until)
  else then()
}

let due: Flushable[] = []

/** Flushes `what`, with all others, when the current callback and all promises that follow from it have run. */
export function batchFlush(what: Flushable): void {
  if (due.length === 0) queueMicrotask(afterMicrotasks)
  due.push(what)
}

function afterMicrotasks(): void {
  process.nextTick(flushAll)
}

function flushAll(): void {
  const now = due
  due = []
  eachOf(
    now,
    (what) => what.flush(),
    (others) => others.forEach(batchFlush),
  )
}

/** Calls `act` with each item. If it throws, `again` gets the items that are left, and the error propagates. */
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
