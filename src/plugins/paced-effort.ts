import { Effort } from '../games/ai/effort.ts'

/** Maximum number of milliseconds of one phase of a search. A search has two phases: looking ahead, and random playouts. */
const PHASE = 20
/** Minimum number of moves of a phase, even if the rules are very slow. */
const LEAST = 100
/** Assumed milliseconds of one move before the first search. */
const FIRST = 0.02

/**
 * PacedEffort is the budget of searches in the games of plug-ins. The rules of a plug-in may be slow, so the budget measures the
 * time that a search takes for a move, and allows as many moves as fit into the time limit of one table.
 */
export class PacedEffort extends Effort {
  #perMove = FIRST
  #begunAt = 0
  /** Number of moves for each phase of the running search; 0 if no search is running. */
  #pending = 0

  override get allowed(): number {
    this.#begunAt = performance.now()
    this.#pending = Math.min(super.allowed, Math.max(LEAST, Math.floor(PHASE / this.#perMove)))
    return this.#pending
  }

  /**
   * The length of a state's key does not show the size of a plug-in's game, so the budget never allows a search to the end of
   * the game.
   */
  override get allowedOnce(): number {
    return this.#pending
  }

  override spend(moves: number): void {
    super.spend(moves)
    this.#pending = 0
    if (moves > 0) this.#perMove = Math.max((performance.now() - this.#begunAt) / moves, 1e-4)
  }

  /**
   * Charges for a search that the time limit has stopped. Such a search has not reported its moves, so the charge is the maximum number of
   * moves of two phases.
   */
  spendPending(): void {
    if (this.#pending > 0) this.spend(2 * this.#pending)
  }
}
