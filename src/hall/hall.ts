import type { Random, Refusal, SeatNumber } from '../games/game.ts'
import type { AnyGame } from '../games/index.ts'
import { playable } from '../games/player.ts'
import { LiveTable, type TableTools } from './live.ts'
import { optionsOf, pair, type Wish } from './matching.ts'
import {
  type Clock,
  type ClockRules,
  HOUSE,
  PEER,
  type PersonId,
  type Sitter,
  type Standing,
  type Store,
  type TableEvent,
  type TableId,
} from './ports.ts'
import { Recorder } from './recorder.ts'

/** What a hall is made of. */
export interface HallOptions {
  readonly store: Store
  /** The games that are played here, by name. */
  readonly games: ReadonlyMap<string, AnyGame>
  readonly clock: Clock
  /** The chance in games: their seeds, and the house's own moves. */
  readonly random: Random
  /** Told of what went wrong and was survived: a table that could not be kept, or taken up again. */
  readonly onTrouble: (sentence: string, reason: unknown) => void
}

/** How a table is opened. */
export interface Opening {
  readonly options: unknown
  readonly seats: readonly Sitter[]
  readonly rated?: boolean
  readonly private?: boolean
  readonly clock?: ClockRules
}

/** Seeking is somebody who waits for company. */
interface Seeking extends Wish {
  readonly sitter: Sitter
  readonly clock: ClockRules
  readonly since: number
  seated(table: LiveTable, seat: SeatNumber): void
  cancelWait: (() => void) | undefined
}

/** Place is a standing, and its place on the ladder: 1 for the best, equal ones sharing it. */
export interface Place extends Standing {
  readonly rank: number
}

/** A wish to be seated. */
export interface Seek extends Omit<Wish, 'person' | 'name'> {
  readonly sitter: Sitter
  readonly clock?: ClockRules
  /** Milliseconds until the house sits down opposite; `Infinity` to wait for somebody. */
  readonly wait: number
  /** Called once, when there is a table. */
  seated(table: LiveTable, seat: SeatNumber): void
}

const SEEDS = 2 ** 31 - 1
const NO_CLOCK: ClockRules = {}
/** The house, where it sits down. */
const HOUSE_SITTER: Sitter = { person: HOUSE, name: 'house' }

/** Hall is where everybody meets: its tables, who waits for company, and what came of it all. */
export class Hall {
  readonly recorder: Recorder
  readonly #options: HallOptions
  readonly #tools: TableTools
  readonly #tables = new Map<TableId, LiveTable>()
  readonly #seeking = new Set<Seeking>()

  constructor(options: HallOptions) {
    this.#options = options
    const { store, clock, random, onTrouble } = options
    this.recorder = new Recorder(store, options.games, onTrouble)
    this.#tools = { log: store.tables, clock, random, onBroken: (id, reason) => onTrouble(`table ${id} could not be kept`, reason) }
  }

  /** The tables at which something goes on, in order. */
  get tables(): Iterable<LiveTable> {
    return this.#tables.values()
  }

  /** Those who wait for company, in the order in which they came. */
  get seeking(): Iterable<Wish & { readonly since: number }> {
    return this.#seeking
  }

  /** A table at which something goes on. */
  table(id: TableId): LiveTable | undefined {
    return this.#tables.get(id)
  }

  /** The games that are played here, by name. */
  get games(): ReadonlyMap<string, AnyGame> {
    return this.#options.games
  }

  /** Opens a table with all who are to sit there. Throws a RangeError for a game that is not played here. */
  open(game: string, { options, seats, rated = false, private: hidden = false, clock = NO_CLOCK }: Opening): LiveTable {
    const { random, store } = this.#options
    const rules = this.#rules(game)
    const state = rules.setup(options, random)
    const id = store.tables.newTable()
    // what a game of one is set up with is nobody's business, and may be its secret
    const shown = rules.seats.max > 1 ? options : undefined
    const seed = random.integer(0, SEEDS)
    const table = LiveTable.open(
      id,
      { type: 'opened', game, options: shown, state, seed, seats, rated, private: hidden, clock },
      rules,
      this.#tools,
    )
    this.#take(table)
    table.start()
    return table
  }

