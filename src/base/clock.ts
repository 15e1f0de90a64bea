import { Fifo } from './fifo.ts'

/** Clock returns the time and sets timers. All code gets its clock as a parameter, so that tests can control the time. */
export interface Clock {
  /**
   * Returns the wall time in milliseconds since the Unix epoch, for times that the server stores or shows. The time jumps when the
   * operator or the network sets the system's clock.
   */
  now(): number
  /**
   * Returns the monotonic time in whole milliseconds from an arbitrary origin, for measuring spans. The time never decreases, does
   * not change when an operator sets the system's clock, and stops while the machine is suspended.
   */
  monotonic(): number
  /**
   * Calls `then` once, when `monotonic` has increased by at least `ms` milliseconds; if many timers end at the same time, the call can come
   * later. Returns a function that cancels the timer.
   */
  after(ms: number, then: () => void): () => void
  /**
   * Does the same as `after` with less work, but calls `then` up to 100 ms late. It is for timeouts that every connection sets and that
   * almost never expire.
   */
  about?(ms: number, then: () => void): () => void
}

/*
 * Timers that end at the same time run in one turn of the event loop, one after another, and the server reads from no peer until
 * all these timers have run. A client can cause as many such timers as it has seeks, tables or connections: when the timers of 1,000 seeks
 * ended together, it took 400 ms to open all the tables. Therefore the work of timers may use only a share of each turn of the event loop,
 * and the remaining work waits for the next turn, in the order in which it became due. If only one piece of work is due, it runs in the
 * turn in which it becomes due. The share includes the effects of the work: promises, and the writes at the end of the tick. This share is
 * separate from the share of the run queue, so that busy clients cannot delay timeouts.
 */

/** Due is work that the clock has to run; `work` is `undefined` if the caller has canceled the work. */
export interface Due {
  work: (() => void) | undefined
}

export interface DueWorkOptions {
  /** Calls `then` in the next turn of the event loop, in order of the calls. */
  readonly nextTurn: (then: () => void) => void
  /** Milliseconds of each turn of the event loop in which due work may run. Default: 2. */
  readonly share?: number
  /** Returns a monotonic time in milliseconds with any origin. */
  readonly now?: () => number
}

/** Maximum number of pieces of work that one turn takes from the queue. */
const MANY = 64

/** DueWork runs due work, for a limited time in each turn of the event loop. */
export class DueWork {
  readonly #nextTurn: DueWorkOptions['nextTurn']
  readonly #share: number
  readonly #now: () => number
  readonly #waiting = new Fifo<Due>()
  /** Time at which the share of this turn ends; `undefined` before any work has run in this turn. */
  #ends: number | undefined

  constructor({ nextTurn, share = 2, now = () => performance.now() }: DueWorkOptions) {
    this.#nextTurn = nextTurn
    this.#share = share
    this.#now = now
  }

  /** Runs work now, or in a later turn if the share of this turn is used up. */
  add(due: Due): void {
    if (this.#waiting.size > 0 || (this.#ends !== undefined && this.#now() >= this.#ends)) {
      this.#waiting.push(due)
      return
    }
    this.#begin()
    due.work?.()
  }

  /** Starts the share of this turn, and schedules the next turn for the remaining work. */
  #begin(): void {
    if (this.#ends !== undefined) return
    this.#ends = this.#now() + this.#share
    this.#nextTurn(this.#beginTurn)
  }

  readonly #beginTurn = (): void => {
    this.#ends = undefined
    const left = this.#waiting.size
    if (left === 0) return
    this.#begin()
    this.#next()
    // each piece of work has a callback of its own, so that the promises of a piece run before the next piece, and the share includes the
    // time of the promises
    for (let more = 1; more < Math.min(left, MANY); more++) this.#nextTurn(this.#next)
  }

  readonly #next = (): void => {
    if (this.#ends === undefined || this.#now() >= this.#ends) return
    this.#waiting.shift()?.work?.()
  }
}

/** Milliseconds that `about` may be late. */
const ABOUT = 100

/** Longest timer of Node in milliseconds, about 24 days; a longer timer would fire immediately. */
const LONGEST = 0x7fffffff

/** Later is work that is due at the time `at`. */
interface Later extends Due {
  readonly at: number
}

/**
 * Creates a clock that uses the clocks and timers of the system. Its due work has one share of each turn, so a server passes
 * one clock to all its parts.
 */
export function createSystemClock(): Clock {
  const dueWork = new DueWork({ nextTurn: (then) => void setImmediate(then) })
  /** Work that `about` has scheduled; the clock checks the list every `ABOUT` milliseconds unless the list is empty. */
  let later: Later[] = []
  const look = () => {
    const now = monotonic()
    const all = later
    later = all.filter(({ at, work }) => work && at > now)
    if (later.length > 0) setTimeout(look, ABOUT).unref()
    for (const due of all) if (due.work && due.at <= now) dueWork.add(due)
  }
  return {
    now: Date.now,
    monotonic,
    after(ms, then) {
      const at = monotonic() + ms
      const due: Due = { work: then }
      // the time may exceed the longest timer, and a timer may fire a fraction of a millisecond early
      const fire = () => {
        const left = at - monotonic()
        if (left > 0) timer = setTimeout(fire, Math.min(left, LONGEST))
        else dueWork.add(due)
      }
      let timer = setTimeout(fire, Math.min(ms, LONGEST))
      return () => {
        clearTimeout(timer)
        due.work = undefined
      }
    },
    about(ms, then) {
      if (later.length === 0) setTimeout(look, ABOUT).unref()
      const due: Later = { at: monotonic() + ms, work: then }
      later.push(due)
      return () => {
        due.work = undefined
      }
    },
  }
}

function monotonic(): number {
  return Math.floor(performance.now())
}
