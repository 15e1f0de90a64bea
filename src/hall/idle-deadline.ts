import { HOUSE } from './ports.ts'
import { timeLeft } from './seat-clocks.ts'
import type { TableState } from './table.ts'

/** Milliseconds that players have after a restart to return to a table whose time ran out during the stop of the server. */
const COMEBACK = 120_000

/**
 * Returns the time at which a table has been without a move for too long: `limit` milliseconds after its last move, or after its
 * opening. A clock on which two players have agreed has priority: while the clock runs, only the clock ends the game, so the function
 * returns `Infinity`. While the clock is stopped after a restart, the player to move has at least the time on the clock.
 */
function idleDeadline(state: TableState, limit: number): number {
  const { opened, ended, suspended, movedAt } = state
  if (ended) return Number.POSITIVE_INFINITY
  const { clock, seats } = opened
  const isTimed = clock.turn !== undefined || clock.total !== undefined
  const agreed = isTimed && seats.filter(({ person }) => person !== HOUSE).length > 1
  if (!agreed) return movedAt + limit
  return suspended ? movedAt + Math.max(limit, clockLeft(state)) : Number.POSITIVE_INFINITY
}

/** Returns the `idleDeadline` of a table; extends a deadline before `restoredAt`, because a stop of the server must not end a game. */
export function idleDeadlineAfter(state: TableState, limit: number, restoredAt: number): number {
  const deadline = idleDeadline(state, limit)
  return deadline <= restoredAt ? restoredAt + Math.min(COMEBACK, limit) : deadline
}

/** Returns the maximum time, in milliseconds, that the stopped clocks give for one move to a player whose turn it is. */
function clockLeft({ opened: { clock }, clocks, toMove, movedAt }: TableState): number {
  if (clock.turn !== undefined) return clock.turn
  return Math.max(0, ...toMove.map((seat) => timeLeft(clocks, clock, seat, movedAt) ?? 0))
}
