import type { SeatNumber } from '../games/game.ts'
import type { LiveTable } from '../hall/live.ts'
import { PEER, type Sitter } from '../hall/ports.ts'
import type { Line } from '../protocols/house.ts'
import { networkOf } from './limits.ts'
import type { Rooms } from './rooms.ts'
import type { Spending } from './spending.ts'

/** Holdings are the seats that one connection has taken at tables that go on, under whatever names. */
export class Holdings {
  /** The network of the connection's peer. */
  readonly network: string
  /** Account of the bytes that the network adds to the disk. */
  readonly spending: Spending
  readonly #rooms: Rooms
  readonly #line: Line
  #tables: readonly LiveTable[] = NONE

  constructor(rooms: Rooms, line: Line) {
    this.#rooms = rooms
    this.#line = line
    this.network = line.loopback ? THIS_MACHINE : networkOf(line.address)
    this.spending = rooms.spendings.of(this.network)
  }

  /** Number of the tables. */
  get size(): number {
    if (this.#tables.some(({ over }) => over)) this.#tables = this.#tables.filter(({ over }) => !over)
    return this.#tables.length
  }

  /** Adds a seat at a table. */
  add(table: LiveTable): void {
    if (this.size === 0) this.#tables = [table]
    else if (!this.#tables.includes(table)) this.#tables = [...this.#tables, table]
  }

  /** Adds a seat at a new table, and what the table has taken of the disk, and will take when it has ended. */
  open(table: LiveTable, seat: SeatNumber): void {
    this.add(table)
    const isKnown = table.state.opened.seats[seat]?.person !== PEER
    this.spending.add(OPENING + (isKnown ? ENDING : 0) + table.written)
  }

  /** Counts what a new account, a session or a new password adds to the disk. */
  spendOnAccount(): void {
    this.spending.add(ACCOUNT)
  }

  /** Does something at a table, and counts what that adds to the disk, and how many are notified of it. */
  spend<Answer>(table: LiveTable, act: () => Answer): Answer {
    const { written, decided } = table
    const answer = act()
    this.spending.add(table.written - written)
    this.#line.charge?.(Math.trunc(((table.decided - decided) * table.attendants.length) / NOTIFIED))
    return answer
  }

  /** A sitter, with what stands for the network in the log, where tables are counted by it. */
  marked(sitter: Sitter): Sitter {
    const { hall, limits } = this.#rooms
    return limits.address === undefined || limits.address === Number.POSITIVE_INFINITY
      ? sitter
      : { ...sitter, from: hall.owners.markOf(this.network) }
  }
}

/** Clients that are notified of an event at the cost of a message; fewer cost nothing. */
const NOTIFIED = 8
/** Bytes that a table takes beside its events, about: where it is found, and that it was recorded. */
const OPENING = 200
/** Bytes that its end adds for a player who is known by a name, about: a row of the history, and one of the ladder. */
const ENDING = 300
/** Bytes that an account, or its session, takes, about. */
const ACCOUNT = 500
const NONE: readonly LiveTable[] = []
/** The network of all peers on this machine. */
const THIS_MACHINE = networkOf('::1')
