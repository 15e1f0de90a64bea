import type { Game, Refusal, Seat, SeatNumber } from '../games/game.ts'
import type { Opening, Seek } from '../hall/hall.ts'
import type { LiveTable } from '../hall/live.ts'
import { hasAccount, PEER, type Sitter } from '../hall/ports.ts'
import { HallSeat, type Keeping } from '../hall/seat.ts'
import type { Chair, Hallway, Household, Line, Place, Terms } from '../protocols/house.ts'
import type { Lobby, LobbyListener } from '../protocols/lobby.ts'
import { costs } from '../protocols/native/costs.ts'
import { Ended } from '../wire/ends.ts'
import { Holdings } from './holdings.ts'
import { Identity } from './identity.ts'
import { noRoom } from './limits.ts'
import type { OnSeated, Rooms } from './rooms.ts'
import { Session } from './session.ts'
import { survived, surviving } from './surviving.ts'

/** Characters of a name at most, also of one that nobody has given: there are clients that have room for no more. */
const NAME = 20

/** Why nobody is seated any more; to make an error costs as much as to play a move. */
const OVER = new Error('the conversation is over')

/** HallHouse is the house of one conversation whose peer is seated in the hall, at tables with everybody else. */
export class HallHouse implements Household, Hallway {
  readonly hall = this
  readonly #premises: Rooms
  readonly #line: Line
  /** What others call a peer that has not said who it is. */
  readonly #called: string
  readonly #onSeated: OnSeated | undefined
  readonly #identity: Identity
  readonly #holdings: Holdings
  #seats: readonly Held[] = []
  #cancelSeek: ((reason: Error) => void) | undefined
  #session: Session | undefined
  #closed: Error | undefined

  constructor(premises: Rooms, line: Line, called: string, onSeated?: OnSeated) {
    this.#premises = premises
    this.#line = line
    this.#identity = new Identity({ people: premises.people, line, quiet: true })
    this.#holdings = new Holdings(premises, line)
    this.#onSeated = onSeated
    this.#called = called.length <= NAME ? called : [...called].slice(0, NAME).join('')
  }

  /** Whoever sits opposite stays for its own reasons. */
  get busy(): boolean {
    return false
  }

  async finished(): Promise<void> {}

  get name(): string | undefined {
    return this.#identity.visitor?.name
  }