  /**
   * Seeks company: seats the seeker at once where somebody waits whom it suits, or else when somebody comes, or the
   * house sits down. The answer takes the wish back.
   */
  seek(seek: Seek): () => void {
    const { sitter, wait, clock = NO_CLOCK } = seek
    const wish: Seeking = {
      ...seek,
      person: sitter.person,
      name: sitter.name,
      clock,
      since: this.#options.clock.now(),
      seated: (table, seat) => seek.seated(table, seat),
      cancelWait: undefined,
    }
    const match = pair(this.#seeking, wish)
    if (match) {
      this.#forget(match.waiting)
      this.#seat(match.waiting, wish, match.seats)
    } else if (wait > 0 || !playable(this.#rules(seek.game))) {
      this.#seeking.add(wish)
      if (wait < Number.POSITIVE_INFINITY) wish.cancelWait = this.#options.clock.after(wait, () => this.#houseSits(wish))
    } else this.#houseSits(wish)
    return () => this.#forget(wish)
  }

  /** The tables at which a person has a seat that goes on, and the seat. */
  *seatsOf(person: PersonId): Iterable<{ readonly table: LiveTable; readonly seat: SeatNumber }> {
    if (person === PEER) return
    for (const table of this.#tables.values()) {
      if (table.state.ended) continue
      const seat = table.state.opened.seats.findIndex((one) => one.person === person)
      if (seat >= 0) yield { table, seat }
    }
  }

  /** Where time comes from here. */
  get clock(): Clock {
    return this.#options.clock
  }

  /** Everything that is kept of a table. */
  log(table: TableId): Promise<readonly TableEvent[]> {
    return this.#options.store.tables.read(table, 0)
  }

  /** The best of a game with their places, `limit` at most, with all that has ended by now. */
  async ladder(game: string, limit: number): Promise<readonly Place[]> {
    const { results } = this.#options.store
    await this.recorder.settled()
    const best = await results.ladder(game, limit)
    return best.map((one) => ({ ...one, rank: best.filter(({ score }) => score > one.score).length + 1 }))
  }

  /** A person's place on a game's ladder; `undefined` for one who is not on it. */
  async place(game: string, person: PersonId): Promise<(Place & { readonly of: number }) | undefined> {
    const { results } = this.#options.store
    await this.recorder.settled()
    const standing = await results.standing(game, person)
    return standing && { ...standing, ...(await results.rank(game, standing.score)) }
  }

  /** Who waits for somebody with this code. */
  invitation(code: string): Wish | undefined {
    for (const wish of this.#seeking) if (wish.code === code) return wish
    return undefined
  }

  /** The seat that a token lets its holder back to, by the token's hash: at the latest of the tables that have it. */
  seatOf(token: string): { readonly table: LiveTable; readonly seat: SeatNumber } | undefined {
    let found: { readonly table: LiveTable; readonly seat: SeatNumber } | undefined
    for (const table of this.#tables.values()) {
      const seat = table.state.opened.seats.findIndex((one) => one.token === token)
      if (seat >= 0) found = { table, seat }
    }
    return found
  }

  /** Offers a draw at a table, or a rematch when its game is over: where all want that, it is opened, with seats swapped. */
  offer(table: LiveTable, seat: SeatNumber): Refusal | undefined {
    const refusal = table.submit({ type: 'offer', seat })
    if (refusal || !table.over) return refusal
    const { seats, game, options, rated, private: hidden, clock } = table.state.opened
    for (const [other, { person }] of seats.entries()) if (person === HOUSE) table.submit({ type: 'offer', seat: other })
    if (!table.allOffer) return undefined
    const next = this.open(game, { options, seats: seats.toReversed(), rated, private: hidden, clock })
    return table.submit({ type: 'continue', table: next.id })
  }

  /**
   * Takes up what was not finished when the process ended: tables whose owners can come back stand still until they
   * do; the others are over. To be called once, before anybody comes.
   */
  async restore(): Promise<void> {
    const { store, onTrouble } = this.#options
    await this.recorder.catchUp()
    for (const id of await store.tables.unfinished()) {
      try {
        const events = await store.tables.read(id, 0)
        const [first] = events
        if (first?.type !== 'opened') throw new TypeError('its log does not begin with its opening')
        const table = LiveTable.restore(id, events, this.#rules(first.game), this.#tools)
        this.#take(table)
        const owner = first.seats.findIndex(canReturn)
        const lost = first.seats.findIndex((sitter) => sitter.person !== HOUSE)
        table.submit(owner >= 0 ? { type: 'suspend' } : { type: 'leave', seat: Math.max(0, lost) })
      } catch (reason) {
        onTrouble(`table ${id} could not be taken up again`, reason)
      }
    }
  }

  /** Lets everybody go: tables stay in the journal as they are, and can be taken up again. */
  close(reason: Error): void {
    for (const wish of this.#seeking) this.#forget(wish)
    for (const table of this.#tables.values()) table.close(reason)
    this.#tables.clear()
  }

  #rules(game: string): AnyGame {
    const rules = this.#options.games.get(game)
    if (!rules) throw new RangeError(`the game ${game} is not played here`)
    return rules
  }

  #take(table: LiveTable): void {
    this.#tables.set(table.id, table)
    this.recorder.watch(table)
    table.whenQuiet(() => this.#tables.delete(table.id))
  }

  #forget(wish: Seeking): void {
    wish.cancelWait?.()
    this.#seeking.delete(wish)
  }

  #houseSits(wish: Seeking): void {
    this.#forget(wish)
    const { seats } = this.#rules(wish.game)
    const seat = wish.seats[0] ?? 0
    const sitters = Array.from({ length: seats.max }, (_, number) => (number === seat ? wish.sitter : HOUSE_SITTER))
    wish.seated(
      this.open(wish.game, { options: wish.options ?? {}, seats: sitters, private: wish.code !== undefined, clock: wish.clock }),
      seat,
    )
  }

  #seat(waiting: Seeking, coming: Seeking, [first, second]: readonly [SeatNumber, SeatNumber]): void {
    const sitters = first < second ? [waiting.sitter, coming.sitter] : [coming.sitter, waiting.sitter]
    const options = optionsOf(waiting, coming) ?? {}
    const clock = { ...coming.clock, ...waiting.clock }
    const table = this.open(waiting.game, { options, seats: sitters, rated: waiting.rated, private: waiting.code !== undefined, clock })
    waiting.seated(table, first)
    coming.seated(table, second)
  }
}

/** Whether a sitter has a way back to the seat after the connection has gone. */
function canReturn({ person, token }: Sitter): boolean {
  return person !== HOUSE && (token !== undefined || person.startsWith('account:') || person.startsWith('guest:'))
}
