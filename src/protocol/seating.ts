import type { Game, Random, Refusal, Seat, SeatNumber } from '../games/game.ts'
import type { LocalTable } from '../games/local-table.ts'
import type { Lobby, LobbyListener, PeerLink } from '../hall/api.ts'

/**
 * Seating seats the peer of a conversation at a table, for a role. The role does not choose its opponent. The seating chooses a person at
 * this console, the house, or another peer.
 */
export interface Seating {
  /**
   * Seats the peer at a new table of `game`: in the given seat, or in one of several given seats. The first of these seats is the preferred
   * seat. Two clients of one port can meet only if their roles accept several seats. In `parlor serve`, the house plays if no opponent
   * arrives within the server's `wait`.
   */
  sit<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    seats: SeatNumber | readonly SeatNumber[],
    options: Options,
  ): Promise<Seat<Move, View>>
  /** Access to the hall, in which the peer can take a name; missing outside of `parlor serve`. */
  readonly hall?: HallAccess
  /** Opens a lobby session for a peer that sends lobby commands itself. The session calls the listener with its events. */
  lobby?(listener: LobbyListener): Lobby
}

/** HallSeat is a seat at a table of the hall. */
export interface HallSeat<Move, View> extends Seat<Move, View> {
  readonly table: { readonly id: number }
  /** Names of the players, by seat. */
  readonly names: readonly string[]
}

/** LadderRank is the rank of a player among the `of` players on a ladder; 1 is the best. */
export interface LadderRank {
  readonly rank: number
  readonly of: number
}

export interface SeekOptions<Options> {
  readonly options: Options
  /** Seats that the peer accepts. */
  readonly seats: readonly SeatNumber[]
  /**
   * If no opponent has taken the other seat after this number of milliseconds, the house takes the seat. With `Infinity`, the house never
   * takes that seat. The default is the server's `wait`.
   */
  readonly wait?: number
  /** Makes the game count for the ladder. */
  readonly rated?: boolean
  /** If the peer disconnects, holds the seat until a user of the same name resumes it. */
  readonly held?: boolean
}

/** HallAccess is the interface of a role to the hall, on behalf of the role's peer. */
export interface HallAccess {
  /** Name of the peer; `undefined` before the peer has a name. */
  readonly name: string | undefined
  /**
   * Logs the peer in under a name. A registered name needs its password; a guest's name must be free. If the password is
   * missing, the refusal contains the registered name.
   */
  logIn(name: string, how?: { password?: string }): Promise<(Refusal & { readonly registered?: string | undefined }) | undefined>
  /** Registers a name, and logs the peer in under this name. */
  register(name: string, password: string): Promise<Refusal | undefined>
  /** Seeks an opponent, and resolves to the seat. Rejects if the conversation ends before the hall has found an opponent. */
  seek<State, Move, View, Options>(game: Game<State, Move, View, Options>, terms: SeekOptions<Options>): Promise<HallSeat<Move, View>>
  /** Checks whether the peer has a seat in an unfinished game with the name `game`. */
  holds(game: string): boolean
  /** Resumes the peer's seat in an unfinished game; a guest can resume only a seat that the guest has taken through a worksheet's port. */
  resume<State, Move, View, Options>(game: Game<State, Move, View, Options>): HallSeat<Move, View> | undefined
  /** Resolves to the peer's rank on a game's ladder. If the peer is not on the ladder, resolves to `undefined`. */
  rank(game: string): Promise<LadderRank | undefined>
}

/** Returns the hall access of a seating. Throws an Error for a seating without a hall, because the program must not run there. */
export function requireHall({ hall }: Seating): HallAccess {
  if (!hall) throw new Error('this program needs a hall')
  return hall
}

/** Opens a lobby session. Throws an Error for a seating without a lobby, because the program must not run there. */
export function requireLobby(seating: Seating, listener: LobbyListener): Lobby {
  const lobby = seating.lobby?.(listener)
  if (!lobby) throw new Error('this program needs a hall')
  return lobby
}

