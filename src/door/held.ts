import type { HeldSeat, Lobby, PersonInfo, TableInfo } from '../hall/api.ts'
import { formatList, toSafeLine } from './layout.ts'

/** Formats the game and the opponents of a held seat. */
export function formatHeldGame({ game, names }: TableInfo, me: PersonInfo | undefined): string {
  const others = names.filter((name) => name !== me?.name)
  return others.length === 0 ? game : `${game} with ${formatList(others.map(toSafeLine))}`
}

/** Describes the held seats of this user that the session has not resumed, with the command for that; `undefined` if there are none. */
export function formatHeldSeats({ heldSeats, me }: Lobby): string | undefined {
  const [first, ...more] = heldSeats
  if (!first) return undefined
  if (more.length > 0) return `${heldSeats.length} seats of yours are held: "resume" lists them.`
  return formatHeldSeat(first, me)
}

/** Describes one seat of this user that the session has not resumed, with the command for that. */
export function formatHeldSeat(seat: HeldSeat, me: PersonInfo | undefined): string {
  const at = `table ${seat.table}, ${formatHeldGame(seat, me)}`
  return seat.elsewhere
    ? `You sit at ${at}, through another connection: "resume ${seat.table}" takes that seat here`
    : `Your seat at ${at}, is held: "resume ${seat.table}"`
}
