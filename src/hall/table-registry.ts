import { ChurnMap } from '../base/churn-map.ts'
import type { SeatNumber } from '../games/game.ts'
import { listMarks, type NetworkHoldings } from './network-holdings.ts'
import { HOUSE, PEER, type PersonId, type TableId } from './ports.ts'
import type { TableActor } from './table-actor.ts'

/** SeatAt is a table and the number of a seat there. */
export interface SeatAt {
  readonly table: TableActor
  readonly seat: SeatNumber
}

/** TableRegistry finds tables by their number, their players and the tokens of their seats. */
export class TableRegistry {
  readonly #owners: NetworkHoldings
  readonly #byId = new ChurnMap<TableId, TableActor>()
  readonly #byPerson = new ChurnMap<PersonId, readonly TableActor[]>()
  readonly #byToken = new ChurnMap<string, SeatAt>()

  constructor(owners: NetworkHoldings) {
    this.#owners = owners
  }

  /** All tables, in order of opening. */
  get all(): Iterable<TableActor> {
    return this.#byId.values()
  }

  /** Number of tables in the registry. */
  get size(): number {
    return this.#byId.size
  }

  get(id: TableId): TableActor | undefined {
    return this.#byId.get(id)
  }

  /**
   * Iterates over the seats of a person, in the order of the tables; for the house and for peers without a name, there
   * are no seats.
   */
  *of(person: PersonId): Iterable<SeatAt> {
    for (const table of this.#byPerson.get(person) ?? []) {
      yield { table, seat: table.state.opened.seats.findIndex((one) => one.person === person) }
    }
  }

  /** Finds the seat of a token by its hash, at the latest table that has it. */
  findSeat(token: string): SeatAt | undefined {
    return this.#byToken.get(token)
  }

  /** Makes the token with a hash invalid. */
  forgetToken(token: string): void {
    this.#byToken.delete(token)
  }

  add(table: TableActor): void {
    this.#byId.set(table.id, table)
    for (const mark of listMarks(table.state.opened.seats)) this.#owners.add(mark)
    const { opened, revoked } = table.state
    for (const [seat, { person, token }] of opened.seats.entries()) {
      if (token !== undefined && !revoked.includes(seat)) this.#byToken.set(token, { table, seat })
      if (person === HOUSE || person === PEER) continue
      // arrays without free space, because most persons have one table, and a set with one element takes 230 bytes
      const tables = this.#byPerson.get(person)
      if (!tables) this.#byPerson.set(person, [table])
      else if (!tables.includes(table)) this.#byPerson.set(person, tables.concat(table))
    }
  }

  remove(table: TableActor): void {
    if (this.#byId.get(table.id) !== table) return
    this.#byId.delete(table.id)
    for (const mark of listMarks(table.state.opened.seats)) this.#owners.remove(mark)
    for (const { person, token } of table.state.opened.seats) {
      // a rematch reuses the tokens
      if (token !== undefined && this.#byToken.get(token)?.table === table) this.#byToken.delete(token)
      const others = this.#byPerson.get(person)?.filter((one) => one !== table)
      if (others && others.length > 0) this.#byPerson.set(person, others)
      else this.#byPerson.delete(person)
    }
  }
}
