import type { SeatNumber } from '../games/game.ts'
import { hashToken } from '../hall/accounts/tokens.ts'
import { hasAccount, PEER, type PersonId, type SeatOwner } from '../hall/ports.ts'
import { type SeatConnection, type SeatRetention, TableSeat } from '../hall/seat.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { SeatAt } from '../hall/table-registry.ts'
import { ConnectionHoldings, checkCapacity } from './connection-holdings.ts'
import type { SessionContext } from './context.ts'

/** ProgramSeat is the seat of a program, in a game of any type. */
interface ProgramSeat {
  readonly over: boolean
  release(): void
  close(reason: Error): void
}

const NONE: readonly ProgramSeat[] = []

/**
 * SessionSeats takes seats for one session: it creates the owner of the seats, checks the limits, and counts and logs each seat. It has
 * the seats that a worksheet program plays; Subscriptions has the seats of a client of the lobby.
 */
export class SessionSeats {
  /** Counts the connection's seats, and the bytes that it adds to the disk. */
  readonly holdings: ConnectionHoldings
  readonly #session: SessionContext
  #played: readonly ProgramSeat[] = NONE

  constructor(session: SessionContext) {
    this.#session = session
    this.holdings = new ConnectionHoldings(session.context, session.peer)
  }

  /** The person to whom new seats belong: the person of the user, or PEER for a client without a name. */
  get person(): PersonId {
    return this.#session.user?.person ?? PEER
  }

  /** Returns a sentence that says why the user cannot take another seat; otherwise `undefined`. */
  get full(): string | undefined {
    return checkCapacity(this.#session.context, this.person, this.holdings)
  }

  /** Creates the owner of a new seat. `defaultName` is for a peer without a name; `token` lets the user resume the seat. */
  createOwner({ defaultName = '', token }: { readonly defaultName?: string; readonly token?: string }): SeatOwner {
    const { person = PEER, name = defaultName } = this.#session.user ?? {}
    return this.holdings.markOwner(token === undefined ? { person, name } : { person, name, token: hashToken(token) })
  }

  /** Finds the user's seat at an open table of a game, for a program; if there are several seats, the latest. */
  find(game: string): SeatAt | undefined {
    const { context, closed, user } = this.#session
    if (closed || !user) return undefined
    const { person } = user
    return [...context.hall.seatsOf(person)].findLast(({ table, seat }) => {
      const { opened } = table.state
      // if a guest's seat has a token, only the token resumes it, because any user can take a guest's name
      return opened.game === game && (hasAccount(person) || opened.seats[seat]?.token === undefined)
    })
  }

  /**
   * Takes a seat for a program; the program plays the seat through a `TableSeat`. `Move` and `View` must be the types of the table's
   * game.
   */
  take<Move, View>(table: TableActor, number: SeatNumber, retention: SeatRetention, connection: SeatConnection): TableSeat<Move, View> {
    this.#session.observer?.onSeated(table.id, number)
    this.holdings.add(table)
    const seat = new TableSeat<Move, View>(table, number, retention, connection, this.holdings)
    this.#played = this.#played.length === 0 ? [seat] : this.#played.filter((one) => !one.over).concat(seat)
    return seat
  }

  /**
   * Resumes the user's seat at an open table of a game for a program. If another program has the seat, ends the conversation of that
   * program.
   */
  resume<Move, View>(game: string, connection: SeatConnection): TableSeat<Move, View> | undefined {
    const found = this.find(game)
    if (!found) return undefined
    const { table, seat } = found
    for (const other of table.observers) if (other.viewer === seat && other instanceof TableSeat) other.replaced()
    return this.take(table, seat, 'held', connection)
  }

  /** Releases the seats of a program. If there is a reason, the pending calls of the program reject with this reason. */
  release(reason?: Error): void {
    for (const seat of this.#played) {
      seat.release()
      if (reason) seat.close(reason)
    }
    this.#played = NONE
  }
}