/** PeerHandle is the part of a connection to a peer that the seating uses. */
export interface PeerHandle {
  /** The peer's address, without its port. */
  readonly address: string
  /**
   * True for a peer on this machine; `undefined` if the transport cannot determine the machine. Reading this field costs less than reading
   * the address.
   */
  readonly loopback?: boolean
  /** The link of the peer to a server; missing outside of `parlor serve`. */
  readonly link?: PeerLink | undefined
  /**
   * If `on` is true, the conversation ends when the peer has disconnected and the role has read all its messages. The seating needs this
   * function while no role receives messages.
   */
  endOnDisconnect(on: boolean): void
  /** Ends the conversation, with a reason of the seating. */
  end(reason: string): void
  /**
   * Resolves when the peer has read most of the output and has its turn in the run queue. If the transport cannot measure how much the peer
   * has read, resolves immediately.
   */
  ready?(): Promise<void>
  /** Charges the peer's budget for its last message, if it has a budget. */
  charge?(cost: number): void
}

/** ClientSeating is the seating of one conversation. */
export interface ClientSeating extends Seating {
  /** True if a local player has to finish before the conversation ends. */
  readonly isBusy: boolean
  /** Resolves when all local players have finished or failed. */
  finished(): Promise<void>
  /** Leaves the tables; `reason` is missing if the conversation ended normally. */
  close(reason?: Error): void
}

/** Player plays a seat until the game is over. */
export type Player<Move, View> = (seat: Seat<Move, View>) => Promise<void>

/** OpponentFor chooses the player of the other seats of a game. If it returns `undefined`, these seats stay empty. */
export type OpponentFor = <State, Move, View, Options>(game: Game<State, Move, View, Options>) => Player<Move, View> | undefined

let localTables: { readonly LocalTable: typeof LocalTable } | undefined

/** LocalSeating seats the peer at tables of this process, without a hall, for one conversation. */
export class LocalSeating implements ClientSeating {
  readonly #opponentFor: OpponentFor
  readonly #random: Random
  readonly #onBroken: (reason: unknown) => void
  /** Tables that may still be open. */
  #tables: readonly { readonly isOver: boolean; close(reason: Error): void }[] = []
  /** Resolves when all local players have finished; `undefined` if there are no local players. */
  #finished: Promise<void> | undefined

  /** If a local player fails, the seating calls `onBroken`. */
  constructor(opponentFor: OpponentFor, random: Random, onBroken: (reason: unknown) => void) {
    this.#opponentFor = opponentFor
    this.#random = random
    this.#onBroken = onBroken
  }

  async sit<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    seats: SeatNumber | readonly SeatNumber[],
    options: Options,
  ): Promise<Seat<Move, View>> {
    const [number = 0] = typeof seats === 'number' ? [seats] : seats
    // most clients never open a table, so the seating loads the module of tables when it opens the first table
    localTables ??= await import('../games/local-table.ts')
    const table = new localTables.LocalTable(game, options, this.#random)
    this.#tables = this.#tables.length === 0 ? [table] : [...this.#tables.filter(({ isOver }) => !isOver), table]
    for (let other = 0; other < game.seats.max; other++) {
      const player = other === number ? undefined : this.#opponentFor(game)
      if (player) this.#finished = this.#join(player(table.seat(other)), this.#finished)
    }
    return table.seat(number)
  }

  get isBusy(): boolean {
    return this.#finished !== undefined
  }

  async finished(): Promise<void> {
    await this.#finished
  }

  /** Closes all tables if the conversation failed. */
  close(reason?: Error): void {
    if (reason) for (const table of this.#tables) table.close(reason)
  }

  async #join(play: Promise<void>, others: Promise<void> | undefined): Promise<void> {
    try {
      await play
    } catch (reason) {
      this.#onBroken(reason)
    }
    if (others) await others
  }
}
