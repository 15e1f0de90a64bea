import { THIS_MACHINE, toNetwork } from '../base/network-address.ts'
import type { SeatNumber } from '../games/game.ts'
import { PEER, type SeatOwner } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { PeerHandle } from '../protocol/seating.ts'
import type { LobbyContext } from './context.ts'
import type { Spending } from './spending.ts'

/** Holdings counts the seats that one connection holds at open tables, under all its names, and the bytes that it adds to the disk. */
export class Holdings {
  /** The network of the connection's peer. */
  readonly network: string
  /** Count of the bytes that the network adds to the disk. */
  readonly spending: Spending
  readonly #rooms: LobbyContext
  readonly #line: PeerHandle
  #tables: readonly TableActor[] = NONE

  constructor(rooms: LobbyContext, line: PeerHandle) {
    this.#rooms = rooms
    this.#line = line
    this.network = line.loopback ? THIS_MACHINE : toNetwork(line.address)
    this.spending = rooms.spendings.of(this.network)
  }

  /** Number of open tables at which the connection holds a seat. */
  get size(): number {
    if (this.#tables.some(({ over }) => over)) this.#tables = this.#tables.filter(({ over }) => !over)
    return this.#tables.length
  }

  /** Adds a seat at a table. */
  add(table: TableActor): void {
    if (this.size === 0) this.#tables = [table]
    else if (!this.#tables.includes(table)) this.#tables = [...this.#tables, table]
  }

  /** Adds a seat at a new table, and counts the bytes that the table takes now, and those that its end will take. */
  open(table: TableActor, seat: SeatNumber): void {
    this.add(table)
    const isKnown = table.state.opened.seats[seat]?.person !== PEER
    this.spending.add(OPENING + (isKnown ? ENDING : 0) + table.bytesWritten)
  }

  /** Counts the bytes of a new account, a login session or a new password. */
  spendOnAccount(): void {
    this.spending.add(ACCOUNT)
  }

  /** Calls `act`, counts the bytes that it adds to the table's log, and charges the peer's budget for the clients that it notifies. */
  spend<Answer>(table: TableActor, act: () => Answer): Answer {
    const { bytesWritten, decided } = table
    const answer = act()
    this.spending.add(table.bytesWritten - bytesWritten)
    this.#line.charge?.(Math.trunc(((table.decided - decided) * table.observers.length) / NOTIFIED))
    return answer
  }

  /** Adds the mark of the network to a seat owner, if tables are limited by network. */
  markOwner(owner: SeatOwner): SeatOwner {
    const { hall, limits } = this.#rooms
    return limits.address === undefined || limits.address === Number.POSITIVE_INFINITY
      ? owner
      : { ...owner, from: hall.owners.toMark(this.network) }
  }
}

/** Number of notified clients that costs as much as one message; fewer cost nothing. */
const NOTIFIED = 8
/** Approximate bytes that a table takes besides its events: its index entry, and the record of its result. */
const OPENING = 200
/** Approximate bytes that a table's end takes for each player with a name: a row of the history, and a row of the ladder. */
const ENDING = 300
/** Approximate bytes of an account, or of a login session. */
const ACCOUNT = 500
const NONE: readonly TableActor[] = []
/** The network of all peers on this machine. */
