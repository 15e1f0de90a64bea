import type { SeatNumber } from '../games/game.ts'
import type { ClockRules } from './ports.ts'

/** Clocks are the times of a table's seats, in milliseconds: what was used, and since when which of them runs. */
export interface Clocks {
  /** What each seat has used in turns that are over. */
  readonly used: readonly number[]
  /** Since when each seat has been to move, where it is. */
  readonly since: readonly (number | undefined)[]
  /** Since when each seat's connection has been gone, where it is. */
  readonly gone: readonly (number | undefined)[]
}

/** Expiry is a seat whose time is over, and which of its times. */
export interface Expiry {
  readonly seat: SeatNumber
  readonly what: 'turn' | 'total' | 'grace'
  readonly at: number
}

/** The clocks of so many seats, of which some are to move from `now` on. */
export function started(seats: number, toMove: readonly SeatNumber[], now: number): Clocks {
  if (toMove.length === 0) return still(seats)
  const none = Array<undefined>(seats).fill(undefined)
  return { used: Array<number>(seats).fill(0), since: none.map((_, seat) => (toMove.includes(seat) ? now : undefined)), gone: none }
}

const STILL: Clocks[] = []

/** The clocks of so many seats, none of which has ever run. */
function still(seats: number): Clocks {
  const known = STILL[seats]
  if (known) return known
  const none = Array<undefined>(seats).fill(undefined)
  const clocks = { used: Array<number>(seats).fill(0), since: none, gone: none }
  STILL[seats] = clocks
  return clocks
}

/** The clocks after something that `mover` did: its turn is over, and others may have begun or ended. */
export function passed(clocks: Clocks, toMove: readonly SeatNumber[], mover: SeatNumber | undefined, now: number): Clocks {
  const { used, since } = clocks
  return {
    ...clocks,
    used: used.map((before, seat) => {
      const from = since[seat]
      return from === undefined || (toMove.includes(seat) && seat !== mover) ? before : before + now - from
    }),
    since: since.map((from, seat) => (toMove.includes(seat) ? (seat === mover ? now : (from ?? now)) : undefined)),
  }
}

/** The clocks when a seat's connection is gone, or back. */
export function presence(clocks: Clocks, seat: SeatNumber, gone: number | undefined): Clocks {
  return { ...clocks, gone: clocks.gone.with(seat, gone) }
}

/** The clocks standing still: turns are charged with what they have used by `now`, and no grace runs. */
export function stopped(clocks: Clocks, now: number): Clocks {
  if (!clocks.since.some(isKnown) && !clocks.gone.some(isKnown)) return clocks
  const { used, since } = passed(clocks, [], undefined, now)
  return { used, since, gone: clocks.gone.map(() => undefined) }
}

/** Returns what a seat has left of its time for all moves at `now`; `undefined` where that is not limited. */
export function timeLeft({ used, since }: Clocks, { total }: ClockRules, seat: SeatNumber, now: number): number | undefined {
  if (total === undefined) return undefined
  const from = since[seat]
  return Math.max(0, total - (used[seat] ?? 0) - (from === undefined ? 0 : now - from))
}

/**
 * Returns what a seat has left of its time for one move at `now`, all of it where it is not to move; `undefined` where that is
 * not limited.
 */
export function turnLeft({ since }: Clocks, { turn }: ClockRules, seat: SeatNumber, now: number): number | undefined {
  return turn === undefined ? undefined : Math.max(0, turn - (now - (since[seat] ?? now)))
}

/** The time that is over first if nothing happens; `undefined` where none is limited. */
export function nextExpiry({ used, since, gone }: Clocks, { turn, total, grace }: ClockRules): Expiry | undefined {
  if (turn === undefined && total === undefined && grace === undefined) return undefined
  let next: Expiry | undefined
  const consider = (seat: SeatNumber, what: Expiry['what'], from: number | undefined, limit: number | undefined) => {
    if (from === undefined || limit === undefined) return
    if (!next || from + limit < next.at) next = { seat, what, at: from + limit }
  }
  for (let seat = 0; seat < used.length; seat++) {
    consider(seat, 'turn', since[seat], turn)
    consider(seat, 'total', since[seat], total === undefined ? undefined : total - (used[seat] ?? 0))
    consider(seat, 'grace', gone[seat], grace)
  }
  return next
}

function isKnown(time: number | undefined): boolean {
  return time !== undefined
}
