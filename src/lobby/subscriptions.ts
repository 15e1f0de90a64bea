import { isRefusal, type Refusal, RulesError, type SeatNumber } from '../games/game.ts'
import type { LobbyRefusal, MissedEvents, TableBoard, TableListener, TableSnapshot } from '../hall/api.ts'
import { type ActType, acts } from '../hall/events.ts'
import type { Hall } from '../hall/hall.ts'
import { RECENT } from '../hall/history.ts'
import type { PersonId } from '../hall/ports.ts'
import type { TableCommand } from '../hall/table.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { ConnectionHoldings } from './connection-holdings.ts'
import type { SessionContext, SessionPeer } from './context.ts'
import { noSeat, toLobbyRefusal, UNAVAILABLE } from './errors.ts'
import { listMissed, stepsOf } from './missed-events.ts'
import { renderBoard } from './table-board.ts'
import { type SubscriptionOwner, TableSubscription } from './table-subscription.ts'

export interface SubscriptionsOptions {
  readonly hall: Hall
  readonly listener: TableListener
  /** Counts the connection's seats, and the bytes that it adds to the disk. */
  readonly holdings: ConnectionHoldings
  readonly session: Pick<SessionContext, 'user' | 'peer'>
}

/**
 * Subscriptions has the tables to which one lobby session is subscribed; the session has a seat at a table or watches it. A session
 * has at most one subscription for each table. The acts of the session at a table pass through this class: it counts their bytes
 * for the session's network, and it answers when the log has persisted the acts.
 */
export class Subscriptions implements SubscriptionOwner {
  readonly listener: TableListener
  readonly #hall: Hall
  readonly #session: SubscriptionsOptions['session']
  /** An array without free space, and not a map: most sessions have one table, and a map with one table takes 130 bytes more. */
  #tables: readonly TableSubscription[] = NONE
  readonly #holdings: ConnectionHoldings
  #closed = false

  constructor({ hall, listener, holdings, session }: SubscriptionsOptions) {
    this.listener = listener
    this.#holdings = holdings
    this.#hall = hall
    this.#session = session
  }

  /** The client's connection. */
  get peer(): SessionPeer {
    return this.#session.peer
  }

  /** The numbers of the tables of all subscriptions. */
  get ids(): Iterable<number> {
    return this.#tables.map(({ table }) => table.id)
  }

  has(id: number): boolean {
    return this.#find(id) !== undefined
  }

  /** Resumes the seat that this session already has at a table; `undefined` without such a seat. */
  resumeHeld(id: number, after: number | undefined): Promise<TableSnapshot | LobbyRefusal> | undefined {
    const subscription = this.#find(id)
    return subscription?.seat === undefined ? undefined : this.resume(subscription.table, subscription.seat, subscription.token, after)
  }

  /** Checks whether another connection, too, has this session's seat at a table. */
  isHeldElsewhere(id: number): boolean {
    const own = this.#find(id)
    return own?.seat !== undefined && own.table.observers.some((one) => one !== own && one.viewer === own.seat)
  }

  /** Returns the owner of this session's seat at a table, and whether the game is over; `undefined` without a seat. */
  ownerAt(id: number): { readonly person: PersonId; readonly name: string; readonly over: boolean } | undefined {
    const subscription = this.#find(id)
    const owner = subscription?.seat === undefined ? undefined : subscription.table.state.opened.seats[subscription.seat]
    return subscription && owner && { person: owner.person, name: owner.name, over: subscription.table.over }
  }

  /** Takes a seat, and notifies the client with `seated`. */
  takeSeat(table: TableActor, seat: SeatNumber, token: string | undefined): void {
    // if another session of the user has the seat already, the table counts for the network of that session
    if (!table.observers.some(({ viewer }) => viewer === seat)) this.#holdings.open(table, seat)
    this.listener.seated(this.subscribe(table, seat, token).snapshot)
  }

