import type { Game, Outcome, Random, Seat, SeatNumber, Situation, SituationObserver } from '../../games/game.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { LocalSeating, type OpponentFor } from '../../protocol/seating.ts'

export interface OutcomeSeatingOptions {
  /** The side whose role takes seats. The role takes them for the player on the other side of the connection. */
  readonly side: Side
  readonly opponentFor: OpponentFor
  readonly random: Random
  /** Called if a local player fails. */
  readonly onBroken: (reason: unknown) => void
  /** Called with the outcome of each game in words, such as "the client wins". */
  readonly onOutcome: (outcome: string) => void
  /** Called with each situation of a game; the parameter `board` returns this situation as text. */
  readonly onView?: ((board: () => string) => void) | undefined
}

/** OutcomeSeating seats a role at local tables, and reports how each of its games has ended. */
export class OutcomeSeating extends LocalSeating {
  readonly #options: OutcomeSeatingOptions

  constructor(options: OutcomeSeatingOptions) {
    super(options.opponentFor, options.random, options.onBroken)
    this.#options = options
  }

  override async sit<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    seats: SeatNumber | readonly SeatNumber[],
    options: Options,
  ): Promise<Seat<Move, View>> {
    const seat = await super.sit(game, seats, options)
    const { side, onOutcome, onView } = this.#options
    return new OutcomeSeat(
      seat,
      (outcome) => onOutcome(formatOutcome(outcome, seat.number, side, game.seats.max)),
      (view) => onView?.(() => game.notation.render(view)),
    )
  }
}

/** OutcomeSeat is a seat that reports its situations, and the outcome of its game once. */
class OutcomeSeat<Move, View> implements Seat<Move, View> {
  readonly number: SeatNumber
  readonly #seat: Seat<Move, View>
  readonly #onOutcome: (outcome: Outcome) => void
  readonly #onView: (view: View) => void
  #isOver = false

  constructor(seat: Seat<Move, View>, onOutcome: (outcome: Outcome) => void, onView: (view: View) => void) {
    this.number = seat.number
    this.#seat = seat
    this.#onOutcome = onOutcome
    this.#onView = onView
  }

  async next(): Promise<Situation<View>> {
    return this.#see(await this.#seat.next())
  }

  async turn(): Promise<Situation<View>> {
    return this.#see(await this.#seat.turn())
  }

  observe(watcher: SituationObserver<View>): void {
    this.#seat.observe({ see: (situation) => watcher.see(this.#see(situation)), closed: (reason) => watcher.closed(reason) })
  }

  play(move: Move): ReturnType<Seat<Move, View>['play']> {
    return this.#seat.play(move)
  }

  leave(): void {
    // the role reads no further situation
    this.#end({ winners: [], left: this.number })
    this.#seat.leave()
  }

  #see(situation: Situation<View>): Situation<View> {
    this.#onView(situation.view)
    if (situation.outcome) this.#end(situation.outcome)
    return situation
  }

  #end(outcome: Outcome): void {
    if (!this.#isOver) this.#onOutcome(outcome)
    this.#isOver = true
  }
}

/** Formats an outcome. The seat `number` belongs to the player on the other side of the connection. */
function formatOutcome({ winners, left }: Outcome, number: SeatNumber, side: Side, seats: number): string {
  const other = side === 'server' ? 'client' : 'server'
  if (left !== undefined) return `the ${left === number ? other : side} quits`
  if (winners.includes(number)) return `the ${other} wins`
  if (winners.length > 0) return `the ${side} wins`
  return seats > 1 ? 'a draw' : `the ${other} loses`
}
