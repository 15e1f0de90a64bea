import type { Refusal, Seat, SeatNumber, Situation, SituationObserver } from '../games/game.ts'
import { SituationQueue } from '../games/situation-queue.ts'
import type { PeerLink } from './peer-links.ts'
import type { TableCommand } from './table.ts'
import type { TableActor } from './table-actor.ts'
import type { TableObserver, TableUpdate } from './table-updates.ts'

/**
 * SeatRetention is the effect of a connection's end on the connection's seat: the player leaves the table, or the hall reserves the seat.
 */
export type SeatRetention = 'given up' | 'held'

/** SeatConnection has the members of a connection that a seat needs. */
export interface SeatConnection {
  /** How the client is connected. */
  readonly link?: PeerLink | undefined
  /** Switches the detection of a disconnection on or off, for the time in which the role waits for the table and reads no messages. */
  endOnDisconnect(on: boolean): void
  /** Ends the conversation because of an event at the table, with the reason as a sentence for the user. */
  end(reason: string): void
}

/** SeatBudget limits the bytes that a user adds to the disk, and the notifications that the user causes. */
export interface SeatBudget {
  readonly spending: {
    /** The reason why the user may add no more bytes; `undefined` while the user may add bytes. */
    readonly full: string | undefined
  }
  /** Calls `act`, and charges the user for the effect of `act` on the table. */
  spend<Answer>(table: TableActor, act: () => Answer): Answer
}

const FREE: SeatBudget = { spending: { full: undefined }, spend: (_, act) => act() }

/** TableSeat is a seat at a table of the hall for one connection, until the game is over. */
export class TableSeat<Move, View> implements Seat<Move, View>, TableObserver {
  readonly number: SeatNumber
  readonly table: TableActor
  readonly #retention: SeatRetention
  readonly #sight = new SituationQueue<View>()
  readonly #connection: SeatConnection
  readonly #budget: SeatBudget
  #waiting = false
  #over = false
  /** Sequence number of the first event that the seat shows; it skips the events from the time before the user took the seat. */
  #from: number
  /** Number of own moves that the table has not published yet. */
  #ownMoves = 0

  /** Takes a seat for a connection. `Move` and `View` must be the types of the table's game. */
  constructor(table: TableActor, number: SeatNumber, retention: SeatRetention, connection: SeatConnection, budget: SeatBudget = FREE) {
    this.#budget = budget
    this.table = table
    this.number = number
    this.#retention = retention
    this.#connection = connection
    const now = table.situation(number)
    this.#from = now ? table.decided : 0
    if (now && this.#from === table.state.n) this.#see(now)
    table.subscribe(this)
    if (this.#over) table.unsubscribe(this)
    else if (now) this.#submit({ type: 'back', seat: number })
  }

  get viewer(): SeatNumber {
    return this.number
  }

  get link(): PeerLink | undefined {
    return this.#connection.link
  }

  /** Names of the players, by seat. */
  get names(): readonly string[] {
    return this.table.state.opened.seats.map(({ name }) => name)
  }

  /** True if this seat has received the end of the game. */
  get over(): boolean {
    return this.#over
  }

  next(): Promise<Situation<View>> {
    return this.#withAttention(this.#sight.next())
  }

  turn(): Promise<Situation<View>> {
    return this.#withAttention(this.#sight.next(true))
  }

  observe(watcher: SituationObserver<View>): void {
    this.#sight.observe(watcher)
  }

  /**
   * Makes a move. Ignores a move that the player sent before the client received the end of the game, because the next view shows
   * the end.
   */
  play(move: Move): Refusal | undefined {
    if (this.table.over && !(this.#over && this.#sight.isEmpty)) return undefined
    const { full } = this.#budget.spending
    if (full !== undefined) {
      this.#connection.end(full)
      return { refused: full }
    }
    const refusal = this.#submit({ type: 'play', seat: this.number, move }, true)
    if (!refusal) this.#ownMoves++
    return refusal
  }

  leave(): void {
    this.#submit({ type: 'leave', seat: this.number })
  }

  /** Ends the conversation because the same user has resumed the seat through another connection. */
  replaced(): void {
    this.#connection.end('you have reconnected through another connection')
  }

  /** Releases the seat when its connection ends: leaves the table, or reports the disconnection unless another connection has the seat. */
  release(): void {
    this.table.unsubscribe(this)
    if (this.#over) return
    if (this.#retention === 'given up') this.leave()
    else if (!this.table.observers.some(({ viewer }) => viewer === this.number)) this.#submit({ type: 'gone', seat: this.number })
  }

  update({ n, event, situation }: TableUpdate): void {
    const seen = n === this.#from ? this.table.situation(this.number) : situation
    if (n < this.#from || !seen) return
    if (n > this.#from && event.type === 'moved' && event.seat === this.number) {
      // another connection has answered the request of this connection, so the client would mistake an answer here for the answer
      // to its next request
      if (this.#ownMoves === 0) return this.#connection.end('you play in this seat through another connection')
      this.#ownMoves--
    }
    this.#see(seen)
    this.#sight.deliver()
    if (this.#waiting && !this.#sight.isAwaited) {
      this.#waiting = false
      this.#connection.endOnDisconnect(false)
    }
    if (this.#over) this.table.unsubscribe(this)
  }

  rolledBack(): void {
    const { n } = this.table.state
    const now = this.table.situation(this.number)
    if (this.#from <= n || !now) return
    this.#from = n
    this.#see(now)
    this.#sight.deliver()
  }

  refused(command: TableCommand): void {
    const now = this.table.situation(this.number)
    if (command.type !== 'play' || command.seat !== this.number || this.#ownMoves === 0 || !now) return
    this.#ownMoves--
    this.#see(now)
    this.#sight.deliver()
  }

  closed(reason: Error): void {
    this.close(reason)
    this.#connection.end(reason.message)
  }

  /** Ends the queue of views, so that pending and later calls of `next` and `turn` reject with the reason. */
  close(reason: Error): void {
    this.#sight.close(reason)
  }

  #submit(command: TableCommand, patient = false): Refusal | undefined {
    return this.#budget.spend(this.table, () => this.table.submit(command, patient))
  }

  /** Watches for a disconnection while the next view depends on other players. */
  #withAttention(next: Promise<Situation<View>>): Promise<Situation<View>> {
    if (this.#sight.isAwaited && this.table.waitsForOthers(this.number)) {
      this.#waiting = true
      this.#connection.endOnDisconnect(true)
    }
    return next
  }

  /** Queues a view; ignores views after the end of the game. */
  #see(situation: Situation<unknown>): void {
    if (this.#over) return
    this.#over = situation.outcome !== undefined
    // the caller of the constructor guarantees that the view has this type
    this.#sight.push(situation as Situation<View>)
  }
}
