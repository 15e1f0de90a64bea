import {
  type Game,
  isRefusal,
  type Outcome,
  type Random,
  type Refusal,
  type Seat,
  type SeatNumber,
  type Situation,
  type Watcher,
} from './game.ts'
import { Sight } from './sight.ts'

/** LocalTable is a table of one machine: rules and seats, and no journal. */
export class LocalTable<State, Move, View, Options> implements Acts<Move> {
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

  /** Whether the game is over. */
  get over(): boolean {
    return this.#outcome !== undefined
  }

  /** The door of one place. */
  seat(number: SeatNumber): Seat<Move, View> {
    const seat = this.#seats[number]
    if (!seat) throw new RangeError(`${this.#game.name} has no seat ${number}`)
    return seat
  }

  /** Ends the table for a reason that lies outside of the game: whoever waits there is told. */
  close(reason: Error): void {
    for (const seat of this.#seats) seat.close(reason)
  }

  /** Makes a move for a seat. */
  play(number: SeatNumber, move: Move): Refusal | undefined {
    if (this.#outcome) return { refused: 'the game is over' }
    const next = this.#game.play(this.#state, number, move, this.#random)
    if (isRefusal(next)) return next
    this.#state = next
    this.#publish()
    return undefined
  }

  /** Gives a seat up. */
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
    // only now, for whoever is shown it may move at once, and the others see that after this
    for (const seat of this.#seats) seat.show()
  }
}

/** What the seats of a table do there. */
interface Acts<Move> {
  play(number: SeatNumber, move: Move): Refusal | undefined
  leave(number: SeatNumber): void
}

class LocalSeat<Move, View> implements Seat<Move, View> {
  readonly number: SeatNumber
  readonly #acts: Acts<Move>
  readonly #sight = new Sight<View>()

  constructor(number: SeatNumber, acts: Acts<Move>) {
    this.number = number
    this.#acts = acts
  }

  next(): Promise<Situation<View>> {
    return this.#sight.next()
  }

  turn(): Promise<Situation<View>> {
    return this.#sight.next(true)
  }

  watch(watcher: Watcher<View>): void {
    this.#sight.watch(watcher)
  }

  play(move: Move): Refusal | undefined {
    return this.#acts.play(this.number, move)
  }

  leave(): void {
    this.#acts.leave(this.number)
  }

  push(situation: Situation<View>): void {
    this.#sight.push(situation)
  }

  show(): void {
    this.#sight.show()
  }

  close(reason: Error): void {
    this.#sight.close(reason)
  }
}
