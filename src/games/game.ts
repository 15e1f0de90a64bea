/** SeatNumber is a place at a table, counted from 0. */
export type SeatNumber = number

/** Random is where chance comes from; games never ask anything else. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number
  /** One of `from`, which is not empty. */
  choice<T>(from: readonly T[]): T
}

/** Refusal is a move that was not made, and why: a sentence for the one who tried. */
export interface Refusal {
  readonly refused: string
}

/** Outcome is how a game ended: who won (nobody, in a draw or a lost game), and what ended it if not the rules. */
export interface Outcome {
  readonly winners: readonly SeatNumber[]
  /** Who has left, resigned, or let the time run out. */
  readonly left?: SeatNumber
  /** True if the player has resigned. */
  readonly resigned?: true
  /** It was the time of that one that ran out. */
  readonly late?: true
  /** Both have agreed on a draw. */
  readonly agreed?: true
  /** The opponent of `left`, who was gone or did not move, has ended it without a result. */
  readonly aborted?: true
  /** The game had no move for too long: `left` was to move. */
  readonly abandoned?: true
}

/**
 * Game is rules and nothing else. States are immutable plain data; chance comes in as a parameter; a refused move is a
 * value. `View` is what one seat, or a watcher, may see: nothing else ever leaves a table.
 */
export interface Game<State, Move, View, Options = undefined> {
  readonly name: string
  readonly seats: { readonly min: number; readonly max: number }
  setup(options: Options, random: Random): State
  /** The seats that may move now; none when the game is over. */
  toMove(state: State): readonly SeatNumber[]
  play(state: State, seat: SeatNumber, move: Move, random: Random): State | Refusal
  outcome(state: State): Outcome | undefined
  /**
   * Returns the part of the state that a seat or a watcher may see. `outcome` is given if the game is over, by its rules
   * or otherwise; a secret may be shown then.
   */
  view(state: State, who: SeatNumber | 'watcher', outcome?: Outcome): View
  /** What each seat has gained, where a game is about that and not about who wins. */
  points?(state: State): readonly number[]
  /** All legal moves, where they can be listed: players and counts of the move tree come free. */
  moves?(state: State, seat: SeatNumber): Iterable<Move>
  /** The state that a view shows, where it shows everything: then the house's player can search. */
  whole?(view: View): State
  /** What tells positions apart for a search: the part of a state on which the rest of the game depends. */
  key?(state: State): string
  /** The house's own move, where searching is not the way. */
  choose?(view: View, seat: SeatNumber, random: Random): Move
  readonly notation: Notation<Move, View>
}

/** Notation is how moves and views are written. What `print` writes, `parse` reads. */
export interface Notation<Move, View> {
  parse(text: string): Move | Refusal
  print(move: Move): string
  render(view: View): string
}

/** Situation is what one seat sees at one moment. */
export interface Situation<View> {
  readonly view: View
  /** Whether this seat may move. */
  readonly turn: boolean
  readonly outcome?: Outcome
}

/**
 * Seat is the only door to a table: what one place sees and may do. Whoever holds it, a connection, a person at the
 * terminal, a bot, knows nothing of the others.
 */
export interface Seat<Move, View> {
  readonly number: SeatNumber
  /** The next situation: the one at the start, and then one for each event that changes what is seen; none is left out. */
  next(): Promise<Situation<View>>
  /** The next situation in which this seat is to move, or the game is over; others on the way there are left out. */
  turn(): Promise<Situation<View>>
  /** As `next`, without a promise: from now on, every situation is shown to this watcher. */
  watch(watcher: Watcher<View>): void
  /** Makes a move; answers with a refusal where the rules do not allow it, and then nothing has changed. */
  play(move: Move): Refusal | undefined
  /** Gives up the seat, which ends the game. */
  leave(): void
}

/** Watcher is shown what a seat sees, one situation after the other, and told if the table cannot go on. */
export interface Watcher<View> {
  see(situation: Situation<View>): void
  closed(reason: Error): void
}

/** Shows every situation of a seat to `see`, as soon as there is one, until it answers that this was the last. */
export function follow<Move, View>(seat: Seat<Move, View>, see: (situation: Situation<View>) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let over = false
    seat.watch({
      see(situation) {
        if (over) return
        try {
          if (see(situation)) resolve()
          else return
        } catch (reason) {
          reject(reason)
        }
        over = true
      },
      closed: reject,
    })
  })
}

/** Checks whether a value is a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
