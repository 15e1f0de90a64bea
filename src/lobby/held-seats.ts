import type { OnlineUser } from '../hall/accounts/online-users.ts'
import type { HeldSeat, LobbyRefusal } from '../hall/api.ts'
import { hasAccount, type SeatOwner } from '../hall/ports.ts'
import type { SeatAt } from '../hall/table-registry.ts'
import type { LobbyContext, SessionPeer } from './context.ts'
import type { Subscriptions } from './subscriptions.ts'
import { toTableInfo } from './table-info.ts'

export interface HeldSeatsOptions {
  readonly context: Pick<LobbyContext, 'hall' | 'people'>
  readonly peer: SessionPeer
  readonly tables: Subscriptions
  /** Returns the user of the session; `undefined` before the login. */
  readonly user: () => OnlineUser | undefined
}

/**
 * HeldSeats knows the rights of a session to seats. The session has rights to the user's seats that it has not resumed, and to the
 * seats that it has resumed by their token alone, as another user or without a name.
 */
export class HeldSeats {
  readonly #options: HeldSeatsOptions
  /** Functions that release the seats which this connection has resumed by their token alone, by table. */
  readonly #byToken = new Map<number, () => void>()

  constructor(options: HeldSeatsOptions) {
    this.#options = options
  }

  /** Lists the user's seats at open tables that this connection does not hold, even if it watches there. */
  list(): readonly SeatAt[] {
    const { context, tables, user } = this.#options
    const { person } = user() ?? {}
    // any user can take a guest's name, so a token alone proves who owns the seat
    if (person === undefined || !hasAccount(person)) return []
    return [...context.hall.seatsOf(person)].filter(({ table }) => !tables.ownerAt(table.id))
  }

  /** Lists the held seats in the form for clients. */
  describe(): readonly HeldSeat[] {
    return this.list().map(({ table, seat }) => {
      const isTaken = table.observers.some(({ viewer }) => viewer === seat)
      return { ...toTableInfo(table), ...(isTaken ? { elsewhere: true } : {}) }
    })
  }

  /** Records that this connection holds a seat: as its owner, or else by its token alone, until the account's password changes. */
  hold(id: number, { person, token }: SeatOwner): void {
    const { context, peer, user } = this.#options
    const own = user()
    if (token !== undefined && own?.person === person) own.addToken(token)
    else if (!this.#byToken.has(id))
      this.#byToken.set(
        id,
        context.people.holdSeat(person, (reason) => peer.end(reason)),
      )
  }

  /** Releases a seat that this connection has resumed by the seat's token alone. */
  release(id: number): void {
    this.#byToken.get(id)?.()
    this.#byToken.delete(id)
  }

  releaseAll(): void {
    for (const id of [...this.#byToken.keys()]) this.release(id)
  }

  /**
   * Returns the refusal. If it says that the user has no seat at the table, but the server holds a seat of the user there, returns a
   * refusal that advises to resume the seat.
   */
  explain(id: number, refusal: LobbyRefusal | undefined): LobbyRefusal | undefined {
    if (refusal?.code !== 'not-seated' || !this.list().some(({ table }) => table.id === id)) return refusal
    return { code: 'not-seated', refused: `the server holds your seat at table ${id}: resume it first` }
  }
}
