import type { HeldSeat, LobbyRefusal } from '../hall/api.ts'
import { hasAccount, type SeatOwner } from '../hall/ports.ts'
import type { SeatAt } from '../hall/table-registry.ts'
import type { SessionContext } from './context.ts'
import type { Subscriptions } from './subscriptions.ts'
import { toTableInfo } from './table-info.ts'

export interface HeldSeatsOptions {
  readonly session: SessionContext
  readonly tables: Subscriptions
}

/**
 * HeldSeats has the rights of a session to seats. The session has rights to the seats of its user that it has not resumed, and to
 * the seats that it has resumed by their token alone, as another user or without a name.
 */
export class HeldSeats {
  readonly #session: SessionContext
  readonly #tables: Subscriptions
  /**
   * For each table, the function that releases the seat which this connection has resumed by the seat's token alone. The map is missing
   * before the first such seat.
   */
  #byToken: Map<number, () => void> | undefined

  constructor({ session, tables }: HeldSeatsOptions) {
    this.#session = session
    this.#tables = tables
  }

  /** Lists the user's seats at open tables that this connection does not have, even if it watches those tables. */
  list(): readonly SeatAt[] {
    const { context, user } = this.#session
    const { person } = user ?? {}
    // any user can take a guest's name, so only the token proves that a guest owns the seat
    if (person === undefined || !hasAccount(person)) return []
    return [...context.hall.seatsOf(person)].filter(({ table }) => !this.#tables.ownerAt(table.id))
  }

  /** Lists the user's seats that this connection has not resumed, in the form for clients. */
  describe(): readonly HeldSeat[] {
    return this.list().map(({ table, seat }) => {
      const isTaken = table.observers.some(({ viewer }) => viewer === seat)
      return { ...toTableInfo(table), ...(isTaken ? { elsewhere: true } : {}) }
    })
  }

  /**
   * Records that this connection has a seat, either as the seat's owner or by the seat's token alone. In the second case, a new password of
   * the account ends the connection.
   */
  hold(id: number, { person, token }: SeatOwner): void {
    const { context, peer, user: own } = this.#session
    if (token !== undefined && own?.person === person) return own.addToken(token)
    this.#byToken ??= new Map()
    if (this.#byToken.has(id)) return
    this.#byToken.set(
      id,
      context.people.holdSeat(person, (reason) => peer.end(reason)),
    )
  }

  /** Releases a seat that this connection has resumed by the seat's token alone. */
  release(id: number): void {
    this.#byToken?.get(id)?.()
    this.#byToken?.delete(id)
  }

  releaseAll(): void {
    for (const id of [...(this.#byToken?.keys() ?? [])]) this.release(id)
  }

  /**
   * Returns the given refusal. If the refusal says that the user has no seat at the table, but the server reserves a seat of the
   * user there, returns a refusal that advises the user to resume the seat.
   */
  explain(id: number, refusal: LobbyRefusal | undefined): LobbyRefusal | undefined {
    if (refusal?.code !== 'not-seated' || !this.list().some(({ table }) => table.id === id)) return refusal
    return { code: 'not-seated', refused: `the server holds your seat at table ${id}: resume it first` }
  }
}
