/*
 * The house searches for its move in the turn of the event loop in which the table needs the move, and a search on a large board takes
 * milliseconds. A single search does no harm; sixty searches in the same turn would delay every connection. Therefore all searches of
 * the process share a budget, counted in moves that a search lists or tries. The budget refills with time. If searches are rare, each
 * search may use the maximum; if searches are frequent, each search covers fewer moves.
 */

/** Maximum and minimum number of moves that a search may list or try in one phase. */
const MAX_PER_PHASE = 16_000
const MIN_PER_PHASE = 500
/** Number of moves that a search may list or try in a small game. The house searches a small game to its end, and only once. */
const WHOLE_GAME = 200_000
/** Moves per millisecond for all searches together. At this rate, the searches take about a quarter of the time of a processor. */
const RATE = 500
/** Maximum number of unused moves in the budget. */
const MAX_SAVED = 4 * MAX_PER_PHASE

/** Effort is the budget of moves that the searches of one process share. */
export class Effort {
  readonly #now: () => number
  #saved = MAX_SAVED
  #at: number

  /** `now` returns monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#at = now()
  }

  /** Returns the number of moves that the next search may list or try in each of its two phases. */
  get allowed(): number {
    const now = this.#now()
    this.#saved = Math.min(MAX_SAVED, this.#saved + (now - this.#at) * RATE)
    this.#at = now
    return Math.max(MIN_PER_PHASE, Math.min(MAX_PER_PHASE, Math.floor(this.#saved / 2)))
  }

  /**
   * Returns the number of moves that a search may list or try if it searches a small game to its end. The process does such a search once
   * for each game.
   */
  get allowedOnce(): number {
    return WHOLE_GAME
  }

  /** Subtracts from the budget the number of moves that a search has listed or tried. */
  spend(moves: number): void {
    this.#saved = Math.max(0, this.#saved - moves)
  }
}
