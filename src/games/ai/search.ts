/*
 * The house searches for its move as follows. A table needs the move immediately, in the same turn of the event loop, and the games differ
 * widely: tic-tac-toe on 3 x 3 cells has 5,478 positions, and on 20 x 20 cells it has more positions than any search can visit.
 *
 * The search is a negamax that deepens by one move at a time, until it has seen the whole game or its budget of moves is used
 * up (effort.ts). A position is worth 1 to its winner and -1 to its loser, plus or minus a little for the remaining depth, so the house
 * wins early and loses late. A table, emptied at each depth, has the value of every position that the search has met, because several
 * paths lead to the same position. If the budget ends within a depth, the result of the last complete depth counts. A search that did not
 * see the end of the game gives most moves the same value, so random playouts from each of the best moves decide which of them is the
 * best.
 *
 * Invariants: only a search that has seen the whole game stores its best moves in the memory of the game, so every move in the memory is
 * perfect. The process searches a small game only once. The search chooses at random among equal moves, so the house does not play the
 * same game twice. The search counts its work in moves, not in milliseconds, so a search with a full budget returns the same moves on
 * every machine.
 */

import { type Game, isRefusal, type Outcome, type Random, type SeatNumber } from '../game.ts'
import { Effort } from './effort.ts'

/** Maximum length of a position's key in a small game: 3 x 3 cells and the seat to move. */
const SMALL = 10
/** Maximum number of random playouts, shared among the moves to which the search gives the same value. */
const PLAYOUTS = 300
/** Maximum number of positions in memory, for one game. */
const MAX_REMEMBERED = 50_000

/** SearchableGame is a game for two players who move in turn; it lists its moves and has no secrets. */
export type SearchableGame<State, Move, View, Options> = Game<State, Move, View, Options> & {
  moves(state: State, seat: SeatNumber): Iterable<Move>
  whole(view: View): State
}

export function isSearchable<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
): game is SearchableGame<State, Move, View, Options> {
  return game.moves !== undefined && game.whole !== undefined
}

/**
 * Returns the best move for the seat that may move. If the search sees the whole game, the move is perfect; otherwise a search of the next
 * moves and random playouts determine the move, as far as the effort allows. Among equal moves the choice is random.
 */
export function findBestMove<State, Move, View, Options>(
  game: SearchableGame<State, Move, View, Options>,
  state: State,
  random: Random,
  effort = new Effort(),
): Move {
  const known = memory(game) as Map<string, readonly Move[]>
  const key = toKey(game, state)
  let best = known.get(key)
  if (!best) {
    const search = new Search(game, random, effort.allowed)
    best = search.bestMoves(state, key.length <= SMALL ? effort.allowedOnce : undefined)
    effort.spend(search.spent)
    if (search.complete) for (const [position, moves] of search.best) if (known.size < MAX_REMEMBERED) known.set(position, moves)
  }
  return best.length === 1 ? (best[0] as Move) : random.choice(best)
}

const memories = new WeakMap<object, Map<string, unknown>>()

function memory(game: object): Map<string, unknown> {
  let known = memories.get(game)
  if (!known) {
    known = new Map()
    memories.set(game, known)
  }
  return known
}

class Search<State, Move, View, Options> {
  /** True if the search has seen the whole game. */
  complete = false
  /** The best moves of each position that the search has met. */
  readonly best = new Map<string, readonly Move[]>()
  readonly #game: SearchableGame<State, Move, View, Options>
  readonly #random: Random
  readonly #values = new Map<string, number>()
  /** Number of moves that the search may list or try in each of its two phases: looking ahead, and random playouts. */
  readonly #allowed: number
  /** Number of moves that the search may still list or try in this phase. */
  #work = 0
  #cut = false
  #spent = 0

  constructor(game: SearchableGame<State, Move, View, Options>, random: Random, allowed: number) {
    this.#game = game
    this.#random = random
    this.#allowed = allowed
  }

  /** Number of moves that the search has listed or tried. */
  get spent(): number {
    return this.#spent
  }

