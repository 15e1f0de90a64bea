import { formatCount } from '../base/counts.ts'
import { THIS_MACHINE, toNetwork } from '../base/network-address.ts'
import type { SeatNumber } from '../games/game.ts'
import { PEER, type PersonId, type SeatOwner, UNWRITABLE } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { LobbyContext, SessionPeer } from './context.ts'
import type { DiskQuota } from './disk-quota.ts'

/**
 * ConnectionHoldings counts the seats that one connection has at open tables, under all its names, and the bytes that it adds to the
 * disk.
 */
export class ConnectionHoldings {
  /** The network of the connection's peer. */
  readonly network: string
  /** Count of the bytes that the network adds to the disk. */
  readonly spending: DiskQuota
  readonly #context: LobbyContext
  readonly #peer: SessionPeer
  #tables: readonly TableActor[] = NONE

  constructor(context: LobbyContext, peer: SessionPeer) {
    this.#context = context
    this.#peer = peer
    this.network = peer.loopback ? THIS_MACHINE : toNetwork(peer.address)
    this.spending = context.spendings.of(this.network)
  }

  /** Number of open tables at which the connection has a seat. */
  get size(): number {
    if (this.#tables.some(({ over }) => over)) this.#tables = this.#tables.filter(({ over }) => !over)
    return this.#tables.length
  }

  /** Adds a seat at a table. */
  add(table: TableActor): void {
    if (this.size === 0) this.#tables = [table]
    else if (!this.#tables.includes(table)) this.#tables = [...this.#tables, table]
  }

  /** Adds a seat at a new table, and counts the bytes that the table has now and the bytes that its end takes. */
  open(table: TableActor, seat: SeatNumber): void {
    this.add(table)
    const isKnown = table.state.opened.seats[seat]?.person !== PEER
    this.spending.add(OPENING + (isKnown ? ENDING : 0) + table.bytesWritten)
  }

  /** Counts the bytes of a new account, a login session or a new password. */
  spendOnAccount(): void {
    this.spending.add(ACCOUNT)
  }

  /**
   * Calls `act`, counts the bytes that `act` adds to the table's log, and charges the peer's budget for the clients that `act`
   * notifies.
   */
  spend<Answer>(table: TableActor, act: () => Answer): Answer {
    const { bytesWritten, decided } = table
    const answer = act()
    this.spending.add(table.bytesWritten - bytesWritten)
    this.#peer.charge?.(Math.trunc(((table.decided - decided) * table.observers.length) / NOTIFIED))
    return answer
  }

  /** Adds the mark of the network to a seat owner, if the server limits tables by network. */
  markOwner(owner: SeatOwner): SeatOwner {
    const { hall, limits } = this.#context
    return limits.address === undefined || limits.address === Number.POSITIVE_INFINITY
      ? owner
      : { ...owner, from: hall.owners.toMark(this.network) }
  }
}

/** Returns a sentence that says why a user cannot take another seat; `undefined` for a user who can take a seat. */
export function checkCapacity({ hall, limits }: LobbyContext, person: PersonId, holdings: ConnectionHoldings): string | undefined {
  if (!hall.writable) return UNWRITABLE
  if (hall.size >= limits.tables) hall.tidy()
  if (hall.size >= limits.tables) return `the server has ${formatCount(limits.tables, 'open table')}, the maximum: try again later`
  // PEER is the person of all users without a name; the server limits their seats for each connection
  if (person !== PEER && hall.countSeats(person) >= limits.seats)
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

/** For this number of notified clients, the peer pays as much as for one message. For fewer clients, it pays nothing. */
const NOTIFIED = 8
/** Approximate bytes that a table takes in addition to its events: the index entry, and the record of the result. */
const OPENING = 200
/** Approximate bytes that a table's end takes for each player with a name: a row of the history, and a row of the ladder. */
const ENDING = 300
/** Approximate bytes of an account, or of a login session. */
const ACCOUNT = 500
const NONE: readonly TableActor[] = []