  /**
   * Subscribes to a table. The client gets the table's updates from now on; with `isBehind`, it first gets the events that it has
   * missed.
   */
  subscribe(table: TableActor, who: SeatNumber | 'watcher', token?: string, isBehind = false): TableSubscription {
    const before = this.#find(table.id)
    const subscription = new TableSubscription(this, table, who, { token, name: this.#session.user?.name ?? '', isBehind })
    this.#tables = this.#without(table.id).concat(subscription)
    this.#holdings.spend(table, () => subscription.subscribe())
    // the old subscription ends after the new subscription has begun, so that the seat always has a client
    if (before) this.#end(before)
    return subscription
  }

  /** Resumes a seat; the client first gets the events after the number `after`, or `resync` if there are too many events. */
  async resume(
    table: TableActor,
    seat: SeatNumber,
    token: string | undefined,
    after: number | undefined,
  ): Promise<TableSnapshot | LobbyRefusal> {
    if (this.#closed) return noSeat(table.id)
    const full = this.#full
    if (full) return full
    const before = table.state
    const missed = after === undefined ? 0 : Math.max(0, before.n - after)
    const isNear = after !== undefined && missed > 0 && missed <= RECENT
    const known = isNear ? table.history?.since(after) : undefined
    const subscription = this.subscribe(table, seat, token, isNear)
    if (!isNear) return missed > 0 ? { ...subscription.snapshot, resync: true } : subscription.snapshot
    try {
      // the actor has recent events in memory; for older events, the session reads the log
      const steps = known ?? stepsOf(await this.#hall.log(table.id), before, after)
      await subscription.catchUp(
        steps,
        (update) => this.listener.tableEvent(update),
        async () => this.peer.ready?.(),
      )
    } finally {
      subscription.flushUpdates()
    }
    return subscription.snapshot
  }

  /** Ends the subscription to a table that the user watches, or whose game is over. */
  leave(id: number): LobbyRefusal | undefined {
    const subscription = this.#find(id)
    if (!subscription) return { code: 'not-seated', refused: `you are not at table ${id}` }
    if (subscription.seat !== undefined && !subscription.table.over)
      return { code: 'not-now', refused: 'your game is not over: resign it first' }
    this.#end(subscription)
    this.#tables = this.#without(id)
    return undefined
  }

  /** Lists the events that the client has missed; see `Lobby.missed`. */
  async missed(id: number, after: number | undefined): Promise<MissedEvents | LobbyRefusal> {
    const subscription = this.#find(id)
    if (!subscription) return { code: 'not-seated', refused: `you are not at table ${id}` }
    const { table, viewer } = subscription
    return listMissed(table, () => this.#hall.log(id), { viewer, after })
  }

  /** Renders the board of a table; see `Lobby.board`. */
  board(id: number): TableBoard | LobbyRefusal {
    const subscription = this.#find(id)
    if (!subscription) return { code: 'not-seated', refused: `you are not at table ${id}` }
    try {
      return (
        renderBoard(subscription.snapshot, subscription.table.state.position) ?? {
          code: 'not-now',
          refused: `table ${id} has no board yet: wait for its first event`,
        }
      )
    } catch (reason) {
      if (reason instanceof RulesError) return { code: 'not-now', refused: reason.message }
      throw reason
    }
  }

  /** Plays a move; see `Lobby.play`. */
  async play(id: number, text: string, after?: number): Promise<LobbyRefusal | undefined> {
    const subscription = this.#find(id)
    if (subscription?.seat === undefined) return noSeat(id)
    const { table, seat, seen } = subscription
    if (after !== undefined && after < seen) return { code: 'stale', refused: `table ${id} has changed since event ${after}: look again` }
    const move = table.state.rules.notation.parse(text)
    if (this.#full) return this.#full
    const refusal = isRefusal(move) ? move : this.#spend(table, { type: 'play', seat, move })
    return refusal ? toLobbyRefusal('illegal-move', refusal) : this.#persisted(table)
  }

  /** Sends a chat message to a table, from the session's seat or as a watcher. */
  async say(id: number, name: string, text: string): Promise<LobbyRefusal | undefined> {
    const subscription = this.#find(id)
    if (!subscription) return { code: 'not-seated', refused: `you are not at table ${id}` }
    const seat = subscription.seat === undefined ? {} : { seat: subscription.seat }
    return this.#full ?? this.#done(subscription.table, this.#spend(subscription.table, { type: 'say', name, text, ...seat }))
  }

  /** Returns how many clients of other users at a table show talk. */
  countTalkReceivers(id: number): number {
    const own = this.#find(id)
    if (own === undefined) return 0
    const isOwn = ({ viewer, name }: TableSubscription) =>
      (name !== '' && name === own.name) || (viewer !== 'watcher' && viewer === own.viewer)
    return own.table.observers.filter((one) => one !== own && one instanceof TableSubscription && !isOwn(one)).length
  }

  /** Submits an act of this session's seat; if it is the last missing offer of a rematch, the hall opens the new table. */
  async act(id: number, type: ActType): Promise<LobbyRefusal | undefined> {
    const subscription = this.#find(id)
    if (subscription?.seat === undefined) return noSeat(id)
    const { table, seat } = subscription
    const full = acts[type].limited ? this.#full : undefined
    if (full) return full
    if (type === 'offer') return this.#done(table, await this.#holdings.spend(table, () => this.#hall.offer(table, seat)))
    return this.#done(table, this.#spend(table, { type, seat }))
  }

  /** Ends all subscriptions and returns the numbers of their tables; the hall reserves the seats for their owner. */
  endAll(): readonly number[] {
    const all = this.#tables
    for (const subscription of all) this.#end(subscription)
    this.#tables = NONE
    return all.map(({ table }) => table.id)
  }

  /** Ends all subscriptions; the user can resume no seat afterwards. */
  close(): void {
    this.#closed = true
    this.endAll()
  }

  onTableClosed({ id }: TableActor): void {
    this.#tables = this.#without(id)
  }

  /** Takes the user's seat at a rematch; the players have swapped seats there. */
  onRematch({ table: before, token }: TableSubscription, seat: SeatNumber, id: number): void {
    const table = this.#hall.table(id)
    if (!table) return
    const subscription = this.#find(before.id)
    if (subscription) this.#end(subscription)
    this.#tables = this.#without(before.id)
    this.takeSeat(table, before.state.opened.seats.length - 1 - seat, token)
  }

  /** Returns a refusal if this address has reached its disk limit; otherwise `undefined`. */
  get #full(): LobbyRefusal | undefined {
    const { full } = this.#holdings.spending
    return full === undefined ? undefined : { code: 'too-many', refused: full }
  }

  #find(id: number): TableSubscription | undefined {
    for (const subscription of this.#tables) if (subscription.table.id === id) return subscription
    return undefined
  }

  #without(id: number): readonly TableSubscription[] {
    return this.#find(id) ? this.#tables.filter(({ table }) => table.id !== id) : this.#tables
  }

  #end(subscription: TableSubscription): void {
    this.#holdings.spend(subscription.table, () => subscription.unsubscribe())
  }

  #spend(table: TableActor, command: TableCommand): Refusal | undefined {
    return this.#holdings.spend(table, () => table.submit(command))
  }

  async #done(table: TableActor, refusal: Refusal | undefined): Promise<LobbyRefusal | undefined> {
    return refusal ? toLobbyRefusal('not-now', refusal) : this.#persisted(table)
  }

  async #persisted(table: TableActor): Promise<LobbyRefusal | undefined> {
    const persisted = await table.persisted()
    if (isRefusal(persisted)) return toLobbyRefusal('not-now', persisted)
    if (persisted) return undefined
    return table.closed
      ? { code: 'not-now', refused: `table ${table.id} is closed, because the server could not write its log` }
      : UNAVAILABLE
  }
}

const NONE: readonly TableSubscription[] = []
