import type { SeatNumber } from '../games/game.ts'
import type { ClockRules, PersonId, SeekEntry } from './ports.ts'

/** OpenSeek has the terms of a seek, and the user who has opened it. */
export interface OpenSeek extends Omit<SeekEntry, 'owner' | 'since'> {
  readonly person: PersonId
  readonly name: string
}

/** Match is an open seek that suits a new seek, and the seats that the two seeks get. */
export interface Match<Waiting extends OpenSeek> {
  readonly waiting: Waiting
  readonly seats: readonly [waiting: SeatNumber, coming: SeatNumber]
}

/**
 * Checks whether two open seeks for the same game differ only in negotiable terms: whether the game is rated, the clock, and
 * the settings.
 */
export function isNear(one: OpenSeek, other: OpenSeek): boolean {
  if (one.game !== other.game || one.person === other.person) return false
  if (one.code !== undefined || other.code !== undefined) return false
  if (other.against !== undefined && other.against !== one.person) return false
  return one.against === undefined || one.against === other.person
}

/**
 * Returns the settings for two matched seeks: the settings of the first seek or, if that seek accepts any settings, of the
 * second seek.
 */
export function mergeOptions(one: OpenSeek, other: OpenSeek): unknown {
  return one.options ?? other.options
}

/** Returns the time limits for two matched seeks: the limits of the first seek have priority. */
export function mergeClocks(one: OpenSeek, other: OpenSeek): ClockRules {
  return { ...other.clock, ...one.clock }
}

/** Formats plain data as JSON with sorted fields, so that equal data have equal texts. */
export function formatCanonical(data: unknown): string {
  return JSON.stringify(data, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}

/**
 * Returns two different seats that two seeks accept, by the preference of the first seek; `undefined` if there are no such
 * seats.
 */
export function findSeats(waiting: readonly SeatNumber[], coming: readonly SeatNumber[]): readonly [SeatNumber, SeatNumber] | undefined {
  for (const seat of waiting) {
    const other = coming.find((one) => one !== seat)
    if (other !== undefined) return [seat, other]
  }
  return undefined
}
