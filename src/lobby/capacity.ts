import { formatCount } from '../base/counts.ts'
import { PEER, type PersonId, UNWRITABLE } from '../hall/ports.ts'
import type { LobbyContext } from './context.ts'
import type { Holdings } from './holdings.ts'

/** Returns a sentence that says why a user cannot take another seat; `undefined` if the user can. */
export function checkCapacity({ hall, limits }: LobbyContext, person: PersonId, holdings: Holdings): string | undefined {
  if (!hall.writable) return UNWRITABLE
  if (hall.size >= limits.tables) hall.tidy()
  if (hall.size >= limits.tables) return `the server has ${formatCount(limits.tables, 'open table')}, the maximum: try again later`
  // PEER stands for all users without a name, who are limited by connection
  if (person !== PEER && [...hall.seatsOf(person)].length >= limits.seats)
    return `you hold ${formatCount(limits.seats, 'seat')}, the maximum: finish a game first`
  if (holdings.size >= limits.seats)
    return `this connection holds ${formatCount(holdings.size, 'seat')} under all its names, and the limit is ${limits.seats}: finish a game first`
  const { full } = holdings.spending
  if (full !== undefined) return full
  const { address = Number.POSITIVE_INFINITY } = limits
  const held = address === Number.POSITIVE_INFINITY ? 0 : hall.owners.count(holdings.network)
  return held < address
    ? undefined
    : `your address holds ${formatCount(held, 'table or open seek', 'tables and open seeks')}, and the limit is ${address}: finish a game or cancel a seek first`
}
