import type { Game, Random, Refusal, Seat, SeatNumber } from '../games/game.ts'
import type { LocalTable } from '../games/local.ts'
import type { Lobby, LobbyListener } from './lobby.ts'

/**
 * House is all that a role may ask beside its peer: to be seated. Who sits opposite is the house's affair: a person at
 * this terminal, a bot, anybody.
 */
export interface House {
  /** Seats the peer at a new table of `game`, in the seat `number`. */
  sit<State, Move, View, Options>(game: Game<State, Move, View, Options>, number: SeatNumber, options: Options): Promise<Seat<Move, View>>
  /** The hall behind this house, where there is one: then the peer can be somebody there. */
  readonly hall?: Hallway
  /** The hall's lobby, for a peer that asks for everything by itself; what happens there is told to the listener. */
  lobby?(listener: LobbyListener): Lobby
}

/** Chair is a seat at a table of the hall. */
export interface Chair<Move, View> extends Seat<Move, View> {
  readonly table: { readonly id: number }
  /** The names of all who sit there, by seat. */
  readonly names: readonly string[]
}

/** Place is a score's place on a ladder: 1 is the best. */
export interface Place {
  readonly rank: number
  readonly of: number
}

/** Terms is how a table is sought in the hall. */
export interface Terms<Options> {
  readonly options: Options
  /** The seats that the peer can hold. */
  readonly seats: readonly SeatNumber[]
  /** Milliseconds until the house sits down opposite, if nobody comes; `Infinity` for never. */
  readonly wait: number
  /** What comes of it counts for the game's ladder. */
  readonly rated?: boolean
  /** The seat is held when the peer goes away, for whoever comes back under its name. */
  readonly held?: boolean
}

/** Hallway is what a role may ask of the hall, for its peer. */
export interface Hallway {
  /** The peer's name, as far as it has one. */
  readonly name: string | undefined
  /**
   * Lets the peer in under a name, which needs its password where it is registered, and must be free where it is a guest's.
   * A refusal for want of a password has the registered name.
   */
  enter(name: string, how?: { password?: string }): Promise<(Refusal & { readonly registered?: string | undefined }) | undefined>
  /** Registers a name, and lets the peer in under it. */
  register(name: string, password: string): Promise<Refusal | undefined>
  /** Seeks company at a game, as long as the conversation lasts. */
  seek<State, Move, View, Options>(game: Game<State, Move, View, Options>, terms: Terms<Options>): Promise<Chair<Move, View>>
  /** Whether the peer has a seat at a table of a game that is not over. */
  holds(game: string): boolean
  /** The peer's seat at a table of a game that is not over, taken up again; of a guest, one that was taken through a worksheet's port. */
  resume<State, Move, View, Options>(game: Game<State, Move, View, Options>): Chair<Move, View> | undefined
  /** The peer's place on a game's ladder. */
  rank(game: string): Promise<Place | undefined>
}

/** The hall behind a house. Throws an Error where there is none: then the program is not to be started there. */
export function hallOf({ hall }: House): Hallway {
  if (!hall) throw new Error('this program needs a hall')
  return hall
}

/** The lobby behind a house. Throws an Error where there is none: then the program is not to be started there. */
export function lobbyOf(house: House, listener: LobbyListener): Lobby {
  const lobby = house.lobby?.(listener)
  if (!lobby) throw new Error('this program needs a hall')
  return lobby
}

/** Line is the connection to a peer, as the house sees it. */
export interface Line {
  /** The peer's address, without its port. */
  readonly address: string
  /** True if the peer is on this machine, if that is known; cheaper than the address. */
  readonly loopback?: boolean
  /** Whether the conversation is to end as soon as the peer has gone and all it said was read: while nobody listens to it. */
  watch(on: boolean): void
  /** Ends the conversation, for a reason of the house's. */
  end(reason: string): void
  /** Resolves when the peer has read most of what it was sent, and it is its turn again; at once, where that cannot be known. */
  ready?(): Promise<void>
  /** Counts more of the peer's budget for its last message, if it has one. */
  charge?(cost: number): void
}

/** Household is a house for one conversation, with an end. */
export interface Household extends House {
  /** Whether somebody was asked to sit opposite who has to finish too. */
  readonly busy: boolean
  /** Resolves when all who sit opposite have finished, or could not go on. */
  finished(): Promise<void>
  /** The peer goes away: in good order, or for a reason. */
  close(reason?: Error): void
}

/** Holder is somebody who takes a seat and plays until the game is over. */
export type Holder<Move, View> = (seat: Seat<Move, View>) => Promise<void>

/** Opposite says who takes the other seats at a table of a game; `undefined` leaves them empty. */
export type Opposite = <State, Move, View, Options>(game: Game<State, Move, View, Options>) => Holder<Move, View> | undefined

let tables: { readonly LocalTable: typeof LocalTable } | undefined

/** LocalHouse seats at tables of this process, for one conversation. */
export class LocalHouse implements Household {
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

  async sit<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    number: SeatNumber,
    options: Options,
  ): Promise<Seat<Move, View>> {
    // a client has no tables, so they are loaded for the first one
    tables ??= await import('../games/local.ts')
    const table = new tables.LocalTable(game, options, this.#random)
    this.#tables = this.#tables.length === 0 ? [table] : [...this.#tables.filter(({ over }) => !over), table]
    for (let other = 0; other < game.seats.max; other++) {
      const holder = other === number ? undefined : this.#opposite(game)
      if (holder) this.#finished = this.#hold(holder(table.seat(other)), this.#finished)
    }
    return table.seat(number)
  }

  /** Whether somebody was ever asked to sit opposite. */
  get busy(): boolean {
    return this.#finished !== undefined
  }

  /** Resolves when all who sit opposite have finished, or could not go on. */
  async finished(): Promise<void> {
    await this.#finished
  }

  /** Sends everybody home, where the conversation is broken. */
  close(reason?: Error): void {
    if (reason) for (const table of this.#tables) table.close(reason)
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
