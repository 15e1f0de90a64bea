import { Fifo } from './fifo.ts'

/** Clock is where time comes from; every wait of Parlor goes through one, so that tests own theirs. */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch: for what is stored or shown. It jumps when the system's clock is set. */
  now(): number
  /**
   * Monotonic time in whole milliseconds, from an origin that means nothing: for every span. It never goes back, setting
   * the system's clock does not change it, and it stands still while the machine is suspended.
   */
  monotonic(): number
  /**
   * Calls `then` once, when `monotonic` has grown by `ms` milliseconds at least, or later where much is due at once; the
   * returned function cancels that.
   */
  after(ms: number, then: () => void): () => void
  /** As `after`, up to 100 ms late and cheaper, for what is begun with every connection and hardly ever comes to pass. */
  about?(ms: number, then: () => void): () => void
}

/*
 * Timers that end in the same moment run in one turn of the event loop, one after another, and meanwhile no peer is read.
 * A client can see to it that there are as many as it has seeks, tables or connections: 1,000 seeks whose waits end
 * together opened their tables in 400 ms. So what timers do has a share of each turn, and what is more waits for the next
 * turn, in the order in which it fell due. Who is alone waits for nothing. The share counts what follows from the work,
 * too: promises, and what is written at the end of a tick. It is beside that of the run queue, so that clients who say all
 * that they can do not keep clocks from running out.
 */

/** Due is work whose time has come; `undefined` once it was cancelled. */
export interface Due {
  work: (() => void) | undefined
}

/** DueWorkOptions is what due work is made of. */
export interface DueWorkOptions {
  /** Calls `then` in the next turn of the event loop, and others in the order in which they were given. */
  readonly nextTurn: (then: () => void) => void
  /** Milliseconds of each turn: 2. */
  readonly share?: number
  /** Milliseconds from any moment on. */
  readonly now?: () => number
}

/** Pieces of work in one turn, at most, beside those that fall due in it. */
const MANY = 64

/** DueWork runs what fell due, so much in each turn of the event loop. */
export class DueWork {
  readonly #nextTurn: DueWorkOptions['nextTurn']
  readonly #share: number
  readonly #now: () => number
  readonly #waiting = new Fifo<Due>()
  /** Time at which this turn's share is used up; `undefined` while nothing has run in this turn. */
  #ends: number | undefined

  constructor({ nextTurn, share = 2, now = () => performance.now() }: DueWorkOptions) {
    this.#nextTurn = nextTurn
    this.#share = share
    this.#now = now
  }

  /** Runs work now, or in a later turn. */
  add(due: Due): void {
    if (this.#waiting.size > 0 || (this.#ends !== undefined && this.#now() >= this.#ends)) {
      this.#waiting.push(due)
      return
    }
    this.#begin()
    due.work?.()
  }

  /** The first work of a turn, after which what is left over is arranged for. */
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
    // each by itself, so that what follows from it has run before the next, and counts
    for (let more = 1; more < Math.min(left, MANY); more++) this.#nextTurn(this.#next)
  }

  readonly #next = (): void => {
    if (this.#ends === undefined || this.#now() >= this.#ends) return
    this.#waiting.shift()?.work?.()
  }
}

/** How late `about` may be, in milliseconds. */
const ABOUT = 100

/** The longest time of one timer, in milliseconds, about 24 days: a longer one is over at once. */
const LONGEST = 0x7fffffff

/** Later is work that is due from a time on. */
interface Later extends Due {
  readonly at: number
}

let later: Later[] = []

/** All that fell due in this process, which shares each turn of the event loop with what peers say. */
const dueWork = new DueWork({ nextTurn: (then) => void setImmediate(then) })

function monotonic(): number {
  return Math.floor(performance.now())
}

function look(): void {
  const now = monotonic()
  const all = later
  later = all.filter(({ at, work }) => work && at > now)
  if (later.length > 0) setTimeout(look, ABOUT).unref()
  for (const due of all) if (due.work && due.at <= now) dueWork.add(due)
}

/** The system's clocks. */
export const wallClock: Clock = {
  now: Date.now,
  monotonic,
  after(ms, then) {
    const at = monotonic() + ms
    const due: Due = { work: then }
    // one timer may not be as long, and may be early by a part of a millisecond
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
