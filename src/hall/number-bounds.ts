/** NumberRange is a range of accepted numbers; both ends belong to it. */
export interface NumberRange {
  readonly min: number
  readonly max: number
}

const DAY = 24 * 3_600_000

/**
 * BOUNDS has the ranges of all numbers that clients may send at the front door and in the native protocol. A game may narrow the
 * range of its settings.
 */
export const BOUNDS = {
  /** Number of a table. */
  table: { min: 1, max: Number.MAX_SAFE_INTEGER },
  /** Sequence number of an event at a table; 0 for no event. */
  event: { min: 0, max: Number.MAX_SAFE_INTEGER },
  /** Number of a seat, counted from 0. A game narrows the range to its own seats. */
  seat: { min: 0, max: 15 },
  /** Time limit of one seat for all its moves, in milliseconds. */
  total: { min: 1000, max: 7 * DAY },
  /** Time limit of one seat for a move, in milliseconds. */
  turn: { min: 1000, max: 7 * DAY },
  /** Milliseconds until the house takes an open seat. */
  wait: { min: 0, max: 7 * DAY },
  /** Number of rows of a ladder in one answer. */
  rows: { min: 1, max: 100 },
  /** Index of the first item of a page. */
  place: { min: 0, max: 1_000_000 },
  /** Number by which an answer refers to its command. */
  id: { min: 0, max: Number.MAX_SAFE_INTEGER },
  /** A game setting, before its game narrows the range. */
  setting: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
} as const satisfies Readonly<Record<string, NumberRange>>
