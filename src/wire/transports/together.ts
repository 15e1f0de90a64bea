import type { EventLoop } from '../run-queue.ts'
import type { Flushable } from '../transport.ts'

/*
 * A server that hears and answers its peers one by one runs all its code for each of them, cold: between two messages lie
 * two calls of the system, which is most of what a message costs. So what sockets bring is gathered, first, then it is
 * heard, some of it at a time, and then all that was answered to those is said. How much comes in one turn of the event loop
 * depends on how many peers come, for the loop lets in one a turn; therefore it is gathered for a few turns, as long as they
 * bring more. Whoever is alone waits for nobody. `npm run bench` measures what it is worth.
 */

/** How much is gathered at most: turns of the event loop for which, milliseconds, and how many that are heard in one turn. */
interface Gathering {
  readonly turns: number
  /** Turns are long when there is much to do. */
  readonly ms: number
  readonly many: number
}

/** With more, the first of them is cold again when it is answered, and waits longer. */
const USUAL: Gathering = { turns: 12, ms: 2, many: 48 }
/** The gathering of a server that writes what it has heard at once: the more is written together, the less each costs. */
export const WRITTEN: Gathering = { turns: 32, ms: 2, many: 96 }
/** A write that waits for the disk takes milliseconds, so as many may go into gathering what it is to bring. */
export const SYNCED: Gathering = { turns: 64, ms: 8, many: 256 }
/** How many are heard before what follows from them runs: where each takes long because its code runs for the first time, 50 took 75 ms. */
const HEARD_AT_ONCE = 16
/** Milliseconds for which a run queue waits while each turn brings a new peer: the loop lets in one a turn at each port. */
const ARRIVING = 8
/** Bytes that are gathered at most, so that a peer which says a lot can be made to wait. */
const ENOUGH = 256 * 1024
/** Bytes that a socket reads at a time: four times as much as most messages may have. */
export const READ_SIZE = 16 * 1024

let most = USUAL
/** What those want who want more to be heard together. */
let wanted: readonly { readonly gathering: Gathering }[] = []
let gathered: (() => void)[] = []
let bytes = 0
/** How much was gathered by the end of the turn before, and how many turns that has taken. */
let before = 0
let turns = 0
/** Time at which gathering began, by `performance.now()`. */
let since = 0
let looking = false
/** What was gathered is being heard, or some of it waits for what follows from the others. */
let hearing = false
/** Bytes that were read and are to be heard, one read behind the other, and how many of them are taken. */
const kept = new Uint8Array(ENOUGH + READ_SIZE)
let taken = 0
/** Number of peers that have come. */
let arrivals = 0

/**
 * Has more heard together from now on, in all of this process, where what is heard at once is also written at once. The
 * answer takes that back. Of what several want, the most counts.
 */
export function gatherMore(gathering = WRITTEN): () => void {
  const want = { gathering }
  setWanted([...wanted, want])
  return () => setWanted(wanted.filter((one) => one !== want))
}

function setWanted(wants: typeof wanted): void {
  wanted = wants
  most = wants.reduce((before, { gathering }) => (gathering.many > before.many ? gathering : before), USUAL)
}

/**
 * Calls `hear` when all else that comes now has come too, in the order in which it came, and perhaps at once: this is for
 * what the system brings, and nobody's code is to be in the middle of anything. `length` is what it keeps in bytes.
 */
export function heardTogether(hear: () => void, length = 0): void {
  gathered.push(hear)
  bytes += length
  if (!hearing && (bytes > ENOUGH || gathered.length >= most.many)) hearAll()
  else lookSoon()
}

/** Copies bytes for `heardTogether`: they are there until those who hear have returned. */
export function keptTogether(bytes: Uint8Array): Uint8Array {
  if (taken + bytes.length > kept.length) return bytes.slice()
  kept.set(bytes, taken)
  taken += bytes.length
  return kept.subarray(taken - bytes.length, taken)
}

/** Does the same for a peer that has come: while others come, a run queue waits for a moment. */
export function arriveTogether(arrive: () => void): void {
  arrivals++
  heardTogether(arrive)
}

function lookSoon(): void {
  if (looking) return
  looking = true
  if (turns === 0) since = performance.now()
  setImmediate(look)
}

function look(): void {
  const count = gathered.length
  looking = false
  turns++
  if (count === before || count === 1 || turns === most.turns || performance.now() - since > most.ms) return hearAll()
  before = count
  lookSoon()
}

function hearAll(): void {
  const all = gathered
  gathered = []
  bytes = before = turns = 0
  hearSome(all)
}

/** Hears some of what was gathered, and the others behind what follows from those: a run queue knows then how long such takes. */
function hearSome(all: readonly (() => void)[]): void {
  const isMuch = all.length > HEARD_AT_ONCE
  const others = isMuch ? all.slice(HEARD_AT_ONCE) : []
  hearing = true
  eachOf(
    isMuch ? all.slice(0, HEARD_AT_ONCE) : all,
    (hear) => hear(),
    (unheard) => {
      hearing = false
      gathered = [...unheard, ...others, ...gathered]
      lookSoon()
    },
  )
  hearing = isMuch
  if (isMuch) eventLoop.settled(() => hearSome(others))
  else taken = 0
}

/** The event loop of this process, for a run queue. */
export const eventLoop: EventLoop = {
  nextTurn: (then) => void setImmediate(afterArrivals, then, arrivals, performance.now() + ARRIVING),
  // the callback comes a tick behind the one in which all is written
  settled: (then) => queueMicrotask(() => process.nextTick(() => process.nextTick(then))),
}

/** Calls `then` when no peer has come in the turn before, or its time is over. */
function afterArrivals(then: () => void, before: number, until: number): void {
  if (arrivals !== before && performance.now() < until) setImmediate(afterArrivals, then, arrivals, until)
  else then()
}

let due: Flushable[] = []

/** Flushes `what` with all others, when all that runs now has run, promises and what follows from them too. */
export function saidTogether(what: Flushable): void {
  if (due.length === 0) queueMicrotask(afterMicrotasks)
  due.push(what)
}

function afterMicrotasks(): void {
  process.nextTick(sayAll)
}

function sayAll(): void {
  const now = due
  due = []
  eachOf(
    now,
    (what) => what.flush(),
    (others) => others.forEach(saidTogether),
  )
}

/** Does something with each; where one fails, the others are left for `again`. */
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
