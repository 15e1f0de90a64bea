import type { Game, Refusal, Seat, SeatNumber } from '../games/game.ts'
import type { Lobby, LobbyListener } from '../hall/api.ts'
import type { SeekRequest } from '../hall/local-seek.ts'
import { costs } from '../hall/login-costs.ts'
import type { TableOptions } from '../hall/openings.ts'
import { hasAccount, PEER, type SeatOwner } from '../hall/ports.ts'
import { type SeatRetention, TableSeat } from '../hall/seat.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { ClientSeating, HallAccess, HallSeat, LadderRank, PeerHandle, SeekOptions } from '../protocol/seating.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { ConnectionHoldings, checkCapacity } from './connection-holdings.ts'
import type { LobbyContext, OnSeated } from './context.ts'
import { catchUnavailable, refuseWhenUnavailable } from './errors.ts'
import { Identity } from './identity.ts'
import { LobbySession } from './session.ts'

/** Maximum characters of a name, also of a default name: some clients have no space for more. */
const NAME = 20

/** The default reason. One instance serves all conversations, because creating an error costs as much as playing a move. */
const OVER = new Error('the conversation is over')

/**
 * HallSeating seats the peer of one conversation in the hall, where all users share the same tables. The roles of worksheet
 * programs ask for a seat with `sit`; programs whose peers have names use `enter`, `seek` and `resume`; a front door opens
 * a lobby session. `close` ends all of it: it cancels the seek and releases the seats.
 */
export class HallSeating implements ClientSeating, HallAccess {
  readonly hall = this
  readonly #context: LobbyContext
  readonly #peer: PeerHandle
  /** Name of a peer that has not given one. */
  readonly #defaultName: string
  readonly #onSeated: OnSeated | undefined
  readonly #identity: Identity
  readonly #holdings: ConnectionHoldings
  #seats: readonly Held[] = []
  #cancelSeek: ((reason: Error) => Promise<boolean>) | undefined
  #session: LobbySession | undefined
  #closed: Error | undefined

  constructor(context: LobbyContext, peer: PeerHandle, defaultName: string, onSeated?: OnSeated) {
    this.#context = context
    this.#peer = peer
    this.#identity = new Identity({ people: context.people, peer, quiet: true })
    this.#holdings = new ConnectionHoldings(context, peer)
    this.#onSeated = onSeated
    this.#defaultName = defaultName.length <= NAME ? defaultName : [...defaultName].slice(0, NAME).join('')
  }

  /** Always false: the other players at a table do not depend on this conversation. */
  get isBusy(): boolean {
    return false
  }

  async finished(): Promise<void> {}

  get name(): string | undefined {
    return this.#identity.user?.name
  }

