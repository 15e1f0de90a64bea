import type { SeatNumber } from '../games/game.ts'
import type { ClockRules, PersonId } from './ports.ts'

/** Wish is what somebody wants who seeks company. */
export interface Wish {
  readonly person: PersonId
  readonly name: string
  readonly game: string
  /** How the game is to be set up; plain data. Nothing, where anything is welcome. */
  readonly options?: unknown
  /** How long each may take; who limits no time plays by what the other wants. */
  readonly clock?: ClockRules
  /** The seats that the seeker can hold. */
  readonly seats: readonly SeatNumber[]
  readonly rated: boolean
  /** The only one who is wanted. */
  readonly against?: PersonId
  /** Only who says the same code is meant. */
  readonly code?: string
}

/** Match is two wishes that go together, and the seats that they get. */
export interface Match<Waiting extends Wish> {
  readonly waiting: Waiting
  readonly seats: readonly [waiting: SeatNumber, coming: SeatNumber]
}

/** Checks whether two open seeks for the same game differ only in negotiable terms: whether it counts, the clock, the options. */
export function isNear(one: Wish, other: Wish): boolean {
  if (one.game !== other.game || one.person === other.person) return false
  if (one.code !== undefined || other.code !== undefined) return false
  if (other.against !== undefined && other.against !== one.person) return false
  return one.against === undefined || one.against === other.person
}

/** The setup that two who agree on one play with: whoever cares decides. */
export function optionsOf(one: Wish, other: Wish): unknown {
  return one.options ?? other.options
}

/** The clock that two who agree on one play by. */
export function clockOf(one: Wish, other: Wish): ClockRules {
  return { ...other.clock, ...one.clock }
}

/** Plain data as text, in which the order of fields does not matter. */
export function textOf(data: unknown): string {
  return JSON.stringify(data, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}

/** The seats of two who each would take some, in their order; `undefined` where both would take the same one only. */
export function seatsFor(waiting: readonly SeatNumber[], coming: readonly SeatNumber[]): readonly [SeatNumber, SeatNumber] | undefined {
  for (const seat of waiting) {
    const other = coming.find((one) => one !== seat)
    if (other !== undefined) return [seat, other]
  }
  return undefined
}
