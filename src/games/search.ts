import { Effort } from './effort.ts'
import { type Game, isRefusal, type Outcome, type Random, type SeatNumber } from './game.ts'

/** For a game that is small enough to be searched to its end, which is done once. */
const WORK_ONCE = 200_000
/** Characters of a position's key up to which a game is that small: 3 x 3 cells, and whose turn it is. */
const SMALL = 10
/** Games played to the end at random at most, shared among the moves that searching leaves equal. */
const PLAYOUTS = 300
/** Positions of one game whose best moves are remembered. */
const REMEMBERED = 50_000

/** A game in which two play in turn and see everything, and whose moves can be listed. */
export type OpenGame<State, Move, View, Options> = Game<State, Move, View, Options> & {
  moves(state: State, seat: SeatNumber): Iterable<Move>
  whole(view: View): State
}

/** Checks whether a game's moves can be searched. */
export function isOpen<State, Move, View, Options>(game: Game<State, Move, View, Options>): game is OpenGame<State, Move, View, Options> {
  return game.moves !== undefined && game.whole !== undefined
}

/**
 * The best move for the seat that is to move: perfect where the game can be searched to its end, and otherwise what
 * looks best some moves ahead and in games played to the end at random, as far as the effort allows. Among equals, chance
 * decides.
 */
export function bestMove<State, Move, View, Options>(
  game: OpenGame<State, Move, View, Options>,
  state: State,
  random: Random,
  effort = new Effort(),
): Move {
  const known = memory(game) as Map<string, readonly Move[]>
  const key = keyOf(game, state)
  let best = known.get(key)
  if (!best) {
    const search = new Search(game, random, effort.allowed)
    best = search.bestMoves(state)
    effort.spend(search.spent)
    // what was searched to its end answers for every position on the way
    if (search.complete) for (const [position, moves] of search.best) if (known.size < REMEMBERED) known.set(position, moves)
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

/** A search that looks deeper and deeper until its positions are used up or there is nothing deeper. */
class Search<State, Move, View, Options> {
  /** Whether the game was searched to its end. */
  complete = false
  /** The best moves of each position that was looked into. */
  readonly best = new Map<string, readonly Move[]>()
  readonly #game: OpenGame<State, Move, View, Options>
  readonly #random: Random
  readonly #values = new Map<string, number>()
  /** Moves that may be listed or tried in each phase: looking ahead, and playing games to their end at random. */
  readonly #allowed: number
  /** Moves that are left in this slice. */
  #work = 0
  #cut = false
  #spent = 0

  constructor(game: OpenGame<State, Move, View, Options>, random: Random, allowed: number) {
    this.#game = game
    this.#random = random
    this.#allowed = allowed
  }

  /** Moves that were listed or tried. */
  get spent(): number {
    return this.#spent
  }

  bestMoves(state: State): readonly Move[] {
    const key = keyOf(this.#game, state)
    const seat = this.#seat(state)
    let best = this.#moves(state, seat)
    this.#work = key.length <= SMALL ? WORK_ONCE : this.#allowed
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

  /** What a position is worth to whoever is to move there: sooner wins are better, later losses too. */
  #value(state: State, depth: number): number {
    const outcome = this.#game.outcome(state)
    if (outcome) return outcome.winners.length === 0 ? 0 : -1 - depth / 1000
    if (depth === 0 || this.#work <= 0) {
      this.#cut = true
      return 0
    }
    const position = keyOf(this.#game, state)
    const key = `${depth} ${position}`
    const known = this.#values.get(key)
    if (known !== undefined) return known
    const seat = this.#seat(state)
    let highest = Number.NEGATIVE_INFINITY
    let best: Move[] = []
    for (const move of this.#moves(state, seat)) {
      const value = -this.#value(this.#after(state, seat, move), depth - 1)
      if (value > highest) best = [move]
      else if (value === highest) best.push(move)
      highest = Math.max(highest, value)
    }
    this.#values.set(key, highest)
    this.best.set(position, best)
    return highest
  }

  /** Of some moves those that did best in games at random, as many for each as there is time for; all, where there is none. */
  #byPlayouts(state: State, seat: SeatNumber, moves: readonly Move[]): readonly Move[] {
    this.#work = this.#allowed
    const points = moves.map(() => 0)
    for (let each = Math.ceil(PLAYOUTS / moves.length), n = 0; n < each; n++) {
      const more: number[] = []
      for (const move of moves) {
        const outcome = this.#playout(this.#after(state, seat, move))
        if (!outcome || this.#work <= 0) return bestOf(moves, points)
        more.push(worth(outcome, seat))
      }
      for (const [at, one] of more.entries()) points[at] = (points[at] ?? 0) + one
    }
    return bestOf(moves, points)
  }

  /** Plays a game on at random; `undefined` if that takes too long. */
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

function keyOf<State, Move, View, Options>(game: OpenGame<State, Move, View, Options>, state: State): string {
  return game.key?.(state) ?? JSON.stringify(state)
}

function bestOf<Move>(moves: readonly Move[], points: readonly number[]): readonly Move[] {
  const highest = Math.max(...points)
  return moves.filter((_, at) => points[at] === highest)
}

function worth({ winners }: Outcome, seat: SeatNumber): number {
  if (winners.length === 0) return 0
  return winners.includes(seat) ? 1 : -1
}
