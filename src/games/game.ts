import type { Question } from './questions/question.ts'

/** SeatNumber is the position of a seat at its table, from 0. */
export type SeatNumber = number

/** Random is the only source of random numbers that a game uses. */
export interface Random {
  /** Returns a whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number
  /** Returns one of the items of `from`, which must not be empty. */
  choice<T>(from: readonly T[]): T
}

/** Refusal is the reason why the rules refuse an illegal move or request, as a sentence for the player. */
export interface Refusal {
  readonly refused: string
}

/** Outcome is the result of a game: the winners (an empty list after a draw or a lost game), and the cause if the rules did not end the game. */
export interface Outcome {
  readonly winners: readonly SeatNumber[]
  /** The seat that left, resigned, or ran out of time. */
  readonly left?: SeatNumber
  /** True if the player in `left` resigned. */
  readonly resigned?: true
  /** True if the player in `left` ran out of time. */
  readonly late?: true
  /** True if both players agreed on a draw. */
  readonly agreed?: true
  /** True if the opponent of `left` aborted the game because the player in `left` was disconnected or did not move. */
  readonly aborted?: true
  /** True if the server ended the game because the player in `left` did not move before the timeout. */
  readonly abandoned?: true
}

/** GameSettings has the values of settings, by name, that a user gives with the request for a game. */
export type GameSettings = Readonly<Record<string, number>>

/** SettingInfo describes one setting of a game: its range, its default and its meaning. */
export interface SettingInfo {
  readonly min: number
  readonly max: number
  readonly usual: number
  readonly about: string
}

/** GameAssets has the operator's own words and questions; if a field is missing, games use the shipped words and questions. */
export interface GameAssets {
  readonly words?: readonly string[] | undefined
  readonly questions?: readonly Question[] | undefined
}

/** Players has the names at a table, and the seat of the user who sees the names; for a watcher the seat is `undefined`. */
export interface Players {
  readonly names: readonly string[]
  readonly seat: SeatNumber | undefined
}

/** GameScreen has the texts that the front door shows for a game, and that are not in the notation of the game. */
export interface GameScreen<View> {
  /** The marks of the players on the board, by seat: O and X. */
  readonly marks?: readonly string[]
  /** Renders the board for one user; `undefined` for the board of the notation. */
  board?(view: View, players: Players): string | undefined
  /** Returns the last move and its seat, if the board shows the last move. */
  last?(view: View): { readonly seat: SeatNumber; readonly move: string } | undefined
  /** Describes the end of a game for one player, in addition to "won" or "lost"; empty if the board shows the end. */
  end?(view: View, won: boolean): string
  /** Describes the end of a game for one player by a resignation, a timeout or an abort. */
  givenUp?(view: View): string
}

/**
 * Game has the rules of a game, and its texts. States are immutable plain data, randomness is a parameter, and an illegal move returns a Refusal.
 * `View` is the part of the state that one seat or a watcher may see; a table publishes nothing else.
 */
export interface Game<State, Move, View, Options = undefined> {
  /** Name of the rules: a small letter, then small letters, digits and hyphens. Logs contain this name, so it never changes. */
  readonly name: string
  /** Name by which users request the game. Default: `name`. */
  readonly publicName?: string
  /** Other words by which users request the game, in small letters. */
  readonly aliases?: readonly string[]
  /** A description of the game in one line. Default: its name. */
  readonly title?: string
  /** The rules, in sentences for a player. */
  readonly rules?: string
  /** Instruction for typing a move, in one line. Default: the sentence with which the notation refuses an empty text. */
  readonly moveHint?: string
  /** Settings that a user may give, by name. Default: none. */
  readonly settings?: Readonly<Record<string, SettingInfo>>
  /** Returns the options for `setup`. Default: the settings. */
  options?(settings: GameSettings, assets: GameAssets): Promise<Options> | Options
  /** True for a game that users cannot request by name, because only a program opens its tables. */
  readonly isUnlisted?: true
  readonly screen?: GameScreen<View>
  readonly seats: { readonly min: number; readonly max: number }
  setup(options: Options, random: Random): State
  /** Returns the seats that may move now; empty after the end of the game. */
  toMove(state: State): readonly SeatNumber[]
  play(state: State, seat: SeatNumber, move: Move, random: Random): State | Refusal
  outcome(state: State): Outcome | undefined
  /**
   * Returns the part of the state that a seat or a watcher may see. If the game is over, for any reason, `outcome` is defined; the view may then
   * contain secrets.
   */
  view(state: State, viewer: SeatNumber | 'watcher', outcome?: Outcome): View
  /**
   * Declares the secrets: returns the state with other secrets in place of the secrets that the viewer may not see. Until the game is over, the
   * viewer must not be able to distinguish the two states. Tests compare the views of both states. Missing for a game without secrets.
   */
  withOtherSecrets?(state: State, viewer: SeatNumber | 'watcher', random: Random): State
  /** Returns the points of each seat, for games that count points. */
  points?(state: State): readonly number[]
  /** Lists all legal moves of a seat. The house can play a game that lists its moves, and tests can count the move tree. */
  moves?(state: State, seat: SeatNumber): Iterable<Move>
  /** Returns the state behind a view, for games without secrets; the house needs the state for its search. */
  whole?(view: View): State
  /**
   * Returns the key of a position for a search: two states with the same key have the same continuations. Default: the state in
   * JSON.
   */
  key?(state: State): string
  /** Returns the move of the house, for games that the house plays without a search. */
  choose?(view: View, seat: SeatNumber, random: Random): Move
  readonly notation: Notation<Move, View>
}

/** Notation converts moves and views to text. `parse` reads the texts that `print` returns. */
export interface Notation<Move, View> {
  parse(text: string): Move | Refusal
  print(move: Move): string
  render(view: View): string
}

/** Situation is the view of one seat after one event. */
export interface Situation<View> {
  readonly view: View
  /** True if this seat may move. */
  readonly turn: boolean
  readonly outcome?: Outcome
}

/**
 * Seat is one player's interface to a table. A connection, a user at the terminal and a bot use the same interface, and cannot reach another seat.
 */
export interface Seat<Move, View> {
  readonly number: SeatNumber
  /**
   * Returns the next situation: first the situation at the start, then one situation for each event that changes the view. It skips no
   * situation.
   */
  next(): Promise<Situation<View>>
  /** Returns the next situation in which this seat may move or the game is over; skips all earlier situations. */
  turn(): Promise<Situation<View>>
  /** Calls an observer with every situation from now on, in the turn of the event loop in which the situation arises. */
  observe(watcher: SituationObserver<View>): void
  /** Makes a move. Returns a Refusal for a move that the rules do not allow; the state is then unchanged. */
  play(move: Move): Refusal | undefined
  /** Gives up the seat, which ends the game for all seats. */
  leave(): void
}

/** SituationObserver receives the situations of one seat in order, and the reason if the table closes before the game is over. */
export interface SituationObserver<View> {
  see(situation: Situation<View>): void
  closed(reason: Error): void
}

/** Passes each situation of a seat to `see` until `see` returns true. Rejects if `see` throws or the table closes. */
export function follow<Move, View>(seat: Seat<Move, View>, see: (situation: Situation<View>) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let over = false
    seat.observe({
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

/** AnyGame is a game of any type, for callers that do not depend on the types of state, move and view. */
export type AnyGame = Game<unknown, unknown, unknown, unknown>

/**
 * RulesError reports that the rules of a plug-in's game have thrown an error, or have violated a rule for games. Its message is a sentence
 * for the user.
 */
export class RulesError extends Error {
  override readonly name = 'RulesError'
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
