import type { SeatNumber } from '../games/game.ts'
import { timeLeft, turnLeft } from '../hall/clocks.ts'
import type { LiveTable } from '../hall/live.ts'
import { type Attendant, type News, type StandingChange, situationOf } from '../hall/news.ts'
import type { TableEvent } from '../hall/ports.ts'
import type { Step, TableState } from '../hall/table.ts'
import type { Attendance, Sight, TableListener, TableNews } from '../protocols/lobby.ts'
import { recordedOf } from './game-ends.ts'
import { termsOf } from './known.ts'

/** Events that are sent again at once, until the client has read them. */
const PAGE = 20
/** Events that wait behind those, at most, before the client is sent all of them whether it reads or not. */
const MANY = 200

/** AttendingOptions is what attending needs beside the table. */
export interface AttendingOptions {
  readonly listener: TableListener
  /** What lets the owner of the seat back to it, where this is known. */
  readonly token: string | undefined
  /** Called when the table cannot go on. */
  readonly onClosed: () => void
  /** The name of who attends. */
  readonly name: string
  /** True until `goOn` is called; news wait meanwhile. */
  readonly isBehind: boolean
}

/** Attending is somebody of the lobby at a table, in a seat or watching. */
export class Attending implements Attendant {
  readonly table: LiveTable
  readonly who: SeatNumber | 'watcher'
  /** What lets the owner of the seat back to it, where this is known. */
  readonly token: string | undefined
  /** The name of who attends. */
  readonly name: string
  readonly #listener: TableListener
  readonly #onClosed: () => void
  /** The number of the last event that changed what is seen. */
  #seen = 0
  #ended = false
  /** News while the client catches up, to be sent behind that. */
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

  /** The seat, for who has one. */
  get seat(): SeatNumber | undefined {
    return this.who === 'watcher' ? undefined : this.who
  }

  /** The number of the last event after which something else was seen. */
  get seen(): number {
    return this.#seen
  }

  /** What is known of the table now. */
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
      // what all have offered is agreed
      ...(offers.length > 0 && offers.length < opening.seats.length ? { offers } : {}),
      ...(published ? { now: { n, sight: sightOf(this.table.state, this.who, this.table.now) } } : {}),
    }
  }

  /** Begins: from here on, news come. Whoever takes a seat is back there. */
  begin(): void {
    this.#seen = this.table.state.n
    this.table.attend(this)
    if (this.seat !== undefined) this.table.submit({ type: 'back', seat: this.seat })
  }

  /** Tells what was missed, a page at a time: `ready` resolves when the client has read most of what it was sent. */
  async catchUp(missed: Iterable<Step>, tell: (news: TableNews) => void, ready: () => Promise<void>): Promise<void> {
    let count = 0
    for (const { event, state } of missed) {
      if (count > 0 && count % PAGE === 0 && (this.#held?.length ?? 0) < MANY) await ready()
      // the client may have left, or another connection have taken the seat
      if (this.#ended) return
      tell(this.#newsOf(event.n, event.at, told(event), state))
      count++
    }
  }

  /** Tells what has happened while the client was behind, and from now on what happens, as it happens. */
  goOn(): void {
    const held = this.#held ?? []
    this.#held = undefined
    if (!this.#ended) for (const news of held) this.#listener.news(news)
  }

  /** Goes away; a seat is held for its owner, unless somebody else has taken it up. */
  end(): void {
    this.#ended = true
    this.table.leave(this)
    if (this.seat !== undefined && !this.table.attendants.some(({ who }) => who === this.seat)) {
      this.table.submit({ type: 'gone', seat: this.seat })
    }
  }

  news({ n, at, event, situation }: News): void {
    if (situation) this.#seen = n
    const news = this.#newsOf(n, at, told(event), this.table.state)
    if (this.#held) this.#held.push(news)
    else this.#listener.news(news)
  }

  recorded(changes: readonly StandingChange[]): void {
    this.#listener.recorded(recordedOf(this.table, changes))
  }

  closed(reason: Error): void {
    this.#ended = true
    this.#onClosed()
    this.#listener.closed(this.table.id, reason.message)
  }

  #newsOf(n: number, at: number, what: TableNews['what'], state: TableState): TableNews {
    const table = this.table.id
    return CHANGES.has(what.type) ? { table, n, at, what, sight: sightOf(state, this.who, at) } : { table, n, at, what }
  }
}

/** What happens so that something else is seen, if only the clocks. */
const CHANGES: ReadonlySet<TableNews['what']['type']> = new Set(['opened', 'moved', 'ended', 'gone', 'back', 'suspended'])

/** An event as it is told: a move is seen only by what it leaves on the board. */
function told(event: News['event'] | TableEvent): TableNews['what'] {
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

function sightOf(state: TableState, who: SeatNumber | 'watcher', now: number): Sight {
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
