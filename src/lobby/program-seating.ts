import type { Game, Refusal, Seat, SeatNumber } from '../games/game.ts'
import type { Lobby, LobbyListener } from '../hall/api.ts'
import { CapacityError } from '../hall/capacity.ts'
import { costs } from '../hall/login-costs.ts'
import type { SeatRetention, TableSeat } from '../hall/seat.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { ClientSeating, HallAccess, HallSeat, LadderRank, PeerHandle, SeekOptions } from '../protocol/seating.ts'
import { Disconnected } from '../wire/disconnect.ts'
import type { LobbyContext, SeatingObserver } from './context.ts'
import { catchUnavailable, refuseWhenUnavailable } from './errors.ts'
import type { PlainSeek } from './seeking.ts'
import { LobbySession } from './session.ts'

/** Maximum number of characters in a name, also in a default name, because some clients have no space for a longer name. */
const NAME = 20

/**
 * ProgramSeating gives the role of a conversation access to a lobby session; the session has the user, the seek and the seats. The
 * roles of worksheet programs request a seat with `sit`; programs whose peers have names use `logIn`, `seek` and `resume`; a front
 * door uses the session's `lobby`. A role gets a seat, or an exception that ends its conversation.
 */
export class ProgramSeating implements ClientSeating, HallAccess {
  readonly #session: LobbySession
  readonly #peer: PeerHandle
  /** Name of a peer that has given no name. */
  readonly #defaultName: string

  constructor(context: LobbyContext, peer: PeerHandle, defaultName: string, observer?: SeatingObserver) {
    this.#session = new LobbySession(context, peer, observer)
    this.#peer = peer
    this.#defaultName = defaultName.length <= NAME ? defaultName : [...defaultName].slice(0, NAME).join('')
  }

  get hall(): HallAccess {
    return this
  }

  /** Always false: the other players at a table do not depend on this conversation. */
  get isBusy(): boolean {
    return false
  }

  async finished(): Promise<void> {}

  get name(): string | undefined {
    return this.#session.user?.name
  }

  async sit<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    seats: SeatNumber | readonly SeatNumber[],
    options: Options,
  ): Promise<Seat<Move, View>> {
    const { wait = 0 } = this.#session.context
    const accepted = unturned(game.seats.max, typeof seats === 'number' ? [seats] : seats, options)
    // a role that requests a seat does nothing else until the seating has a seat
    return this.#seat(game, { ...accepted, rated: false, wait }, 'given up', 'idle')
  }

  lobby(listener: LobbyListener): Lobby {
    return refuseWhenUnavailable(this.#session.listen(listener))
  }

  logIn(name: string, how?: { password?: string }): ReturnType<HallAccess['logIn']> {
    this.#peer.charge?.(costs.enter)
    return catchUnavailable(this.#session.identity.enter(name, how))
  }

  async register(name: string, password: string): Promise<Refusal | undefined> {
    this.#peer.charge?.(costs.register)
    const { holdings } = this.#session.seats
    const { full } = holdings.spending
    if (full !== undefined) return { refused: full }
    holdings.spendOnAccount()
    return catchUnavailable(this.#session.identity.register(name, password))
  }

  async seek<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    { options, seats, wait = this.#session.context.wait ?? 0, rated = false, held = false }: SeekOptions<Options>,
  ): Promise<HallSeat<Move, View>> {
    return this.#seat(game, { options, seats, wait, rated }, held ? 'held' : 'given up', 'listening')
  }

  holds(game: string): boolean {
    return this.#session.seats.find(game) !== undefined
  }

  resume<State, Move, View, Options>(game: Game<State, Move, View, Options>): HallSeat<Move, View> | undefined {
    return this.#session.seats.resume(game.name, this.#peer)
  }

  async rank(game: string): Promise<LadderRank | undefined> {
    const { seats, context } = this.#session
    return context.hall.place(game, seats.person)
  }

  close(reason?: Error): void {
    this.#session.close(reason)
  }

  /**
   * Seats the peer: at a new table if the game has one seat, and otherwise when the hall has matched a seek. If the peer cannot
   * take another seat, rejects with a `Disconnected` that has a sentence; if the conversation ends first, rejects with the reason
   * of the end. While an `idle` role waits, the peer's disconnection ends the wait.
   */
  async #seat<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    { options, seats, wait, rated }: Omit<PlainSeek, 'game'>,
    retention: SeatRetention,
    role: 'idle' | 'listening',
  ): Promise<TableSeat<Move, View>> {
    const { seats: own, seeking, closed } = this.#session
    if (closed) throw closed
    const { full } = own
    if (full !== undefined) throw new Disconnected('full', full)
    const owner = own.createOwner({ defaultName: this.#defaultName })
    if (game.seats.max === 1) {
      return this.#take(await seeking.openTable(game.name, { options, seats: [owner], rated }), 0, retention)
    }
    const { promise, resolve, reject } = Promise.withResolvers<TableSeat<Move, View>>()
    let watched = false
    const unwatch = () => {
      if (watched) this.#peer.endOnDisconnect(false)
      watched = false
    }
    const onSeated = (table: TableActor, seat: SeatNumber) => {
      unwatch()
      try {
        resolve(this.#take(table, seat, retention))
      } catch (reason) {
        reject(reason)
      }
    }
    const onClosed = (reason: unknown) => {
      unwatch()
      reject(reason instanceof CapacityError ? new Disconnected('full', reason.message) : reason)
    }
    const seek = seeking.waitForSeat({ owner, game: game.name, options, seats, rated, wait, onSeated, onClosed }, reject)
    seek.placed.then((isOpen) => {
      if (!isOpen || !seek.isOpen || this.#session.closed || role !== 'idle') return
      watched = true
      this.#peer.endOnDisconnect(true)
    }, onClosed)
    return promise
  }

  /** Takes a seat at a new table; if the conversation has already ended, releases the seat and throws the reason. */
  #take<Move, View>(table: TableActor, number: SeatNumber, retention: SeatRetention): TableSeat<Move, View> {
    const { seats, closed } = this.#session
    seats.holdings.open(table, number)
    const seat = seats.take<Move, View>(table, number, retention, this.#peer)
    if (!closed) return seat
    seat.release()
    throw closed
  }
}

/**
 * Converts the seats of a program to seats of the hall. At the hall's tables seat 0 begins, but in a program seat 1 may begin.
 * After the conversion, a client that begins and a client that moves second can meet at one table.
 */
function unturned(count: number, seats: readonly SeatNumber[], options: unknown): { seats: readonly SeatNumber[]; options: unknown } {
  if (typeof options !== 'object' || options === null || !('first' in options) || typeof options.first !== 'number') {
    return { seats, options }
  }
  const { first, ...setup } = options
  return { seats: seats.map((seat) => (seat - first + count) % count), options: setup }
}
