import type { AnyGame, Outcome, SeatNumber } from '../games/game.ts'
import type { VisibleEvent } from './events.ts'
import type { GameTerms } from './game-records.ts'

/** TableEventView has the part of one event at a table that one session may see. */
export interface TableEventView {
  readonly table: number
  /** Number of the event at its table; the numbers have no gaps. */
  readonly n: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly what: VisibleEvent
  /** The view after the event; missing for an event that does not change the view. */
  readonly sight?: TableView
  /** The text of the event in the native protocol, which all watchers of the table share; missing for a seat. */
  readonly shared?: { text?: string }
}

/** TableView is the view of a seat or a watcher at one time. */
export interface TableView {
  readonly view: unknown
  /** True if this seat may move. */
  readonly turn: boolean
  readonly toMove: readonly SeatNumber[]
  readonly outcome?: Outcome
  /** Milliseconds that each seat has left for all its moves; missing in a game without that limit. */
  readonly left?: readonly number[]
  /**
   * Milliseconds that each seat has left for its move (the whole limit for a seat whose turn it is not); missing in a game without that
   * limit.
   */
  readonly moveLeft?: readonly number[]
}

/** TableSnapshot is the present state of a table to which a session subscribes, for its seat or for a watcher. */
export interface TableSnapshot extends GameTerms {
  readonly table: number
  readonly game: AnyGame
  /** Seat of this session; missing for a watcher. */
  readonly seat?: SeatNumber
  readonly names: readonly string[]
  /** Token with which the owner resumes this seat through any connection; missing for a watcher. */
  readonly token?: string
  /** True for a private game, which only its players see. */
  readonly private?: true
  /** Number of the last event, and the view after it; missing until the store has the event `opened`. */
  readonly now?: { readonly n: number; readonly sight: TableView }
  /** Seats whose offer of a draw, or of a rematch after the game, has no answer yet; missing without such an offer. */
  readonly offers?: readonly SeatNumber[]
  /** Milliseconds for which the server reserves the seat after a disconnection. */
  readonly grace?: number
  /** True if the client has missed too many events for a replay, and so has to start from this snapshot. */
  readonly resync?: true
}

/** TableBoard is the board of a table as text after event `n`. */
export interface TableBoard {
  readonly n: number
  readonly text: string
  /** The legal moves of this seat, if its view determines them. */
  readonly moves?: readonly string[]
  /** The last move, if the board shows it. */
  readonly last?: { readonly seat: SeatNumber; readonly move: string }
}
