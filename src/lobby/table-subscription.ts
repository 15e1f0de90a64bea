import type { SeatNumber, Situation } from '../games/game.ts'
import type { PeerLink, TableEventView, TableListener, TableSnapshot, TableView } from '../hall/api.ts'
import { changesOf } from '../hall/events.ts'
import { timeLeft, turnLeft } from '../hall/seat-clocks.ts'
import type { TableState, TableStep } from '../hall/table.ts'
import type { TableActor } from '../hall/table-actor.ts'
import { projectEvent, type StandingChange, type TableObserver, type TableUpdate, toSituation } from '../hall/table-updates.ts'
import type { SessionPeer } from './context.ts'
import { toRatingChanges } from './game-ends.ts'
import { toGameTerms } from './projections.ts'

/** Number of missed events that the server sends before it waits until the client has read them. */
const PAGE = 20
/** If this number of new events waits behind the missed events, the server no longer waits for the client. */
const MANY = 200

/** SubscriptionOwner gets the updates of all subscriptions of one session. */
export interface SubscriptionOwner {
  readonly listener: TableListener
  /** The client's connection. */
  readonly peer: Pick<SessionPeer, 'link'>
  /** Called when the table is closed in this process, for example after a failure of the store. */
  onTableClosed(table: TableActor): void
  /** Called with the number of the new table when a rematch has begun and the subscription has a seat at the old table. */
  onRematch(subscription: TableSubscription, seat: SeatNumber, table: number): void
}

export interface TableSubscriptionOptions {
  /** Token by which the owner can resume the seat; missing if the session does not have the token. */
  readonly token: string | undefined
  /** The user's name. */
  readonly name: string
  /** True if updates wait until `catchUp` has sent the missed events. */
  readonly isBehind: boolean
}

/**
 * TableSubscription subscribes one lobby session to one table, through a seat or as a watcher. A client that resumes a seat first
 * gets the missed events, page by page, as fast as it reads them. Updates of the table wait until the client has these events, so
 * that the client receives every event once and in order.
 */
export class TableSubscription implements TableObserver {
  readonly table: TableActor
  readonly viewer: SeatNumber | 'watcher'
  /** Token by which the owner can resume the seat; `undefined` if the session does not have the token. */
  readonly token: string | undefined
  /** The user's name. */
  readonly name: string
  readonly #owner: SubscriptionOwner
  /** Sequence number of the last event that has changed the view. */
  #seen = 0
  #ended = false
  /** Updates that wait until the client has caught up. */
  #held: TableEventView[] | undefined

  constructor(
    owner: SubscriptionOwner,
    table: TableActor,
    who: SeatNumber | 'watcher',
    { token, name, isBehind }: TableSubscriptionOptions,
  ) {
    this.#owner = owner
    this.name = name
    this.#held = isBehind ? [] : undefined
    this.table = table
    this.viewer = who
    this.token = token
  }

  get link(): PeerLink | undefined {
    return this.#owner.peer.link
  }

  /** The seat; `undefined` for a watcher. */
  get seat(): SeatNumber | undefined {
    return this.viewer === 'watcher' ? undefined : this.viewer
  }

  /** Sequence number of the last event that has changed the view. */
  get seen(): number {
    return this.#seen
  }

  /** Returns the state of the table for the client. */
  get snapshot(): TableSnapshot {
    const { opened: opening, rules, n, offers } = this.table.state
    const published = this.table.situation(this.viewer) !== undefined
    return {
      table: this.table.id,
      game: rules,
      names: opening.seats.map(({ name }) => name),
      ...toGameTerms(opening),
      ...(this.seat === undefined ? {} : { seat: this.seat }),
      ...(this.token === undefined ? {} : { token: this.token }),
      ...(opening.private ? { private: true } : {}),
      ...(this.seat === undefined || opening.clock.grace === undefined ? {} : { grace: opening.clock.grace }),
      // if all players have made an offer, they have agreed, and the offer is no longer open
      ...(offers.length > 0 && offers.length < opening.seats.length ? { offers } : {}),
      ...(published
        ? { now: { n, sight: toTableView(this.table.state, toSituation(this.table.state, this.viewer), this.table.now) } }
        : {}),
    }
  }

