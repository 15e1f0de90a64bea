import { formatSeconds } from '../base/durations.ts'
import type { Outcome, Refusal, SeatNumber } from '../games/game.ts'
import type { ClockRules } from './ports.ts'
import type { Clocks } from './seat-clocks.ts'

/**
 * Milliseconds after which a player can end a game because of the opponent. `absent`: the opponent is disconnected. `silent`: in a
 * game without a clock, the opponent is connected and does not make the move that is due.
 */
const CLAIMABLE = { absent: 30_000, silent: 300_000 } as const

/** AbsenceClaimable is the part of a table's state on which a claim or an abort depends. */
export interface AbsenceClaimable {
  readonly opened: { readonly seats: readonly { readonly name: string }[]; readonly clock: ClockRules }
  readonly toMove: readonly SeatNumber[]
  readonly turnSince: number
  readonly clocks: Clocks
  readonly ended: boolean
  readonly suspended: boolean
  /** Time of the last extension; an absence that began earlier counts from this time. */
  readonly waitedAt?: number
}

/**
 * Returns the outcome of a game that a seat ends at `now` because of its opponent: a win for a claim, no result for an abort.
 * Returns a Refusal if the time has not passed yet.
 */
export function toClaimOutcome(table: AbsenceClaimable, seat: SeatNumber, what: 'claim' | 'abort', now: number): Outcome | Refusal {
  const { ended, suspended, opened } = table
  if (ended) return OVER
  if (suspended) return PAUSED
  const waits = [...opened.seats.keys()].filter((other) => other !== seat).map((other) => waitFor(table, seat, other, now))
  const [first, ...more] = waits.filter((wait) => wait !== undefined)
  if (!first) return { refused: NOT_ABSENT }
  const { other, left, why } = more.reduce((one, next) => (next.left < one.left ? next : one), first)
  if (left > 0) return { refused: `${opened.seats[other]?.name} ${why}: wait ${formatSeconds(left)} more, and then ${what} again` }
  if (what === 'abort') return { winners: [], left: other, aborted: true }
  const winners = [...opened.seats.keys()].filter((one) => one !== other)
  return why === SILENT ? { winners, left: other, late: true } : { winners, left: other }
}

/**
 * Returns a Refusal if a seat may not give its opponents more time at `now`. A seat may give more time if an opponent has been disconnected
 * for as long as a claim needs. The same time must pass between two extensions of an absence.
 */
export function refuseWait({ ended, suspended, opened, clocks }: AbsenceClaimable, seat: SeatNumber, now: number): Refusal | undefined {
  if (ended) return OVER
  if (suspended) return PAUSED
  const absences = clocks.gone.flatMap((since, other) => (since === undefined || other === seat ? [] : [{ other, since }]))
  const [first, ...more] = absences
  if (!first) return { refused: NOT_GONE }
  const { other, since } = more.reduce((one, next) => (next.since < one.since ? next : one), first)
  const left = CLAIMABLE.absent - (now - since)
  return left > 0 ? { refused: `${opened.seats[other]?.name} still has time to return: try again in ${formatSeconds(left)}` } : undefined
}

const OVER: Refusal = { refused: 'the game is over' }
const PAUSED: Refusal = { refused: 'the game is paused until a player reconnects' }
const GONE = 'has only just disconnected'
const EXTENDED = 'has more time to return'
const SILENT = 'has not had five minutes for this move'
const NOT_GONE = 'your opponent is connected: only an opponent who has been disconnected for 30 seconds can get more time'
const NOT_ABSENT = 'your opponent is connected: wait until the opponent is disconnected for 30 seconds, or does not move for 5 minutes'

/**
 * Returns the milliseconds until a seat can end the game because of another seat, with the reason. If the other
 * player is connected, returns `undefined` in three cases: the game has a clock, the other player does not have to move, or `seat` may
 * move, too.
 */
function waitFor(table: AbsenceClaimable, seat: SeatNumber, other: SeatNumber, now: number) {
  const { clocks, toMove, opened, turnSince, waitedAt } = table
  const gone = clocks.gone[other]
  if (gone !== undefined) return { other, left: CLAIMABLE.absent - (now - gone), why: gone === waitedAt ? EXTENDED : GONE }
  const timed = opened.clock.total !== undefined || opened.clock.turn !== undefined
  if (timed || !toMove.includes(other) || toMove.includes(seat)) return undefined
  return { other, left: CLAIMABLE.silent - (now - turnSince), why: SILENT }
}
