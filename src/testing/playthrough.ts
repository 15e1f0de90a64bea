import { chooseMove } from '../games/ai/house.ts'
import { type Game, isRefusal, type Random, type SeatNumber } from '../games/game.ts'
import { seededRandom } from '../games/random.ts'
import { assert, freeze } from './assert.ts'

/** Maximum number of moves in one random game. */
const LONGEST = 500

/** MovePicker picks a legal move for a seat that may move. */
export type MovePicker<State, Move> = (state: State, seat: SeatNumber, random: Random) => Move

/** Position is a state in a random game, and the next move; the last position has no move. */
export interface Position<State, Move> {
  readonly state: State
  readonly seat?: SeatNumber
  readonly move?: Move
}

/**
 * Plays a random game and yields all positions of the game. Freezes the states, so rules that change a state throw. Throws an Error if the
 * rules refuse a listed move.
 */
export function* playRandomly<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  { options, seed, pick }: { options: Options; seed: number; pick?: MovePicker<State, Move> | undefined },
): Generator<Position<State, Move>> {
  const random = seededRandom(seed)
  let state = freeze(game.setup(options, random))
  for (let made = 0; made < LONGEST; made++) {
    const seats = game.outcome(state) ? [] : game.toMove(state)
    if (seats.length === 0) break
    const seat = random.choice(seats)
    const move = freeze((pick ?? picker(game))(state, seat, random))
    yield { state, seat, move }
    const next = game.play(state, seat, move, random)
    if (isRefusal(next)) throw new Error(`seat ${seat} may not make the legal move ${game.notation.print(move)}: ${next.refused}`)
    state = freeze(next)
  }
  yield { state }
}

/** Returns a picker that picks a listed move or, if the game lists no moves, the move that the house chooses. */
function picker<State, Move, View, Options>(game: Game<State, Move, View, Options>): MovePicker<State, Move> {
  return (state, seat, random) => {
    if (!game.moves) return chooseMove(game, seat, game.view(state, seat), random)
    const moves = [...game.moves(state, seat)]
    assert(moves.length > 0, () => `seat ${seat} is to move and has no legal move`)
    return random.choice(moves)
  }
}

/** Counts the positions after `depth` moves; a line of play that ends after fewer moves adds 0. */
export function countPositions<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  state: State,
  depth: number,
  random: Random,
): number {
  if (depth === 0) return 1
  if (game.outcome(state)) return 0
  let sum = 0
  for (const seat of game.toMove(state)) {
    for (const move of game.moves?.(state, seat) ?? []) {
      const next = game.play(state, seat, move, random)
      if (isRefusal(next)) throw new Error(`the rules refuse the listed move ${game.notation.print(move)}: ${next.refused}`)
      sum += countPositions(game, next, depth - 1, random)
    }
  }
  return sum
}
