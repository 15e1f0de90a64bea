import type { Refusal, Seat, SeatNumber, Situation, Watcher } from '../games/game.ts'
import { Sight } from '../games/sight.ts'
import type { Attendant, LiveTable, News } from './live.ts'

/** What becomes of a seat whose holder goes away: it is given up, or held for the owner to come back. */
export type Keeping = 'given up' | 'held'

/** Attention is told while a holder waits for the table, and listens to nobody else. */
export interface Attention {
  watch(on: boolean): void
}

/** HallSeat is a seat at a table of the hall, as somebody holds it through one connection. */
export class HallSeat<Move, View> implements Seat<Move, View>, Attendant {
  readonly number: SeatNumber
  readonly table: LiveTable
  readonly #keeping: Keeping
  readonly #sight = new Sight<View>()
  readonly #leaveTable: () => void
  readonly #attention: Attention
  #waiting = false
  #over = false

  /** Takes a seat at a table of the game whose moves and views these are. */
  constructor(table: LiveTable, number: SeatNumber, keeping: Keeping, attention: Attention) {
    this.table = table
    this.number = number
    this.#keeping = keeping
    this.#attention = attention
    const now = table.situation(number)
    if (now) this.#see(now)
    this.#leaveTable = table.attend(this)
    if (now) table.submit({ type: 'back', seat: number })
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
    if (this.#sight.empty && this.table.waitsForOthers(this.number)) {
      this.#waiting = true
      this.#attention.watch(true)
    }
    return this.#sight.next()
  }

  watch(watcher: Watcher<View>): void {
    this.#sight.watch(watcher)
  }

  play(move: Move): Refusal | undefined {
    return this.table.submit({ type: 'play', seat: this.number, move })
  }

  leave(): void {
    this.table.submit({ type: 'leave', seat: this.number })
  }

  /** The holder goes away: from the table altogether, or until it comes back. */
  release(): void {
    if (!this.#over) this.table.submit({ type: this.#keeping === 'held' ? 'gone' : 'leave', seat: this.number })
    this.#leaveTable()
  }

  news({ situation }: News): void {
    if (!situation) return
    this.#see(situation)
    if (this.#waiting) this.#attention.watch(false)
    this.#waiting = false
    this.#sight.show()
  }

  closed(reason: Error): void {
    this.#sight.close(reason)
  }

  /** Keeps what is seen, the outcome once only. */
  #see(situation: Situation<unknown>): void {
    if (this.#over) return
    this.#over = situation.outcome !== undefined
    // the table is one of the game whose views these are: whoever seats somebody has seen to that
    this.#sight.push(situation as Situation<View>)
  }
}
