import type { AnyGame, Random } from '../games/game.ts'
import { listMarks, type NetworkHoldings } from './network-holdings.ts'
import {
  type ClockRules,
  HOUSE,
  type LeaseId,
  type OpeningEvent,
  PEER,
  type PersonId,
  type SeatOwner,
  type TableId,
  type TableLog,
} from './ports.ts'
import { newSeed } from './seeds.ts'
import { TableActor, type TableActorOptions } from './table-actor.ts'

/*
 * The hall opens a table in two steps, because its number comes from the store. `reserve` calls the game's `setup` and counts the seats
 * immediately, so that two requests in one turn of the event loop cannot pass a limit together. `start` starts the actor when the store
 * has returned the number, and from then on the hall counts the table in place of the reservation. A reservation must end with `start`
 * or `release`.
 *
 * The opening event is complete before the table has an actor, so that the claim of a seek can contain the event. With this event, `follow`
 * starts an actor for the same table at another server. If the opening of a table fails before the table has used its number, the next
 * table gets that number.
 */

/** TableOptions has the terms and the players of a new table. */
export interface TableOptions {
  readonly options: unknown
  readonly seats: readonly SeatOwner[]
  readonly rated?: boolean
  readonly private?: boolean
  readonly clock?: ClockRules
}

/** Opening has the data of a table between `reserve` and `start`. */
export interface Opening {
  readonly rules: AnyGame
  readonly event: OpeningEvent
  /** True until a call of `start` or `release`. */
  isReserved: boolean
  readonly marks: readonly string[]
}

export interface OpeningsOptions {
  readonly log: TableLog
  readonly random: Random
  readonly owners: NetworkHoldings
  readonly tools: TableActorOptions
  /** Returns the rules of a game; throws a RangeError for a game that the hall does not have. */
  readonly rules: (game: string) => AnyGame
  /** Resolves to the lease of this process. */
  readonly lease: () => Promise<LeaseId>
  /** Throws the reason if the hall is closed. */
  readonly checkOpen: () => void
  /** Called with each table that has an actor. */
  readonly onTable: (table: TableActor) => void
}

/** The clock of all tables without time limits. */
export const NO_CLOCK: ClockRules = {}
const NONE: readonly string[] = []

/** Openings opens tables, and counts the tables whose opening is under way. */
export class Openings {
  readonly #options: OpeningsOptions
  /** Number of reserved seats of each person. */
  readonly #seats = new Map<PersonId, number>()
  /** Unused numbers of tables that did not open. */
  readonly #unused: (TableId | Promise<TableId>)[] = []
  #lease: LeaseId | undefined
  #count = 0

  constructor(options: OpeningsOptions) {
    this.#options = options
  }

  /** Number of reserved tables. */
  get count(): number {
    return this.#count
  }

  /** Returns the number of reserved seats of a person. */
  countSeats(person: PersonId): number {
    return this.#seats.get(person) ?? 0
  }

  /**
   * Opens a table: reserves it, gets its number, and starts its actor. Rejects with the exceptions of `reserve`, with the reason
   * if the hall closes before the table is open, and with failures of the store.
   */
  async open(game: string, terms: TableOptions): Promise<TableActor> {
    const opening = this.reserve(game, terms, true)
    try {
      return this.start(opening, await this.nextTable())
    } finally {
      this.release(opening)
    }
  }

  /**
   * Calls a game's `setup` and reserves its seats. With `counts`, also adds the seats to the holdings of the players' networks; these
   * holdings already contain matched seeks. Throws the exceptions of the rules, a RangeError if the hall does not have the game, and the
   * reason of `close` if the hall is closed.
   */
  reserve(
    game: string,
    { options, seats, rated = false, private: hidden = false, clock = NO_CLOCK }: TableOptions,
    counts: boolean,
  ): Opening {
    const { random, tools, rules: rulesOf, owners } = this.#options
    this.checkOpen()
    const rules = rulesOf(game)
    const state = rules.setup(options, random)
    // the settings of a game with one player can contain its secret
    const shown = rules.seats.max > 1 ? options : undefined
    const seed = newSeed(random)
    const at = tools.clock.now()
    const event: OpeningEvent = { type: 'opened', game, options: shown, state, seed, seats, rated, private: hidden, clock, n: 1, at }
    const marks = counts ? listMarks(seats) : NONE
    for (const mark of marks) owners.add(mark)
    for (const { person } of seats) this.#addSeat(person, 1)
    this.#count++
    return { rules, event, isReserved: true, marks }
  }

  /**
   * Returns the number of a new table, immediately if the store has a reserved number. Rejects with the reason if the hall closes before
   * the store answers.
   */
  nextTable(): TableId | Promise<TableId> {
    const unused = this.#unused.pop()
    if (unused !== undefined) return unused
    // if each table waited for the lease again, the wait would take longer than getting the number
    if (this.#lease === undefined) return this.#firstTable()
    this.checkOpen()
    const table = this.#options.log.newTable(this.#lease)
    return typeof table === 'number' ? table : this.#whileOpen(table)
  }

  async #firstTable(): Promise<TableId> {
    const lease = this.#options.lease()
    this.#lease ??= await this.#whileOpen(lease)
    return this.#whileOpen(this.#options.log.newTable(this.#lease))
  }

  /**
   * Resolves or rejects as the store's answer does. Rejects with the reason if the hall closes meanwhile, because a closed hall has no
   * lease.
   */
  async #whileOpen<Value>(answer: Value | Promise<Value>): Promise<Value> {
    try {
      return await answer
    } finally {
      this.checkOpen()
    }
  }

  /** Throws the reason if the hall is closed. */
  checkOpen(): void {
    this.#options.checkOpen()
  }

  /** Takes back the number of a table whose opening is certainly not in the log. */
  reuse(table: TableId | Promise<TableId>): void {
    // the seek that takes the number reports a failure of this promise
    if (typeof table !== 'number') table.catch(() => undefined)
    this.#unused.push(table)
  }

  /** Starts the actor of a reserved table, and ends the reservation; the actor appends its opening to the log. */
  start(opening: Opening, table: TableId): TableActor {
    const { tools, onTable } = this.#options
    this.checkOpen()
    const actor = TableActor.open(table, opening.event, opening.rules, tools)
    onTable(actor)
    this.release(opening)
    return actor
  }

  /**
   * Starts an actor for a table that another server opens with this event. The actor publishes events as soon as the log has them.
   * Throws the reason if the hall is closed.
   */
  follow(event: OpeningEvent, table: TableId): TableActor {
    const { tools, onTable, rules } = this.#options
    this.checkOpen()
    const actor = TableActor.follow(table, event, rules(event.game), tools)
    onTable(actor)
    return actor
  }

  /** Ends a reservation; does nothing for a reservation that has ended. */
  release(opening: Opening): void {
    if (!opening.isReserved) return
    opening.isReserved = false
    this.#count--
    for (const mark of opening.marks) this.#options.owners.remove(mark)
    for (const { person } of opening.event.seats) this.#addSeat(person, -1)
  }

  #addSeat(person: PersonId, more: number): void {
    if (person === HOUSE || person === PEER) return
    const count = this.countSeats(person) + more
    if (count > 0) this.#seats.set(person, count)
    else this.#seats.delete(person)
  }
}
