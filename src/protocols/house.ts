import type { Game, Random, Seat, SeatNumber } from '../games/game.ts'
import { LocalTable } from '../games/local.ts'

/**
 * House is all that a role may ask beside its peer: to be seated. Who sits opposite is the house's affair: a person at
 * this terminal, a bot, anybody.
 */
export interface House {
  /** Seats the peer at a new table of `game`, in the seat `number`. */
  sit<State, Move, View, Options>(game: Game<State, Move, View, Options>, number: SeatNumber, options: Options): Promise<Seat<Move, View>>
}

/** Holder is somebody who takes a seat and plays until the game is over. */
export type Holder<Move, View> = (seat: Seat<Move, View>) => Promise<void>

/** Opposite says who takes the other seats at a table of a game; `undefined` leaves them empty. */
export type Opposite = <State, Move, View, Options>(game: Game<State, Move, View, Options>) => Holder<Move, View> | undefined

/** LocalHouse seats at tables of this process, for one conversation. */
export class LocalHouse implements House {
  readonly #opposite: Opposite
  readonly #random: Random
  readonly #onBroken: (reason: unknown) => void
  /** Tables at which somebody still plays. */
  #tables: readonly { readonly over: boolean; close(reason: Error): void }[] = []
  /** Resolves when all who sit opposite have finished. */
  #finished: Promise<void> | undefined

  /** `onBroken` is called when somebody opposite cannot go on. */
  constructor(opposite: Opposite, random: Random, onBroken: (reason: unknown) => void) {
    this.#opposite = opposite
    this.#random = random
    this.#onBroken = onBroken
  }

  sit<State, Move, View, Options>(game: Game<State, Move, View, Options>, number: SeatNumber, options: Options): Promise<Seat<Move, View>> {
    const table = new LocalTable(game, options, this.#random)
    this.#tables = this.#tables.length === 0 ? [table] : [...this.#tables.filter(({ over }) => !over), table]
    for (let other = 0; other < game.seats.max; other++) {
      const holder = other === number ? undefined : this.#opposite(game)
      if (holder) this.#finished = this.#hold(holder(table.seat(other)), this.#finished)
    }
    return Promise.resolve(table.seat(number))
  }

  /** Whether somebody was ever asked to sit opposite. */
  get busy(): boolean {
    return this.#finished !== undefined
  }

  /** Resolves when all who sit opposite have finished, or could not go on. */
  async finished(): Promise<void> {
    await this.#finished
  }

  /** Sends everybody home, because the conversation is broken. */
  close(reason: Error): void {
    for (const table of this.#tables) table.close(reason)
  }

  async #hold(play: Promise<void>, others: Promise<void> | undefined): Promise<void> {
    try {
      await play
    } catch (reason) {
      this.#onBroken(reason)
    }
    if (others) await others
  }
}