  async sit<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    number: SeatNumber,
    options: Options,
  ): Promise<Seat<Move, View>> {
    const { wait = 0 } = this.#premises
    const { seat, setup } = unturned(game.seats.max, number, options)
    const sitter = this.#sitter()
    if (game.seats.max === 1) return this.#open(game.name, { options: setup, seats: [sitter] }, 'given up')
    // a role that asks for a seat does nothing else until it has one
    return this.#sought({ sitter, game: game.name, options: setup, seats: [seat], rated: false, wait }, 'given up', 'idle')
  }

  lobby(listener: LobbyListener): Lobby {
    const session = new Session({
      rooms: this.#premises,
      line: this.#line,
      listener,
      onSeated: this.#onSeated,
      holdings: this.#holdings,
    })
    this.#session = session
    return surviving(session)
  }

  enter(name: string, how?: { password?: string }): ReturnType<Hallway['enter']> {
    this.#line.charge?.(costs.enter)
    return survived(this.#identity.enter(name, how))
  }

  async register(name: string, password: string): Promise<Refusal | undefined> {
    this.#line.charge?.(costs.register)
    const { full } = this.#holdings.spending
    if (full !== undefined) return { refused: full }
    this.#holdings.spendOnAccount()
    return survived(this.#identity.register(name, password))
  }

  async seek<State, Move, View, Options>(
    game: Game<State, Move, View, Options>,
    { options, seats, wait, rated = false, held = false }: Terms<Options>,
  ): Promise<Chair<Move, View>> {
    const sitter = this.#sitter()
    const keeping = held ? 'held' : 'given up'
    if (game.seats.max === 1) return this.#open(game.name, { options, seats: [sitter], rated }, keeping)
    return this.#sought({ sitter, game: game.name, options, seats, wait, rated }, keeping, 'listening')
  }

  holds(game: string): boolean {
    return this.#mine(game) !== undefined
  }

  resume<State, Move, View, Options>(game: Game<State, Move, View, Options>): Chair<Move, View> | undefined {
    const mine = this.#mine(game.name)
    if (!mine) return undefined
    const { table, seat } = mine
    for (const other of table.attendants) if (other.who === seat && other instanceof HallSeat) other.replaced()
    return this.#take(table, seat, 'held')
  }

  async rank(game: string): Promise<Place | undefined> {
    return this.#premises.hall.place(game, this.#sitter().person)
  }

  close(reason?: Error): void {
    if (this.#closed) return
    this.#closed = reason ?? OVER
    this.#cancelSeek?.(this.#closed)
    this.#session?.close()
    for (const seat of this.#seats) {
      seat.release()
      if (reason) seat.close(reason)
    }
    this.#seats = []
    this.#identity.close()
  }

  /** The peer's seat at a game that goes on, the latest where there are several. */
  #mine(game: string): { readonly table: LiveTable; readonly seat: SeatNumber } | undefined {
    if (this.#closed) return undefined
    const { person } = this.#sitter()
    return [...this.#premises.hall.seatsOf(person)].findLast(({ table, seat }) => {
      const { opened } = table.state
      // a guest's seat that has a token is opened by that, and not by a name that anybody can take
      return opened.game === game && (hasAccount(person) || opened.seats[seat]?.token === undefined)
    })
  }

  #sitter(): Sitter {
    const { person = PEER, name = this.#called } = this.#identity.visitor ?? {}
    return this.#holdings.marked({ person, name })
  }

  /** The seat at a new table of one. Throws an Error when the conversation is over, for nobody would sit there. */
  #open<Move, View>(game: string, opening: Opening, keeping: Keeping): HallSeat<Move, View> {
    if (this.#closed) throw this.#closed
    this.#checkRoom()
    const table = this.#premises.hall.open(game, opening)
    this.#holdings.open(table, 0)
    return this.#take(table, 0, keeping)
  }

  /** The seat that comes of a wish. Rejects when the conversation ends before, as it does for a peer that goes while its role is idle. */
  #sought<Move, View>(wish: Omit<Seek, 'seated'>, keeping: Keeping, role: 'idle' | 'listening'): Promise<HallSeat<Move, View>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw this.#closed
      this.#checkRoom()
      let waiting = true
      const seated = (table: LiveTable, seat: SeatNumber) => {
        if (this.#cancelSeek && role === 'idle') this.#line.watch(false)
        this.#cancelSeek = undefined
        waiting = false
        this.#holdings.open(table, seat)
        resolve(this.#take(table, seat, keeping))
      }
      const cancel = this.#premises.hall.seek({ ...wish, seated })
      if (!waiting) return
      this.#cancelSeek = (reason) => {
        cancel()
        reject(reason)
      }
      if (role === 'idle') this.#line.watch(true)
    })
  }

  /** Throws an `Ended` with a sentence where there is no room for the peer at one more table. */
  #checkRoom(): void {
    const full = noRoom(this.#premises, this.#sitter().person, this.#holdings)
    if (full !== undefined) throw new Ended('full', full)
  }

  #take<Move, View>(table: LiveTable, number: SeatNumber, keeping: Keeping): HallSeat<Move, View> {
    this.#onSeated?.(table.id, number)
    this.#holdings.add(table)
    const seat = new HallSeat<Move, View>(table, number, keeping, this.#line, this.#holdings)
    this.#seats = this.#seats.filter((one) => !one.over).concat(seat)
    return seat
  }
}

/** A seat of any game that is held. */
interface Held {
  readonly over: boolean
  release(): void
  close(reason: Error): void
}

/**
 * At the hall's tables seat 0 begins; a worksheet's program may say that its seat 1 does. Both mean the same seat, so
 * that a client that begins and one that comes second can sit opposite.
 */
function unturned(seats: number, number: SeatNumber, options: unknown): { seat: SeatNumber; setup: unknown } {
  if (typeof options !== 'object' || options === null || !('first' in options) || typeof options.first !== 'number') {
    return { seat: number, setup: options }
  }
  const { first, ...setup } = options
  return { seat: (number - first + seats) % seats, setup }
}
