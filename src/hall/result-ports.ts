import type { Outcome, SeatNumber } from '../games/game.ts'
import type { PersonId, TableId } from './events.ts'

/** Rating is a person's strength at a game, in the terms of Glicko-2. */
export interface Rating {
  readonly rating: number
  readonly deviation: number
  readonly volatility: number
}

/** Standing is a person's score on the ladder of a game. */
export interface Standing {
  readonly person: PersonId
  readonly name: string
  /** The rating, or the points if the game gives points. This number determines the order of the ladder. */
  readonly score: number
  readonly games: number
  /** Missing for a game that is not rated. */
  readonly rating?: Rating
}

/**
 * Maximum number of guests on the ladder of one game. The limit exists because one user can be any number of guests; the store drops
 * the guests who have not played for the longest time.
 */
export const GUESTS = 10_000

/** Results persists the standings that follow from finished tables: one ladder for each game. */
export interface Results {
  /** Reads a person's standing in a game. */
  standing(game: string, person: PersonId): Promise<Standing | undefined>
  /**
   * Sets the standings that follow from a table, unless an earlier call has set them; resolves to true if this call has set them. Skips
   * persons whose account the store has removed. If there are more than `GUESTS` guests, deletes the guests who have not played for the
   * longest time; it may do so only a few games later.
   */
  setStandings(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean>
  /** Resolves to the table of the last `setStandings`. */
  last(): Promise<TableId | undefined>
  /** Lists at most `limit` standings of a game, best first. */
  ladder(game: string, limit: number): Promise<readonly Standing[]>
  /**
   * Resolves to the rank of a score in a game and to the length of the ladder. The best rank is 1, and equal scores have the same rank.
   */
  rank(game: string, score: number): Promise<{ readonly rank: number; readonly of: number }>
}

/** Maximum number of tables in the history of one user; the store drops the oldest tables. */
export const HISTORY = 200

/** FinishedTable is a finished table in the form that the histories of its players have. */
export interface FinishedTable {
  readonly table: TableId
  readonly game: string
  /** Time of the end, in milliseconds since the Unix epoch. */
  readonly at: number
  /** Names of the players, by seat. */
  readonly names: readonly string[]
  readonly outcome: Outcome
  readonly rated: boolean
  /** Points by seat, in a game that gives points. */
  readonly points?: readonly number[]
  /** True if only the players see the table. */
  readonly private: boolean
  /** Ratings after the game by seat, or the points if the game gives points; missing until the ladder counts the game. */
  readonly scores?: SeatScores
}

/** SeatScores has the score of each seat that is on the ladder. */
export type SeatScores = Readonly<Record<SeatNumber, number>>

/**
 * HistoryRange selects a part of a history: at most `count` tables, beginning with the index `from`. It includes private tables if `hidden`
 * is true.
 */
export interface HistoryRange {
  readonly from: number
  readonly count: number
  readonly hidden: boolean
}

/** FinishedGames persists which tables each person has finished. It has the tables that have ended since version 6 of the store. */
export interface FinishedGames {
  /** Adds a finished table to the histories of persons, and drops their oldest tables beyond `HISTORY`. */
  add(persons: readonly PersonId[], finished: FinishedTable): Promise<void>
  /** Adds the scores after a finished table to each history that has the table. */
  setScores(table: TableId, scores: SeatScores): Promise<void>
  /** Lists a part of a person's finished tables, by descending number, with the total number of these tables. */
  of(person: PersonId, slice: HistoryRange): Promise<{ readonly items: readonly FinishedTable[]; readonly total: number }>
  /** Lists at most `count` finished tables of all persons, without the private tables, by descending number. */
  latest(count: number): Promise<readonly FinishedTable[]>
  /** Lists at most `count` finished tables of all persons with numbers above `after`, ascending, including private tables. */
  all(after: TableId, count: number): Promise<readonly FinishedTable[]>
}