  /** Subscribes to the table's updates, and marks a seat's owner as connected. */
  subscribe(): void {
    this.#seen = this.table.state.n
    this.table.subscribe(this)
    if (this.seat !== undefined) this.table.submit({ type: 'back', seat: this.seat })
  }

  /** Sends missed events page by page: `ready` resolves when the client has read most of the sent bytes. */
  async catchUp(missed: Iterable<TableStep>, send: (update: TableEventView) => void, ready: () => Promise<void>): Promise<void> {
    let count = 0
    for (const { event, state } of missed) {
      if (count > 0 && count % PAGE === 0 && (this.#held?.length ?? 0) < MANY) await ready()
      // the client may have left during the wait, or another connection may have taken the seat
      if (this.#ended) return
      send(this.#toEventView(projectEvent(event, state, this.viewer), state))
      count++
    }
  }

  /** Sends the updates that waited behind the missed events; later updates no longer wait. */
  flushUpdates(): void {
    const held = this.#held ?? []
    this.#held = undefined
    if (!this.#ended) for (const update of held) this.#notify(update)
  }

  /** Ends the subscription; marks the seat's owner as disconnected, unless another connection has the seat. */
  unsubscribe(): void {
    this.#ended = true
    this.table.unsubscribe(this)
    if (this.seat !== undefined && !this.table.observers.some(({ viewer }) => viewer === this.seat)) {
      this.table.submit({ type: 'gone', seat: this.seat })
    }
  }

  update(update: TableUpdate): void {
    if (update.situation) this.#seen = update.n
    const event = this.#toSharedView(update)
    if (this.#held) this.#held.push(event)
    else this.#notify(event)
  }

  recorded(changes: readonly StandingChange[]): void {
    this.#owner.listener.recorded(toRatingChanges(this.table, changes))
  }

  closed(reason: Error): void {
    this.#ended = true
    this.#owner.onTableClosed(this.table)
    this.#owner.listener.closed(this.table.id, reason.message)
  }

  #notify(update: TableEventView): void {
    const { seat } = this
    this.#owner.listener.tableEvent(update)
    if (update.what.type === 'continued' && seat !== undefined) this.#owner.onRematch(this, seat, update.what.table)
  }

  /** Does the same as `#toEventView`, but only once for all watchers of the table. */
  #toSharedView(update: TableUpdate): TableEventView {
    const { shared } = update
    if (!shared) return this.#toEventView(update, this.table.state)
    shared.view ??= { ...this.#toEventView(update, this.table.state), shared: {} }
    return shared.view
  }

  /**
   * Adds the table to an update; also adds the view if the view or its clocks have changed. `state` is the state after the event.
   */
  #toEventView({ n, at, event: what, situation }: TableUpdate, state: TableState): TableEventView {
    const table = this.table.id
    const changed = situation ?? (changesOf(what.type) === 'clocks' ? toSituation(state, this.viewer) : undefined)
    return changed ? { table, n, at, what, sight: toTableView(state, changed, at) } : { table, n, at, what }
  }
}

/** Adds the clocks to the view of a seat or a watcher. */
function toTableView(state: TableState, situation: Situation<unknown>, now: number): TableView {
  const { toMove, outcome, opened: opening, clocks } = state
  const left = opening.seats.map((_, seat) => timeLeft(clocks, opening.clock, seat, now))
  const moveLeft = opening.seats.map((_, seat) => turnLeft(clocks, opening.clock, seat, now))
  return {
    ...situation,
    toMove: outcome ? [] : toMove,
    ...(left.every((one) => one !== undefined) ? { left } : {}),
    ...(!outcome && moveLeft.every((one) => one !== undefined) ? { moveLeft } : {}),
  }
}
