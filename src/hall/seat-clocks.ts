import type { SeatNumber } from '../games/game.ts'
import type { ClockRules } from './ports.ts'

/** Clocks has the times that the clocks of a table's seats have measured. All times are in milliseconds of the table's own clock. */
export interface Clocks {
  /** Time that each seat has used in finished turns. */
  readonly used: readonly number[]
  /** Time at which the open turn of each seat began; `undefined` for a seat whose turn it is not. */
  readonly since: readonly (number | undefined)[]
  /** Time from which the absence of each seat counts; `undefined` for a connected seat. */
  readonly gone: readonly (number | undefined)[]
}

/** Expiry has a time limit of a seat, and the time at which the limit is reached. */
export interface Expiry {
  readonly seat: SeatNumber
  readonly what: 'turn' | 'total' | 'grace'
  readonly at: number
}

/** Starts the clocks of a table with `seats` seats; the turns of the seats in `toMove` begin at `now`. */
export function startClocks(seats: number, toMove: readonly SeatNumber[], now: number): Clocks {
  if (toMove.length === 0) return still(seats)
  const none = Array<undefined>(seats).fill(undefined)
  return { used: Array<number>(seats).fill(0), since: none.map((_, seat) => (toMove.includes(seat) ? now : undefined)), gone: none }
}

const STILL: Clocks[] = []

/** Returns clocks that have never run; all tables with the same number of seats get the same object. */
function still(seats: number): Clocks {
  const known = STILL[seats]
  if (known) return known
  const none = Array<undefined>(seats).fill(undefined)
  const clocks = { used: Array<number>(seats).fill(0), since: none, gone: none }
  STILL[seats] = clocks
  return clocks
}

/** Returns the clocks after an action of `mover` that ends the turn of `mover`; turns of other seats may begin or end. */
export function passTurn(clocks: Clocks, toMove: readonly SeatNumber[], mover: SeatNumber | undefined, now: number): Clocks {
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

/** Returns the clocks after a seat disconnects at the time `gone`, or reconnects. */
export function setPresence(clocks: Clocks, seat: SeatNumber, gone: number | undefined): Clocks {
  return { ...clocks, gone: clocks.gone.with(seat, gone) }
}

/** Returns clocks in which the absences of all seats except one seat begin again at `now`; the clocks of turns continue. */
export function extendAbsences(clocks: Clocks, except: SeatNumber, now: number): Clocks {
  return { ...clocks, gone: clocks.gone.map((since, seat) => (since === undefined || seat === except ? since : now)) }
}

/** Stops the clocks: charges open turns up to `now`, and ends all grace times. */
export function stopClocks(clocks: Clocks, now: number): Clocks {
  if (!clocks.since.some(isKnown) && !clocks.gone.some(isKnown)) return clocks
  const { used, since } = passTurn(clocks, [], undefined, now)
  return { used, since, gone: clocks.gone.map(() => undefined) }
}

/** Returns the time that a seat has left for all its moves at `now`; `undefined` without that limit. */
export function timeLeft({ used, since }: Clocks, { total }: ClockRules, seat: SeatNumber, now: number): number | undefined {
  if (total === undefined) return undefined
  const from = since[seat]
  return Math.max(0, total - (used[seat] ?? 0) - (from === undefined ? 0 : now - from))
}

/**
 * Returns the time that a seat has left for its move at `now`: the whole limit for a seat whose turn it is not, `undefined` without
 * that limit.
 */
export function turnLeft({ since }: Clocks, { turn }: ClockRules, seat: SeatNumber, now: number): number | undefined {
  return turn === undefined ? undefined : Math.max(0, turn - (now - (since[seat] ?? now)))
}

/** Returns the time limit that is reached first if no event happens; `undefined` while no limit runs. */
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
