import { follow, type Game, type Random, type Seat, type SeatNumber } from '../game.ts'
import type { Effort } from './effort.ts'
import { findBestMove, isSearchable } from './search.ts'

/**
 * Plays a seat for the house until the game is over. The house makes the move that the game chooses (`choose`), or that a search
 * finds if the view shows the whole state (`whole`). Rejects if the table closes before the game is over.
 */
export function playSeat<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  seat: Seat<Move, View>,
  random: Random,
): Promise<void> {
  return follow(seat, ({ view, turn, outcome }) => {
    if (turn) {
      const refusal = seat.play(chooseMove(game, seat.number, view, random))
      if (refusal) throw new Error(`the player of ${game.name} made an illegal move: ${refusal.refused}`)
    }
    return outcome !== undefined
  })
}

/** Checks whether the house can play a game. */
export function isPlayable<State, Move, View, Options>(game: Game<State, Move, View, Options>): boolean {
  return game.choose !== undefined || isSearchable(game)
}

/** Searches for the first move of a small game in advance, so that no user waits for that search. */
export async function warmUpSearch<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  options: () => Promise<Options> | Options,
  random: Random,
): Promise<void> {
  if (!game.choose && isSearchable(game)) findBestMove(game, game.setup(await options(), random), random)
}

/**
 * Returns the move of the house for a seat that may move, from the view of that seat. A search subtracts its number of moves
 * from `effort`. Throws an Error if the house cannot play the game.
 */
export function chooseMove<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  seat: SeatNumber,
  view: View,
  random: Random,
  effort?: Effort,
): Move {
  if (game.choose) return game.choose(view, seat, random)
  if (isSearchable(game)) return findBestMove(game, game.whole(view), random, effort)
  throw new Error(`the house cannot play ${game.name}`)
}
