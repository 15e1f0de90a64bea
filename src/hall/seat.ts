import type { Refusal, Seat, SeatNumber, Situation, Watcher } from '../games/game.ts'
import { Sight } from '../games/sight.ts'
import type { LiveTable } from './live.ts'
import type { Attendant, News } from './news.ts'
import type { Command } from './table.ts'

/** Keeping is what becomes of a seat whose holder goes away: it is given up, or held for the owner to come back. */
export type Keeping = 'given up' | 'held'

/** Attention is told while a holder waits for the table, and listens to nobody else. */
export interface Attention {
  watch(on: boolean): void
  /** The holder cannot go on, for a reason that lies at the table. */
  end(reason: string): void
}

/** Account is charged with what a holder adds to the disk, and with how many it makes the server notify. */
export interface Account {
  readonly spending: {
    /** Why nothing more may be added. */
    readonly full: string | undefined
  }
  /** Does something at a table, and counts what comes of it. */
  spend<Answer>(table: LiveTable, act: () => Answer): Answer
}

const FREE: Account = { spending: { full: undefined }, spend: (_, act) => act() }

/** HallSeat is a seat at a table of the hall, as somebody holds it through one connection, until the game is over. */
export class HallSeat<Move, View> implements Seat<Move, View>, Attendant {
  readonly number: SeatNumber
  readonly table: LiveTable
  readonly #keeping: Keeping
  readonly #sight = new Sight<View>()
  readonly #attention: Attention
  readonly #account: Account
  #waiting = false
  #over = false
  /** The event after which there is something to be seen: what was decided before the seat was taken is waited for. */
  #from: number
  /** Own moves that were made, and not yet seen. */
  #coming = 0

  /** Takes a seat at a table of the game whose moves and views these are. */
  constructor(table: LiveTable, number: SeatNumber, keeping: Keeping, attention: Attention, account: Account = FREE) {
    this.#account = account
    this.table = table
    this.number = number
    this.#keeping = keeping
    this.#attention = attention
    const now = table.situation(number)
    this.#from = now ? table.decided : 0
    if (now && this.#from === table.state.n) this.#see(now)
    table.attend(this)
    if (this.#over) table.leave(this)
    else if (now) this.#submit({ type: 'back', seat: number })
  }

  get who(): SeatNumber {
    return this.number
  }

  /** The names of all who sit at the table, by seat. */
  get names(): readonly string[] {
    return this.table.state.opened.seats.map(({ name }) => name)
  }

  /** Whether the game is over, as far as this seat has heard. */
  get over(): boolean {
    return this.#over
  }

  next(): Promise<Situation<View>> {
    return this.#attentively(this.#sight.next())
  }

  turn(): Promise<Situation<View>> {
    return this.#attentively(this.#sight.next(true))
  }

  watch(watcher: Watcher<View>): void {
    this.#sight.watch(watcher)
  }

  /** Makes a move. One that crosses the end of the game is nobody's fault, and forgotten: the end is what is seen next. */
  play(move: Move): Refusal | undefined {
    if (this.table.over && !(this.#over && this.#sight.empty)) return undefined
    const { full } = this.#account.spending
    if (full !== undefined) {
      this.#attention.end(full)
      return { refused: full }
    }
    const refusal = this.#submit({ type: 'play', seat: this.number, move }, true)
    if (!refusal) this.#coming++
    return refusal
  }

  leave(): void {
    this.#submit({ type: 'leave', seat: this.number })
  }

  /** Makes room for the same holder, who has come back through another connection. */
  replaced(): void {
    this.#attention.end('you have come back through another connection')
  }

  /** The holder goes away: from the table altogether, or until it comes back, unless it is there in another way. */
  release(): void {
    this.table.leave(this)
    if (this.#over) return
    if (this.#keeping === 'given up') this.leave()
    else if (!this.table.attendants.some(({ who }) => who === this.number)) this.#submit({ type: 'gone', seat: this.number })
  }

  news({ n, event, situation }: News): void {
    const seen = n === this.#from ? this.table.situation(this.number) : situation
    if (n < this.#from || !seen) return
    if (n > this.#from && event.type === 'moved' && event.seat === this.number) {
      // what is asked here was answered there, and what is answered here would be taken for something else
      if (this.#coming === 0) return this.#attention.end('you play in this seat through another connection')
      this.#coming--
    }
    this.#see(seen)
    this.#sight.show()
    if (this.#waiting && !this.#sight.awaited) {
      this.#waiting = false
      this.#attention.watch(false)
    }
    if (this.#over) this.table.leave(this)
  }

  rolledBack(): void {
    const { n } = this.table.state
    const now = this.table.situation(this.number)
    if (this.#from <= n || !now) return
    this.#from = n
    this.#see(now)
    this.#sight.show()
  }

  closed(reason: Error): void {
    this.close(reason)
    this.#attention.end(reason.message)
  }

  /** Nothing more is to be seen, for a reason of the holder's. */
  close(reason: Error): void {
    this.#sight.close(reason)
  }

  #submit(command: Command, patient = false): Refusal | undefined {
    return this.#account.spend(this.table, () => this.table.submit(command, patient))
  }

  /** While what is to come depends on others, the holder's going is looked out for. */
  #attentively(coming: Promise<Situation<View>>): Promise<Situation<View>> {
    if (this.#sight.awaited && this.table.waitsForOthers(this.number)) {
      this.#waiting = true
      this.#attention.watch(true)
    }
    return coming
  }

  /** Keeps what is seen, the outcome once only. */
  #see(situation: Situation<unknown>): void {
    if (this.#over) return
    this.#over = situation.outcome !== undefined
    // the table is one of the game whose views these are: whoever seats somebody has seen to that
    this.#sight.push(situation as Situation<View>)
  }
}
