import { timeLeft } from './clocks.ts'
import { HOUSE } from './ports.ts'
import type { TableState } from './table.ts'

/** Milliseconds after a restart in which players can come back to a table whose time ran out while the server was stopped. */
const COMEBACK = 120_000

/**
 * The time at which a table has been without a move for too long: `limit` milliseconds after its last move, or after its
 * opening. A clock on which two players have agreed goes before: while it runs, it ends the game, and while it stands still
 * after a restart, the player who is to move has as long as the clock gives. `Infinity` for a table that does not end so.
 */
export function idleDeadline(state: TableState, limit: number): number {
  const { opened, ended, suspended, movedAt } = state
  if (ended) return Number.POSITIVE_INFINITY
  const { clock, seats } = opened
  const isTimed = clock.turn !== undefined || clock.total !== undefined
  const agreed = isTimed && seats.filter(({ person }) => person !== HOUSE).length > 1
  if (!agreed) return movedAt + limit
  return suspended ? movedAt + Math.max(limit, clockLeft(state)) : Number.POSITIVE_INFINITY
}

/** Returns the `idleDeadline` of a table that the process restored at `restoredAt`: a stop of the server alone ends no game. */
export function idleDeadlineAfter(state: TableState, limit: number, restoredAt: number): number {
  const deadline = idleDeadline(state, limit)
  return deadline <= restoredAt ? restoredAt + Math.min(COMEBACK, limit) : deadline
}

/** Returns the longest time that a clock gives the users to move for one move; the clocks stand still. */
function clockLeft({ opened: { clock }, clocks, toMove, movedAt }: TableState): number {
  if (clock.turn !== undefined) return clock.turn
  return Math.max(0, ...toMove.map((seat) => timeLeft(clocks, clock, seat, movedAt) ?? 0))
}