  async sit<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    number: SeatNumber,
    options: Options,
  ): Promise<Seat<Move, View>> {
    const { wait = 0 } = this.#context
    const { seat, setup } = unturned(game.seats.max, number, options)
    const owner = this.#owner()
    if (game.seats.max === 1) return this.#open(game.name, { options: setup, seats: [owner] }, 'given up')
    // a role that asks for a seat does nothing else until it has one
    return this.#seek({ owner, game: game.name, options: setup, seats: [seat], rated: false, wait }, 'given up', 'idle')
  }

  lobby(listener: LobbyListener): Lobby {
    const session = new LobbySession({
      context: this.#context,
      peer: this.#peer,
      listener,
      onSeated: this.#onSeated,
      holdings: this.#holdings,
    })
    this.#session = session
    return refuseWhenUnavailable(session)
  }

  logIn(name: string, how?: { password?: string }): ReturnType<HallAccess['logIn']> {
    this.#peer.charge?.(costs.enter)
    return catchUnavailable(this.#identity.enter(name, how))
  }

  async register(name: string, password: string): Promise<Refusal | undefined> {
    this.#peer.charge?.(costs.register)
    const { full } = this.#holdings.spending
    if (full !== undefined) return { refused: full }
    this.#holdings.spendOnAccount()
    return catchUnavailable(this.#identity.register(name, password))
  }

  async seek<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    { options, seats, wait, rated = false, held = false }: SeekOptions<Options>,
  ): Promise<HallSeat<Move, View>> {
    const owner = this.#owner()
    const retention = held ? 'held' : 'given up'
    if (game.seats.max === 1) return this.#open(game.name, { options, seats: [owner], rated }, retention)
    return this.#seek({ owner, game: game.name, options, seats, wait, rated }, retention, 'listening')
  }

  holds(game: string): boolean {
    return this.#mine(game) !== undefined
  }

  resume<State, Move, View, Options>(game: Game<State, Move, View, Options>): HallSeat<Move, View> | undefined {
    const mine = this.#mine(game.name)
    if (!mine) return undefined
    const { table, seat } = mine
    for (const other of table.observers) if (other.viewer === seat && other instanceof TableSeat) other.replaced()
    return this.#take(table, seat, 'held')
  }

  async rank(game: string): Promise<LadderRank | undefined> {
    return this.#context.hall.place(game, this.#owner().person)
  }

  close(reason?: Error): void {
    if (this.#closed) return
    this.#closed = reason ?? OVER
    const onError = this.#context.onError
    this.#cancelSeek?.(this.#closed).catch((failure: unknown) => onError('a seek could not be cancelled', failure))
    this.#session?.close()
    for (const seat of this.#seats) {
      seat.release()
      if (reason) seat.close(reason)
    }
    this.#seats = []
    this.#identity.close()
  }

  /** Finds the peer's seat at an open table of a game; the latest if there are several. */
  #mine(game: string): { readonly table: TableActor; readonly seat: SeatNumber } | undefined {
    if (this.#closed) return undefined
    const { person } = this.#owner()
    return [...this.#context.hall.seatsOf(person)].findLast(({ table, seat }) => {
      const { opened } = table.state
      // a guest's seat that has a token is resumed by the token, not by a name that any user can take
      return opened.game === game && (hasAccount(person) || opened.seats[seat]?.token === undefined)
    })
  }

  #owner(): SeatOwner {
    const { person = PEER, name = this.#defaultName } = this.#identity.user ?? {}
    return this.#holdings.markOwner({ person, name })
  }

  /** Opens a table of a game with one seat. Rejects with the reason if the conversation is over, also meanwhile. */
  async #open<Move, View>(game: string, opening: TableOptions, retention: SeatRetention): Promise<TableSeat<Move, View>> {
    if (this.#closed) throw this.#closed
    this.#checkRoom()
    return this.#seat(await this.#context.hall.open(game, opening), 0, retention)
  }

  /** Resolves when the seek is matched; rejects if the conversation ends first. An `idle` role's peer is watched for its end. */
  async #seek<Move, View>(
    request: Omit<SeekRequest, 'onSeated'>,
    retention: SeatRetention,
    role: 'idle' | 'listening',
  ): Promise<TableSeat<Move, View>> {
    if (this.#closed) throw this.#closed
    this.#checkRoom()
    const { promise, resolve, reject } = Promise.withResolvers<TableSeat<Move, View>>()
    let watched = false
    const onSeated = (table: TableActor, seat: SeatNumber) => {
      if (watched) this.#peer.endOnDisconnect(false)
      watched = false
      this.#cancelSeek = undefined
      try {
        resolve(this.#seat(table, seat, retention))
      } catch (reason) {
        reject(reason)
      }
    }
    const seek = this.#context.hall.seek({ ...request, onSeated })
    this.#cancelSeek = (reason) => {
      reject(reason)
      return seek.cancel()
    }
    seek.placed.then((isOpen) => {
      if (!isOpen || !seek.isOpen || this.#closed || role !== 'idle') return
      watched = true
      this.#peer.endOnDisconnect(true)
    }, reject)
    return promise
  }

  /** Takes a seat at a new table; releases it and throws the reason if the conversation has ended meanwhile. */
  #seat<Move, View>(table: TableActor, number: SeatNumber, retention: SeatRetention): TableSeat<Move, View> {
    this.#holdings.open(table, number)
    const seat = this.#take<Move, View>(table, number, retention)
    if (!this.#closed) return seat
    seat.release()
    throw this.#closed
  }

  /** Throws a `Disconnected` with a sentence if the peer cannot take another seat. */
  #checkRoom(): void {
    const full = checkCapacity(this.#context, this.#owner().person, this.#holdings)
    if (full !== undefined) throw new Disconnected('full', full)
  }

  #take<Move, View>(table: TableActor, number: SeatNumber, retention: SeatRetention): TableSeat<Move, View> {
    this.#onSeated?.(table.id, number)
    this.#holdings.add(table)
    const seat = new TableSeat<Move, View>(table, number, retention, this.#peer, this.#holdings)
    this.#seats = this.#seats.filter((one) => !one.over).concat(seat)
    return seat
  }
}

/** A seat that this conversation holds, of any game. */
interface Held {
  readonly over: boolean
  release(): void
  close(reason: Error): void
}

/**
 * Translates a program's seat to the hall's. At the hall's tables seat 0 begins, while a program may say that its seat 1
 * begins. With the same seat for both, a client that begins and a client that comes second can meet at one table.
 */
function unturned(seats: number, number: SeatNumber, options: unknown): { seat: SeatNumber; setup: unknown } {
  if (typeof options !== 'object' || options === null || !('first' in options) || typeof options.first !== 'number') {
    return { seat: number, setup: options }
  }
  const { first, ...setup } = options
  return { seat: (number - first + seats) % seats, setup }
}
