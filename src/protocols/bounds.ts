/** Range is the numbers that are taken in one place, both ends included. */
export interface Range {
  readonly min: number
  readonly max: number
}

const DAY = 24 * 3_600_000

/** The bounds of all numbers that clients may send, at the front door and in the native protocol. A game's own may be closer. */
export const BOUNDS = {
  /** The number of a table. */
  table: { min: 1, max: Number.MAX_SAFE_INTEGER },
  /** The number of an event at a table, 0 for none. */
  event: { min: 0, max: Number.MAX_SAFE_INTEGER },
  /** A place at a table; a game has as many as it has seats. */
  seat: { min: 0, max: 15 },
  /** Milliseconds that one seat may take for all its moves. */
  total: { min: 1000, max: 7 * DAY },
  /** Milliseconds that one seat may take for a move. */
  turn: { min: 1000, max: 7 * DAY },
  /** Milliseconds until the house sits down opposite. */
  wait: { min: 0, max: 7 * DAY },
  /** Rows of a ladder. */
  rows: { min: 1, max: 100 },
  /** A place in a list, from which a page of it begins. */
  place: { min: 0, max: 1_000_000 },
  /** The number that a command is called by in its answer. */
  id: { min: 0, max: Number.MAX_SAFE_INTEGER },
  /** A setting, before the game is known whose bounds hold. */
  setting: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
} as const satisfies Readonly<Record<string, Range>>

/** A number as it is typed: a whole one within a range, in digits; `undefined` for anything else. */
export function readWhole(text: string, { min, max }: Range): number | undefined {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}
