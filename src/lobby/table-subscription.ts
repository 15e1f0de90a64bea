import type { SeatNumber } from '../games/game.ts'
import type { Attendance, Sight, TableListener, TableNews } from '../hall/api.ts'
import { timeLeft, turnLeft } from '../hall/clocks.ts'
import { type Attendant, type News, type StandingChange, situationOf } from '../hall/news.ts'
import type { TableEvent } from '../hall/ports.ts'
import type { Step, TableState } from '../hall/table.ts'
import type { LiveTable } from '../hall/table-actor.ts'
import { recordedOf } from './game-ends.ts'
import { termsOf } from './projections.ts'

/** Number of missed events that are sent at once; then the client must read them first. */
const PAGE = 20
/** Number of newer events that wait behind the missed ones, at which the server no longer waits for the client. */
const MANY = 200

/** TableSubscriptionOptions is what TableSubscription needs besides the table. */
export interface AttendingOptions {
  readonly listener: TableListener
  /** Token that gives the owner access to the seat again, if known. */
  readonly token: string | undefined
  /** Called when the table is closed, because its log cannot be written. */
  readonly onClosed: () => void
  /** The user's name. */
  readonly name: string
  /** True if updates wait until the client has caught up, and `goOn` is called. */
  readonly isBehind: boolean
}

/**
 * TableSubscription subscribes one lobby session to one table, through a seat or as a watcher. A client that resumes a seat
 * gets the missed events first, page by page as fast as it reads them; updates of the table wait behind those, so that the
 * client sees every event once and in order.
 */
export class Attending implements Attendant {
  readonly table: LiveTable
  readonly who: SeatNumber | 'watcher'
  /** Token that gives the owner access to the seat again, if known. */
  readonly token: string | undefined
  /** The user's name. */
  readonly name: string
  readonly #listener: TableListener
  readonly #onClosed: () => void
  /** Number of the last event that changed the view. */
  #seen = 0
  #ended = false
  /** Updates that wait until the client has caught up. */
  #held: TableNews[] | undefined

  constructor(table: LiveTable, who: SeatNumber | 'watcher', { listener, token, onClosed, name, isBehind }: AttendingOptions) {
    this.name = name
    this.#held = isBehind ? [] : undefined
    this.table = table
    this.who = who
    this.token = token
    this.#listener = listener
    this.#onClosed = onClosed
  }

  /** The seat; `undefined` for a watcher. */
  get seat(): SeatNumber | undefined {
    return this.who === 'watcher' ? undefined : this.who
  }

  /** Number of the last event that changed the view. */
  get seen(): number {
    return this.#seen
  }

  /** Snapshot of the table now. */
  get attendance(): Attendance {
    const { opened: opening, rules, n, offers } = this.table.state
    const published = this.table.situation(this.who) !== undefined
    return {
      table: this.table.id,
      game: rules,
      names: opening.seats.map(({ name }) => name),
      ...termsOf(opening),
      ...(this.seat === undefined ? {} : { seat: this.seat }),
      ...(this.token === undefined ? {} : { token: this.token }),
      ...(this.seat === undefined || opening.clock.grace === undefined ? {} : { grace: opening.clock.grace }),
      // an offer of all players is an agreement, and no longer open
      ...(offers.length > 0 && offers.length < opening.seats.length ? { offers } : {}),
      ...(published ? { now: { n, sight: toTableView(this.table.state, this.who, this.table.now) } } : {}),
    }
  }

  /** Subscribes to the table's updates, and marks a seat's owner as connected. */
  begin(): void {
    this.#seen = this.table.state.n
    this.table.attend(this)
    if (this.seat !== undefined) this.table.submit({ type: 'back', seat: this.seat })
  }

  /** Sends missed events, a page at a time: `ready` resolves when the client has read most of what it was sent. */
  async catchUp(missed: Iterable<Step>, send: (update: TableNews) => void, ready: () => Promise<void>): Promise<void> {
    let count = 0
    for (const { event, state } of missed) {
      if (count > 0 && count % PAGE === 0 && (this.#held?.length ?? 0) < MANY) await ready()
      // the client may have left, or another connection may have taken the seat
      if (this.#ended) return
      send(this.#toUpdate(event.n, event.at, toEventView(event), state))
      count++
    }
  }

  /** Sends the updates that waited while the client caught up; later ones are sent at once. */
  goOn(): void {
    const held = this.#held ?? []
    this.#held = undefined
    if (!this.#ended) for (const update of held) this.#listener.news(update)
  }

  /** Ends the subscription; marks the seat's owner as disconnected, unless another connection has the seat. */
  end(): void {
    this.#ended = true
    this.table.leave(this)
    if (this.seat !== undefined && !this.table.attendants.some(({ who }) => who === this.seat)) {
      this.table.submit({ type: 'gone', seat: this.seat })
    }
  }

  news({ n, at, event, situation }: News): void {
    if (situation) this.#seen = n
    const update = this.#toUpdate(n, at, toEventView(event), this.table.state)
    if (this.#held) this.#held.push(update)
    else this.#listener.news(update)
  }

  recorded(changes: readonly StandingChange[]): void {
    this.#listener.recorded(recordedOf(this.table, changes))
  }

  closed(reason: Error): void {
    this.#ended = true
    this.#onClosed()
    this.#listener.closed(this.table.id, reason.message)
  }

  #toUpdate(n: number, at: number, what: TableNews['what'], state: TableState): TableNews {
    const table = this.table.id
    return CHANGES.has(what.type) ? { table, n, at, what, sight: toTableView(state, this.who, at) } : { table, n, at, what }
  }
}

/** Events that change the view, if only its clocks. */
const CHANGES: ReadonlySet<TableNews['what']['type']> = new Set(['opened', 'moved', 'ended', 'gone', 'back', 'suspended'])

/** Converts an event to what clients may see of it: a move shows only through the view after it. */
function toEventView(event: News['event'] | TableEvent): TableNews['what'] {
  switch (event.type) {
    case 'opened':
    case 'suspended':
    case 'reseeded':
      return { type: event.type }
    case 'moved':
    case 'declined':
    case 'gone':
    case 'back':
    case 'revoked':
      return { type: event.type, seat: event.seat }
    case 'offered':
      return { type: event.type, seat: event.seat, what: event.what }
    case 'said':
      return { type: event.type, name: event.name, text: event.text, ...(event.seat === undefined ? {} : { seat: event.seat }) }
    case 'ended':
      return { type: event.type, outcome: event.outcome }
    case 'continued':
      return { type: event.type, table: event.table }
  }
}

function toTableView(state: TableState, who: SeatNumber | 'watcher', now: number): Sight {
  const { toMove, outcome, opened: opening, clocks } = state
  const left = opening.seats.map((_, seat) => timeLeft(clocks, opening.clock, seat, now))
  const moveLeft = opening.seats.map((_, seat) => turnLeft(clocks, opening.clock, seat, now))
  return {
    ...situationOf(state, who),
    toMove: outcome ? [] : toMove,
    ...(left.every((one) => one !== undefined) ? { left } : {}),
    ...(!outcome && moveLeft.every((one) => one !== undefined) ? { moveLeft } : {}),
  }
}
