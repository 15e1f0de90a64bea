import type { Effort } from './effort.ts'
import { follow, type Game, type Random, type Seat, type SeatNumber } from './game.ts'
import { bestMove, isOpen } from './search.ts'

/**
 * The house's player of a game: holds a seat until the game is over. It moves as the game itself says (`choose`), as a
 * search finds where a view shows everything (`whole`), or else by chance among the legal moves.
 */
export function play<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  seat: Seat<Move, View>,
  random: Random,
): Promise<void> {
  return follow(seat, ({ view, turn, outcome }) => {
    if (turn) {
      const refusal = seat.play(houseMove(game, seat.number, view, random))
      if (refusal) throw new Error(`the player of ${game.name} made an illegal move: ${refusal.refused}`)
    }
    return outcome !== undefined
  })
}

/** Checks whether the house can play a game. */
export function playable<State, Move, View, Options>(game: Game<State, Move, View, Options>): boolean {
  return game.choose !== undefined || isOpen(game)
}

/** Searches the first move of a game in advance, so that no user waits later while a small game is searched to its end. */
export async function rehearse<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  options: () => Promise<Options> | Options,
  random: Random,
): Promise<void> {
  if (!game.choose && isOpen(game)) bestMove(game, game.setup(await options(), random), random)
}

/**
 * The house's move in a seat that is to move, from what that seat sees, with as much effort as is given. Throws an Error for
 * a game that it cannot play.
 */
export function houseMove<State, Move, View, Options>(
  game: Game<State, Move, View, Options>,
  seat: SeatNumber,
  view: View,
  random: Random,
  effort?: Effort,
): Move {
  if (game.choose) return game.choose(view, seat, random)
  if (isOpen(game)) return bestMove(game, game.whole(view), random, effort)
  throw new Error(`the house cannot play ${game.name}`)
}
