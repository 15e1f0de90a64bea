import { errorMessage } from '../base/errors.ts'
import { isPlayable, playSeat } from '../games/ai/house.ts'
import type { Game, Random, Refusal } from '../games/game.ts'
import { type HallAccess, type HallSeat, LocalSeating, type PeerHandle, type SeekOptions } from './seating.ts'

/**
 * HouseSeating is the seating for the server's side of a program that needs the hall. It replaces the hall in a walk and in a check, which
 * have no hall. The hall of this seating has one user, the peer: every name is free, and the house becomes the opponent immediately. This
 * seating holds no seat after a disconnection.
 */
export class HouseSeating extends LocalSeating {
  readonly hall: HallAccess

  constructor(peer: PeerHandle, random: Random) {
    const opponentFor = <State, Move, View, Options>(game: Game<State, Move, View, Options>) =>
      isPlayable(game) ? (seat: Parameters<typeof playSeat<State, Move, View, Options>>[1]) => playSeat(game, seat, random) : undefined
    super(opponentFor, random, (reason) => peer.end(errorMessage(reason)))
    this.hall = new OwnHall(this)
  }

  /** Always false: as in the hall, the house does not wait for the end of a game that the peer has left. */
  override get isBusy(): boolean {
    return false
  }
}

class OwnHall implements HallAccess {
  readonly #seating: LocalSeating
  #name: string | undefined

  constructor(seating: LocalSeating) {
    this.#seating = seating
  }

  get name(): string | undefined {
    return this.#name
  }

  async logIn(name: string): Promise<undefined> {
    this.#name = name
  }

  async register(name: string, password: string): Promise<Refusal | undefined> {
    if (password === '') return { refused: 'the password is empty' }
    this.#name = name
    return undefined
  }

  async seek<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    { options, seats: [number = 0] }: SeekOptions<Options>,
  ): Promise<HallSeat<Move, View>> {
    const seat = await this.#seating.sit(game, number, options)
    const names = Array.from({ length: game.seats.max }, (_, one) => (one === number ? (this.#name ?? 'guest') : 'house'))
    return {
      number,
      names,
      table: { id: 1 },
      next: () => seat.next(),
      turn: () => seat.turn(),
      observe: (watcher) => seat.observe(watcher),
      play: (move) => seat.play(move),
      leave: () => seat.leave(),
    }
  }

  holds(): boolean {
    return false
  }

  resume(): undefined {
    return undefined
  }

  async rank(): Promise<undefined> {
    return undefined
  }
}
