import type { SeatNumber } from '../games/game.ts'
import { type ClockRules, PEER, type PersonId } from './ports.ts'

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

/**
 * The first among those who wait, in their order, who can sit opposite the one who comes; `undefined` where nobody can.
 * Whoever waited longer begins, if both could.
 */
export function pair<Waiting extends Wish>(waiting: Iterable<Waiting>, coming: Wish): Match<Waiting> | undefined {
  for (const one of waiting) {
    if (!agree(one, coming)) continue
    const seats = seatsFor(one.seats, coming.seats)
    if (seats) return { waiting: one, seats }
  }
  return undefined
}

/** Whether two open seeks for the same game differ only in what can be agreed on: whether it counts, the clock, the options. */
export function isNear(one: Wish, other: Wish): boolean {
  if (one.game !== other.game || one.person === other.person) return false
  if (one.code !== undefined || other.code !== undefined || other.against !== undefined) return false
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

function agree(one: Wish, other: Wish): boolean {
  if (one.game !== other.game || one.rated !== other.rated || one.code !== other.code) return false
  // nobody plays against oneself, and nobody knows whether two who never said who they are are one
  if (one.person === other.person && one.person !== PEER) return false
  if (one.against !== undefined && one.against !== other.person) return false
  if (other.against !== undefined && other.against !== one.person) return false
  if (limits(one) && limits(other) && (one.clock?.turn !== other.clock?.turn || one.clock?.total !== other.clock?.total)) return false
  return one.options === undefined || other.options === undefined || textOf(one.options) === textOf(other.options)
}

function limits({ clock }: Wish): boolean {
  return clock?.turn !== undefined || clock?.total !== undefined
}

/** Plain data as text, in which the order of fields does not matter. */
function textOf(data: unknown): string {
  return JSON.stringify(data, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}

function seatsFor(waiting: readonly SeatNumber[], coming: readonly SeatNumber[]): readonly [SeatNumber, SeatNumber] | undefined {
  for (const seat of waiting) {
    const other = coming.find((one) => one !== seat)
    if (other !== undefined) return [seat, other]
  }
  return undefined
}
