/*
 * Timers that end in the same moment run in one turn of the event loop, one after another, and meanwhile no peer is read.
 * A client can see to it that there are as many as it has seeks, tables or connections: 1,000 seeks whose waits end
 * together opened their tables in 400 ms. So what timers do has a share of each turn, and what is more waits for the next
 * turn, in the order in which it fell due. Who is alone waits for nothing. The share counts what follows from the work,
 * too: promises, and what is written at the end of a tick. It is beside that of the run queue, so that clients who say all
 * that they can do not keep clocks from running out.
 */

import { Fifo } from './fifo.ts'

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
