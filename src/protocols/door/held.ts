import type { HeldSeat, Lobby, PersonInfo, TableInfo } from '../lobby.ts'
import { inLine, listed } from './text.ts'

/** The game of a seat that is held, and with whom. */
export function heldAt({ game, names }: TableInfo, me: PersonInfo | undefined): string {
  const others = names.filter((name) => name !== me?.name)
  return others.length === 0 ? game : `${game} with ${listed(others.map(inLine))}`
}

/** Names the own seats that this visit has not resumed, and the command for that; `undefined` if there are none. */
export function wayBack({ waiting, me }: Lobby): string | undefined {
  const [first, ...more] = waiting
  if (!first) return undefined
  if (more.length > 0) return `${waiting.length} seats of yours are held: "resume" lists them.`
  return wayBackTo(first, me)
}

/** Returns where one own seat is that this visit has not taken up, and how that is done. */
export function wayBackTo(seat: HeldSeat, me: PersonInfo | undefined): string {
  const at = `table ${seat.table}, ${heldAt(seat, me)}`
  return seat.elsewhere
    ? `You sit at ${at}, through another connection: "resume ${seat.table}" takes that seat here`
    : `Your seat at ${at}, is held: "resume ${seat.table}"`
}
