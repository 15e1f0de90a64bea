import type { Outcome, SeatNumber } from '../games/game.ts'
import type { VisibleEvent } from './events.ts'

/** ClockTerms has the time limits of a game, in milliseconds; a missing field sets no limit. */
export interface ClockTerms {
  /** Time for all moves of one seat together. */
  readonly total?: number | undefined
  /** Time for each turn. */
  readonly turn?: number | undefined
}

/** GameTerms has the settings of a game, its clock, and whether it is rated. */
export interface GameTerms {
  /** The public settings of the game itself, by name. */
  readonly settings: Readonly<Record<string, number>>
  /** True if the result changes the ladder. */
  readonly rated: boolean
  /** The time limits; missing for a game without a clock. */
  readonly clock?: ClockTerms
}

/** GameResult has the facts of a finished game that all users may see. */
export interface GameResult {
  readonly table: number
  readonly game: string
  /** Names of the players, by seat. */
  readonly names: readonly string[]
  readonly outcome: Outcome
  readonly rated: boolean
  /** Points by seat, in a game that gives points. */
  readonly points?: readonly number[]
  /** Time of the end, in milliseconds since the Unix epoch. */
  readonly at: number
}

/** FinishedGame is an entry in the history of a user: a finished game. */
export interface FinishedGame extends GameResult {
  /** Seat of the user to whom the history belongs. */
  readonly seat: SeatNumber
  /**
   * Rating of that user after the game, or the sum of the user's points if the game gives points; missing if the ladder does not
   * count the game.
   */
  readonly score?: number
}

/** RecordedEvent has the part of one event of a finished game that watchers have seen. */
export interface RecordedEvent {
  /** Number of the event; the numbers have no gaps. */
  readonly n: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly what: VisibleEvent
  /** The move in the notation of the game, if the watcher's view shows the move. */
  readonly move?: string
  /** The watcher's view after the event; missing for an event that does not change the view. */
  readonly view?: unknown
  /** The board after the event as text, as a watcher at the front door has seen it; missing unless the reader asks for the boards. */
  readonly board?: string
}

/** MissedEvent has the part of a missed event that the client's seat or a watcher may see. */
export type MissedEvent = Omit<RecordedEvent, 'view' | 'board'>

/** MissedEvents has the events of a table that a client has missed. */
export interface MissedEvents {
  /** Number of the last event that the client has not missed. */
  readonly after: number
  /** Names of the players, by seat. */
  readonly names: readonly string[]
  /** Seat of the client; missing for a watcher. */
  readonly seat?: SeatNumber
  /**
   * Count of the missed events that `events` omits because there are too many: it omits the earliest events. Missing if `events` has all
   * missed events.
   */
  readonly omitted?: number
  readonly events: readonly MissedEvent[]
}

/** GameRecord is a finished game: its terms, its result, and a page of its events. */
export interface GameRecord extends GameTerms {
  readonly table: number
  readonly game: string
  /** Names of the players, by seat. */
  readonly names: readonly string[]
  readonly outcome: Outcome
  readonly events: readonly RecordedEvent[]
  /** Number of the last event of this page, after which the next page begins; missing on the last page. */
  readonly next?: number
}

/** RecordRange selects a part of a game's events: at most `count` events after the event with the number `after`. */
export interface RecordRange {
  readonly after: number
  readonly count: number
  /** True if the events include the boards as text. */
  readonly boards?: boolean | undefined
}
