import {
  type Game,
  isRefusal,
  type Outcome,
  type Random,
  type Refusal,
  type Seat,
  type SeatNumber,
  type Situation,
  type SituationObserver,
} from './game.ts'
import { SituationQueue } from './situation-queue.ts'

/** LocalTable runs one game in memory: rules and seats, without a log. */
export class LocalTable<State, Move, View, Options> implements SeatActions<Move> {
  readonly #game: Game<State, Move, View, Options>
  readonly #random: Random
  readonly #seats = [new LocalSeat<Move, View>(0, this)]
  #state: State
  #outcome: Outcome | undefined

  constructor(game: Game<State, Move, View, Options>, options: Options, random: Random) {
    this.#game = game
    this.#random = random
    this.#state = game.setup(options, random)
    for (let number = 1; number < game.seats.max; number++) this.#seats.push(new LocalSeat(number, this))
    this.#publish()
  }

  /** True if the game is over. */
  get isOver(): boolean {
    return this.#outcome !== undefined
  }

  /** Returns the interface to a seat, for its player. Throws a RangeError if the game has no seat with this number. */
  seat(number: SeatNumber): Seat<Move, View> {
    const seat = this.#seats[number]
    if (!seat) throw new RangeError(`${this.#game.name} has no seat ${number}`)
    return seat
  }

  /** Closes the table before the game is over; every observer of a seat and every pending `next` or `turn` receives the reason. */
  close(reason: Error): void {
    for (const seat of this.#seats) seat.close(reason)
  }

  /** Makes a move for a seat; see `Seat`. */
  play(number: SeatNumber, move: Move): Refusal | undefined {
    if (this.#outcome) return { refused: 'the game is over' }
    const next = this.#game.play(this.#state, number, move, this.#random)
    if (isRefusal(next)) return next
    this.#state = next
    this.#publish()
    return undefined
  }

  /** Gives up a seat: the game ends, and the other seats win. */
  leave(number: SeatNumber): void {
    if (this.#outcome) return
    const winners = this.#seats.map((seat) => seat.number).filter((seat) => seat !== number)
    this.#outcome = { winners, left: number }
    this.#publish()
  }

  #publish(): void {
    this.#outcome ??= this.#game.outcome(this.#state)
    const toMove = this.#outcome ? [] : this.#game.toMove(this.#state)
    for (const seat of this.#seats) {
      const view = this.#game.view(this.#state, seat.number, this.#outcome)
      const turn = toMove.includes(seat.number)
      seat.push(this.#outcome ? { view, turn, outcome: this.#outcome } : { view, turn })
    }
    // the notifications come after all pushes, because an observer may move immediately, and every seat must see this situation
    // before the next situation
    for (const seat of this.#seats) seat.show()
  }
}

interface SeatActions<Move> {
  play(number: SeatNumber, move: Move): Refusal | undefined
  leave(number: SeatNumber): void
}

class LocalSeat<Move, View> implements Seat<Move, View> {
  readonly number: SeatNumber
  readonly #actions: SeatActions<Move>
  readonly #situations = new SituationQueue<View>()

  constructor(number: SeatNumber, actions: SeatActions<Move>) {
    this.number = number
    this.#actions = actions
  }

  next(): Promise<Situation<View>> {
    return this.#situations.next()
  }

  turn(): Promise<Situation<View>> {
    return this.#situations.next(true)
  }

  observe(watcher: SituationObserver<View>): void {
    this.#situations.observe(watcher)
  }

  play(move: Move): Refusal | undefined {
    return this.#actions.play(this.number, move)
  }

  leave(): void {
    this.#actions.leave(this.number)
  }

  push(situation: Situation<View>): void {
    this.#situations.push(situation)
  }

  show(): void {
    this.#situations.deliver()
  }

  close(reason: Error): void {
    this.#situations.close(reason)
  }
}