  /**
   * Returns the best moves of a position. `ahead` is the number of moves for looking ahead, if it differs from the number for a phase.
   */
  bestMoves(state: State, ahead = this.#allowed): readonly Move[] {
    const key = toKey(this.#game, state)
    const seat = this.#seat(state)
    let best = this.#moves(state, seat)
    this.#work = ahead
    for (let depth = 1; !this.complete && this.#work > 0; depth++) {
      this.#cut = false
      this.#values.clear()
      this.#value(state, depth)
      if (this.#work <= 0) break
      best = this.best.get(key) ?? best
      this.complete = !this.#cut
    }
    return this.complete || best.length === 1 ? best : this.#byPlayouts(state, seat, best)
  }

  /**
   * Returns the value of a position, always for seat 0, because a seat may move several times in a row; an early win and a late loss are
   * worth more.
   */
  #value(state: State, depth: number): number {
    const outcome = this.#game.outcome(state)
    if (outcome) return toPoints(outcome, 0) * (1 + depth / 1000)
    if (depth === 0 || this.#work <= 0) {
      this.#cut = true
      return 0
    }
    const position = toKey(this.#game, state)
    const key = `${depth} ${position}`
    const known = this.#values.get(key)
    if (known !== undefined) return known
    const seat = this.#seat(state)
    const sign = seat === 0 ? 1 : -1
    let highest = Number.NEGATIVE_INFINITY
    let best: Move[] = []
    for (const move of this.#moves(state, seat)) {
      const value = sign * this.#value(this.#after(state, seat, move), depth - 1)
      if (value > highest) best = [move]
      else if (value === highest) best.push(move)
      highest = Math.max(highest, value)
    }
    this.#values.set(key, sign * highest)
    this.best.set(position, best)
    return sign * highest
  }

  /**
   * Returns the moves with the best results in random playouts, with the same number of playouts for each move; returns all moves if the
   * budget is too small.
   */
  #byPlayouts(state: State, seat: SeatNumber, moves: readonly Move[]): readonly Move[] {
    this.#work = this.#allowed
    const points = moves.map(() => 0)
    for (let each = Math.ceil(PLAYOUTS / moves.length), n = 0; n < each; n++) {
      const more: number[] = []
      for (const move of moves) {
        const outcome = this.#playout(this.#after(state, seat, move))
        if (!outcome || this.#work <= 0) return selectBest(moves, points)
        more.push(toPoints(outcome, seat))
      }
      for (const [at, one] of more.entries()) points[at] = (points[at] ?? 0) + one
    }
    return selectBest(moves, points)
  }

  /** Plays a game to its end with random moves; returns `undefined` if the budget ends earlier. */
  #playout(start: State): Outcome | undefined {
    for (let state = start; ; ) {
      const outcome = this.#game.outcome(state)
      if (outcome || this.#work <= 0) return outcome
      const seat = this.#seat(state)
      state = this.#after(state, seat, this.#random.choice(this.#moves(state, seat)))
    }
  }

  #moves(state: State, seat: SeatNumber): readonly Move[] {
    const moves = [...this.#game.moves(state, seat)]
    this.#use(moves.length)
    return moves
  }

  #use(moves: number): void {
    this.#work -= moves
    this.#spent += moves
  }

  #seat(state: State): SeatNumber {
    return this.#game.toMove(state)[0] ?? 0
  }

  #after(state: State, seat: SeatNumber, move: Move): State {
    this.#use(1)
    const next = this.#game.play(state, seat, move, this.#random)
    if (isRefusal(next)) throw new Error(`${this.#game.name} lists a move and refuses it: ${next.refused}`)
    return next
  }
}

function toKey<State, Move, View, Options>(game: SearchableGame<State, Move, View, Options>, state: State): string {
  return game.key?.(state) ?? JSON.stringify(state)
}

function selectBest<Move>(moves: readonly Move[], points: readonly number[]): readonly Move[] {
  const highest = Math.max(...points)
  return moves.filter((_, at) => points[at] === highest)
}

function toPoints({ winners }: Outcome, seat: SeatNumber): number {
  if (winners.length === 0) return 0
  return winners.includes(seat) ? 1 : -1
}
