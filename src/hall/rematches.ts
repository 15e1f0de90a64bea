import { formatCount } from '../base/counts.ts'
import type { Refusal, SeatNumber } from '../games/game.ts'
import type { Capacity } from './capacity.ts'
import type { Openings } from './openings.ts'
import { HOUSE, type SeatOwner } from './ports.ts'
import type { TableActor } from './table-actor.ts'
import type { TableRegistry } from './table-registry.ts'

/** Rematches opens a new table, with the seats swapped, when all players at a finished table have offered a rematch. */
export class Rematches {
  readonly #openings: Openings
  readonly #tables: TableRegistry
  readonly #capacity: Capacity
  /** Tables whose rematch the hall is opening. */
  readonly #opening = new Set<TableActor>()

  constructor(openings: Openings, tables: TableRegistry, capacity: Capacity) {
    this.#openings = openings
    this.#tables = tables
    this.#capacity = capacity
  }

  /** Offers a draw, or a rematch after the game; see `Hall.offer`. */
  async offer(table: TableActor, seat: SeatNumber): Promise<Refusal | undefined> {
    const refusal = (table.over ? (refuseAbsent(table) ?? this.#refuseFull(table)) : undefined) ?? table.submit({ type: 'offer', seat })
    if (refusal || !table.over) return refusal
    for (const [other, { person }] of table.state.opened.seats.entries()) if (person === HOUSE) table.submit({ type: 'offer', seat: other })
    // a disconnection withdraws the offers, so both players can offer a rematch again before the table is open
    if (!table.allOffer || this.#opening.has(table)) return undefined
    this.#opening.add(table)
    try {
      return await this.#open(table)
    } finally {
      this.#opening.delete(table)
    }
  }

  /** Refuses a rematch if a player cannot have another seat. */
  #refuseFull(table: TableActor): Refusal | undefined {
    for (const owner of table.state.opened.seats) {
      const seats = this.#capacity.countIfFull(owner)
      if (seats !== undefined)
        return { refused: `${owner.name} holds ${formatCount(seats, 'seat')}, the maximum: a rematch needs another seat` }
    }
    return undefined
  }

  async #open(table: TableActor): Promise<Refusal | undefined> {
    const { seats, game, options, rated, private: hidden, clock } = table.state.opened
    const owners = this.#withValidTokens(seats).toReversed()
    const opening = this.#openings.reserve(game, { options, seats: owners, rated, private: hidden, clock }, true)
    try {
      const id = await this.#openings.nextTable()
      const absent = refuseAbsent(table)
      if (absent) {
        this.#openings.reuse(id)
        return absent
      }
      // a new password may have made tokens invalid during the wait
      const revoked = [...owners.keys()].filter((seat) => this.#isRevoked(owners[seat]))
      const next = this.#openings.start(opening, id)
      for (const seat of revoked) {
        this.#tables.forgetToken(owners[seat]?.token ?? '')
        next.submit({ type: 'revoke', seat })
      }
      const refused = table.submit({ type: 'continue', table: id })
      // connected players move to the next table when this table publishes the event; for a disconnected player, the server holds the seat as
      // after any disconnection
      void table.persisted().then(() => {
        for (const seat of findAbsentSeats(next)) next.submit({ type: 'gone', seat })
      })
      return refused
    } finally {
      this.#openings.release(opening)
    }
  }

  /** Removes the tokens that are no longer valid. */
  #withValidTokens(owners: readonly SeatOwner[]): readonly SeatOwner[] {
    return owners.map((owner) => {
      const { token: _, ...others } = owner
      return this.#isRevoked(owner) ? others : owner
    })
  }

  #isRevoked(owner: SeatOwner | undefined): boolean {
    return owner?.token !== undefined && !this.#tables.findSeat(owner.token)
  }
}

/** Lists the seats at a table whose owners are disconnected. */
export function findAbsentSeats({ state, observers }: TableActor): SeatNumber[] {
  const seats = [...state.opened.seats.keys()]
  return seats.filter((seat) => state.opened.seats[seat]?.person !== HOUSE && !observers.some(({ viewer }) => viewer === seat))
}

function refuseAbsent(table: TableActor): Refusal | undefined {
  const [absent] = findAbsentSeats(table)
  return absent === undefined ? undefined : { refused: `${table.state.opened.seats[absent]?.name} has left the table` }
}
