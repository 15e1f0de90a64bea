import type { HeldSeat, Lobby, PersonInfo, TableInfo } from '../hall/api.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { MESSAGE_LIMIT } from '../wire/framing/framing.ts'
import { formatList, toSafeLine } from './layout.ts'
import type { TableScreen } from './table-screen.ts'
import { formatDuration } from './terms-text.ts'

/** Formats the game and the opponents of a held seat. */
export function formatHeldGame({ game, names }: TableInfo, me: PersonInfo | undefined): string {
  const others = names.filter((name) => name !== me?.name)
  return others.length === 0 ? game : `${game} with ${formatList(others.map(toSafeLine))}`
}

/**
 * Describes the held seats of this user that the session has not resumed, with the command that resumes these seats; `undefined` without
 * such seats.
 */
export function formatHeldSeats({ heldSeats, me }: Lobby): string | undefined {
  const [first, ...more] = heldSeats
  if (!first) return undefined
  if (more.length > 0) return `${heldSeats.length} seats of yours are held: "resume" lists them.`
  return formatHeldSeat(first, me)
}

/** Describes one held seat of this user that the session has not resumed, with the command that resumes this seat. */
export function formatHeldSeat(seat: HeldSeat, me: PersonInfo | undefined): string {
  const at = `table ${seat.table}, ${formatHeldGame(seat, me)}`
  return seat.elsewhere
    ? `You sit at ${at}, through another connection: "resume ${seat.table}" shows it here, too`
    : `Your seat at ${at}, is held: "resume ${seat.table}"`
}

/**
 * Returns a sentence on a seat that the session leaves: how long the server holds the seat, and which command resumes it. `stopped` is true
 * if the session ends because the server stops.
 */
export function formatSeatLeft({ table, token, grace }: TableScreen, me: PersonInfo | undefined, stopped: boolean): string {
  const time = stopped ? ' after a restart' : grace === undefined ? '' : ` for ${formatDuration(grace)}`
  const back = me?.registered || token === undefined ? `"resume ${table}" resumes it.` : `resume ${token}`
  return `Your seat at table ${table} is held${time}: ${back}`
}

/** Explains to the user why the server closes the connection. */
export function formatFarewell(reason: Error): string {
  if (!(reason instanceof Disconnected)) return 'an error occurred in the server; it is not your fault'
  if (reason.reason === 'much') return `your line is longer than ${MESSAGE_LIMIT} bytes, the maximum`
  return reason.reason === 'late' ? 'you have sent nothing for too long' : reason.message
}
