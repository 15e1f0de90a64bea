import { type Game, type GameSettings, isRefusal, type Random, type Refusal, type SeatNumber } from './game.ts'

/** Returns a game unchanged; the compiler infers its types from `setup`, `play` and `view`. */
export function defineGame<State, Move, View, Options = GameSettings>(
  game: Game<State, Move, View, Options>,
): Game<State, Move, View, Options> {
  return game
}

/** InTurn is a state of a game whose two players move in turn. */
export interface InTurn {
  /** The seat that moves next, unless the game is over. */
  readonly turn: SeatNumber
}

/** TurnGame is the rules of a game for two players who move in turn; the other hooks of `Game` follow from the order of turns. */
export interface TurnGame<State extends InTurn, Move, View, Options>
  extends Omit<Game<State, Move, View, Options>, 'seats' | 'toMove' | 'play' | 'view'> {
  /** Makes a move for the seat whose turn it is. The caller replaces `turn` of the result by the seat that `next` returns. */
  move(state: State, seat: SeatNumber, move: Move, random: Random): State | Refusal
  /** Returns the seat that moves next, after `seat` has made the move that led to `state`. Default: the other seat. */
  next?(state: State, seat: SeatNumber): SeatNumber
  /** Default: the whole state, because nothing is secret. */
  view?: Game<State, Move, View, Options>['view']
}

/** Defines a game for two players who move in turn, seat `turn` of the state first. Without a `view`, the house can search its moves. */
export function defineTurnGame<State extends InTurn, Move, View = State, Options = GameSettings>({
  move: make,
  next = (_, seat) => 1 - seat,
  view,
  ...rules
}: TurnGame<State, Move, View, Options>): Game<State, Move, View, Options> {
  // without a view of its own, `View` is the state
  const open = { view: (state: State) => state as unknown as View, whole: (view: View) => view as unknown as State }
  return {
    ...(view ? { view } : open),
    ...rules,
    seats: { min: 2, max: 2 },
    toMove: (state) => (rules.outcome(state) ? [] : [state.turn]),
    play(state, seat, move, random) {
      if (rules.outcome(state)) return { refused: 'the game is over' }
      if (seat !== state.turn) return { refused: 'it is the other player’s turn' }
      const after = make(state, seat, move, random)
      return isRefusal(after) ? after : { ...after, turn: next(after, seat) }
    },
  }
}
