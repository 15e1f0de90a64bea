import { type Game, type GameSettings, isRefusal, type Random, type Refusal, type SeatNumber } from './game.ts'

/** GameDefinition has the rules of a game without the parts that have a default. */
export interface GameDefinition<State, Move, View, Options> extends Omit<Game<State, Move, View, Options>, 'seats' | 'view'> {
  /** Default: two. */
  readonly seats?: Game<State, Move, View, Options>['seats']
  /** Makes a move for a seat whose turn it is; the game is not over. */
  play(state: State, seat: SeatNumber, move: Move, random: Random): State | Refusal
  /** Default: the whole state, because nothing is secret. */
  view?: Game<State, Move, View, Options>['view']
}

/**
 * Defines a game. The defined game calls `play` only for a seat of `toMove`; it refuses the moves of other seats, and moves after the end.
 * Without a `view`, the house can search for its moves.
 */
export function defineGame<State, Move, View = State, Options = GameSettings>({
  view,
  ...rules
}: GameDefinition<State, Move, View, Options>): Game<State, Move, View, Options> {
  return {
    seats: { min: 2, max: 2 },
    ...toView(view),
    ...rules,
    play(state, seat, move, random) {
      if (rules.outcome(state)) return { refused: 'the game is over' }
      if (!rules.toMove(state).includes(seat)) return { refused: 'it is the other player’s turn' }
      return rules.play(state, seat, move, random)
    },
  }
}

/** InTurn is a state of a game whose two players move in turn. */
export interface InTurn {
  /** The seat that moves next, unless the game is over. */
  readonly turn: SeatNumber
}

/** TurnGame has the rules of a game for two players who move in turn; the other hooks of `Game` follow from the order of turns. */
export interface TurnGame<State extends InTurn, Move, View, Options>
  extends Omit<Game<State, Move, View, Options>, 'seats' | 'toMove' | 'play' | 'view'> {
  /** Makes a move for the seat whose turn it is. The caller then sets `turn` of the result to the seat that `next` returns. */
  move(state: State, seat: SeatNumber, move: Move, random: Random): State | Refusal
  /** Returns the seat that moves next, after `seat` has made the move that led to `state`. Default: the other seat. */
  next?(state: State, seat: SeatNumber): SeatNumber
  /** Default: the whole state, because nothing is secret. */
  view?: Game<State, Move, View, Options>['view']
}

/**
 * Defines a game for two players who move in turn; seat `turn` of the first state begins. Without a `view`, the house can search for its
 * moves.
 */
export function defineTurnGame<State extends InTurn, Move, View = State, Options = GameSettings>({
  move: make,
  next = (_, seat) => 1 - seat,
  view,
  ...rules
}: TurnGame<State, Move, View, Options>): Game<State, Move, View, Options> {
  return {
    ...toView(view),
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

/** Returns the view of a game; without a `view`, the view is the whole state, and `View` is the state. */
function toView<State, View>(
  view: Game<State, never, View, never>['view'] | undefined,
): Pick<Game<State, never, View, never>, 'view' | 'whole'> {
  if (view) return { view }
  return { view: (state) => state as unknown as View, whole: (shown) => shown as unknown as State }
}
