/*
 * The house looks for its move in the same turn of the event loop in which it is asked, and a search on a large board takes
 * milliseconds. One such search harms nobody; sixty at once would keep everybody waiting. Therefore all searches together
 * have a share of the time, counted in moves that are listed or tried: while few are asked for, each may use as many as it
 * likes, and the more are, the less far the house looks ahead.
 */

/** Moves that may be listed or tried in one phase of a search: at most, and at least whatever other searches have used. */
const MOST = 16_000
const LEAST = 500
/** Moves that all searches together may try in a millisecond: about a quarter of what a processor can do. */
const RATE = 500
/** Moves that may be saved up, at most. */
const SAVED = 4 * MOST

/** Effort is how far the searches of one process may look. */
export class Effort {
  readonly #now: () => number
  #saved = SAVED
  #at: number

  /** `now` is in milliseconds from any moment on. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#at = now()
  }

  /** Moves that may be listed or tried in each phase of the next search. */
  get allowed(): number {
    const now = this.#now()
    this.#saved = Math.min(SAVED, this.#saved + (now - this.#at) * RATE)
    this.#at = now
    return Math.max(LEAST, Math.min(MOST, Math.floor(this.#saved / 2)))
  }

  /** Counts moves that were listed or tried. */
  spend(moves: number): void {
    this.#saved = Math.max(0, this.#saved - moves)
  }
}
