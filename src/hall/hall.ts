import { randomBytes } from 'node:crypto'
import { sweepSome } from '../base/sweep.ts'
import { Effort } from '../games/effort.ts'
import type { Random, Refusal, SeatNumber } from '../games/game.ts'
import type { AnyGame } from '../games/index.ts'
import { playable } from '../games/player.ts'
import type { RandomBytes } from './codes.ts'
import { Listing } from './listing.ts'
import { LiveTable, type TableTools } from './live.ts'
import { clockOf, optionsOf, type Wish } from './matching.ts'
import { Owners } from './owners.ts'
import {
  type Clock,
  type ClockRules,
  type Finished,
  type History,
  HOUSE,
  hasAccount,
  PEER,
  type PersonId,
  type Sitter,
  type Slice,
  type Standing,
  type Store,
  type TableEvent,
  type TableId,
} from './ports.ts'
import { boundedStanding } from './ratings.ts'
import { Recorder } from './recorder.ts'
import { isWeak, newSeed } from './seeds.ts'
import { Seeks } from './seeks.ts'
import { type SeatAt, Tables } from './tables.ts'

/** HallOptions is what a hall is made of. */
export interface HallOptions {
  readonly store: Store
  /** The games that are played here, by name. */
  readonly games: ReadonlyMap<string, AnyGame>
  readonly clock: Clock
  /** The chance in games: their seeds, and the house's own moves. */
  readonly random: Random
  /** Source of salts; the platform's by default. */
  readonly bytes?: RandomBytes
  /** Told of what went wrong and was survived: a table that could not be kept, or taken up again. */
  readonly onTrouble: (sentence: string, reason: unknown) => void
  /** Called once for each table that has ended in this process. */
  readonly onEnded?: (table: LiveTable) => void
  /** Called when what came of a table for the ladder is recorded. */
  readonly onRecorded?: TableTools['onRecorded']
  /** Says which ongoing tables are public; by default those that are not private. */
  readonly isListed?: (table: LiveTable) => boolean
  /** Milliseconds that a table may be without a move; by default, or if infinite, only tables that no user attends end. */
  readonly idle?: number | undefined
}

/** Opening is how a table is opened. */
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
  readonly since: number
  seated(table: LiveTable, seat: SeatNumber): void
  onRefused?(by: string): void
  cancelWait: (() => void) | undefined
}

/** Place is a standing, and its place on the ladder: 1 for the best, equal ones sharing it. */
export interface Place extends Standing {
  readonly rank: number
}

/** The best of a game, from the first on, with their places. */
export function placed(best: readonly Standing[]): readonly Place[] {
  let rank = 0
  return best.map(boundedStanding).map((one, at, all) => {
    if (one.score !== all[at - 1]?.score) rank = at + 1
    return { ...one, rank }
  })
}

/** A wish to be seated. */
export interface Seek extends Omit<Wish, 'person' | 'name'> {
  readonly sitter: Sitter
  /** Milliseconds until the house sits down opposite; `Infinity` to wait for somebody. */
  readonly wait: number
  /** Called once, when there is a table. */
  seated(table: LiveTable, seat: SeatNumber): void
  /** Called once, when the person who is wanted refuses, with that one's name: the seek is over. */
  onRefused?(by: string): void
}

/** Number of checks for idle tables within their limit, at most. */
const LOOKS = 100
/**
 * Milliseconds for which a seat is held if there is no such limit and no user attends the table, and between two runs of
 * `tidy` at least.
 */
const HELD = 7 * 24 * 3_600_000
const TIDY = 1000
/** Tables that are ended together, at most: those to which no user can come back, at the start, and idle ones if there is no room. */
const AT_ONCE = 200
const ROOM = 20
const NO_CLOCK: ClockRules = {}
/** The house, where it sits down. */
const HOUSE_SITTER: Sitter = { person: HOUSE, name: 'house' }

/** Hall is where everybody meets: its tables, who waits for company, and what came of it all. */
export class Hall {
  readonly recorder: Recorder
  readonly #options: HallOptions
  readonly #tools: TableTools
  /** Holdings of each network: tables, and seeks that wait for one. */
  readonly owners: Owners
  readonly #tables: Tables
  readonly #listing: Listing
  readonly #seeks = new Seeks<Seeking>()
  /** Milliseconds that a table may be without a move. */
  readonly #idle: number | undefined
  /** Time at which the tables of the previous process were restored, in monotonic milliseconds. */
  #restoredAt = Number.NEGATIVE_INFINITY
  /** Ends the timer for the table that is idle next; there is one while there are tables. */
  #cancelIdle: (() => void) | undefined
  #tidyAt = Number.NEGATIVE_INFINITY
  #closed: Error | undefined
  #stopListening: (() => void) | undefined
  #closing: Promise<unknown> = Promise.resolve()

  constructor(options: HallOptions) {
    this.#options = options
    this.owners = new Owners(options.bytes ?? randomBytes)
    this.#tables = new Tables(this.owners)
    this.#idle = options.idle === Number.POSITIVE_INFINITY ? undefined : options.idle
    const { store, clock, random, onTrouble } = options
    this.recorder = new Recorder(store, options.games, onTrouble)
    this.#listing = new Listing(options.isListed ?? (({ state }) => !state.opened.private))
    this.#tools = {
      log: store.tables,
      clock,
      random,
      effort: new Effort(() => clock.monotonic()),
      onTrouble,
      onChange: (table) => this.#changed(table),
      onRecorded: options.onRecorded,
    }
    this.#stopListening = store.availability?.onChange(() => this.#availabilityChanged())
  }

  /** True if events can be persisted now. */
  get writable(): boolean {
    return this.#options.store.availability?.failure === undefined
  }

  /** The tables at which something goes on, in order. */
  get tables(): Iterable<LiveTable> {
    return this.#known()
  }

  /** The tables that go on and that everybody may know of, the attended and the newest first. */
  get listing(): Pick<Listing, 'size' | 'page'> {
    return this.#listing
  }

  /** How many tables there are at which something goes on, or somebody still is. */
  get size(): number {
    return this.#tables.size
  }

  /** Those who wait for company, in the order in which they came. */
  get seeking(): Iterable<Wish & { readonly since: number }> {
    return this.#seeks
  }

  /** The open seeks, by who may see them. */
  get seeks(): Pick<Seeks<Wish>, 'size' | 'shown' | 'open' | 'of' | 'against' | 'match'> {
    return this.#seeks
  }

  /** A table at which something goes on. */
  table(id: TableId): LiveTable | undefined {
    return this.#tables.get(id)
  }

  /**
   * Opens a table with all who are to sit there. Throws a RangeError for a game that is not played here, and the reason
   * when the hall is closed.
   */
  open(game: string, { options, seats, rated = false, private: hidden = false, clock = NO_CLOCK }: Opening): LiveTable {
    if (this.#closed) throw this.#closed
    const { random, store } = this.#options
    const rules = this.#rules(game)
    const state = rules.setup(options, random)
    const id = store.tables.newTable()
    // what a game of one is set up with is nobody's business, and may be its secret
    const shown = rules.seats.max > 1 ? options : undefined
    const seed = newSeed(random)
    const table = LiveTable.open(
      id,
      { type: 'opened', game, options: shown, state, seed, seats, rated, private: hidden, clock },
      rules,
      this.#tools,
    )
    this.#take(table)
    return table
  }

  /**
   * Seeks company: seats the seeker at once if a suitable seek is open, or else when one comes, or the house sits down,
   * if it can play that. The answer takes the wish back. Throws as `open` does, and a RangeError for seats that the game
   * does not have.
   */
  seek(seek: Seek): () => void {
    if (this.#closed) throw this.#closed
    const { sitter, wait, seats } = seek
    const rules = this.#rules(seek.game)
    for (const seat of seats) if (!(seat < rules.seats.max)) throw new RangeError(`the game ${seek.game} has no seat ${seat}`)
    const wish: Seeking = {
      ...seek,
      person: sitter.person,
      name: sitter.name,
      since: this.#options.clock.now(),
      seated: (table, seat) => seek.seated(table, seat),
      cancelWait: undefined,
    }
    const houseCan = playable(rules)
    const match = this.#seeks.match(wish)
    if (match) this.#seat(match.waiting, wish, match.seats)
    else if (houseCan && wait <= 0) this.#houseSits(wish)
    else this.#wait(wish, houseCan ? wait : Number.POSITIVE_INFINITY)
    return () => this.#forget(wish)
  }

  /** Ends an open seek, because the person who is wanted refuses, and notifies its owner. */
  refuse(wish: Wish, by: string): void {
    if (!this.#seeks.has(wish)) return
    this.#forget(wish)
    wish.onRefused?.(by)
  }

  /** The tables at which a person has a seat that goes on, and the seat. */
  *seatsOf(person: PersonId): Iterable<SeatAt> {
    for (const at of this.#tables.of(person)) if (!at.table.over) yield at
  }

  /** Whether somebody is expected back soon: others play on, and hold a seat for who has its token. */
  expects(person: PersonId): boolean {
    for (const { table, seat } of this.seatsOf(person)) {
      const { opened, suspended } = table.state
      const held = opened.seats.length > 1 && opened.seats[seat]?.token !== undefined
      if (held && !suspended && !table.attendants.some(({ who }) => who === seat)) return true
    }
    return false
  }

  /** Where time comes from here. */
  get clock(): Clock {
    return this.#options.clock
  }

  /** A part of the tables that a person has finished, the newest first; see `History`. */
  history(person: PersonId, slice: Slice): ReturnType<History['of']> {
    return this.#options.store.history.of(person, slice)
  }

  /** Reads all events of a table, seen or not. */
  async log(table: TableId): Promise<readonly TableEvent[]> {
    await this.#tables.get(table)?.logged()
    return this.#options.store.tables.read(table, 0)
  }

  /** The best of a game with their places, `limit` at most, with all that has ended by now. */
  async ladder(game: string, limit: number): Promise<readonly Place[]> {
    const { results } = this.#options.store
    await this.recorder.settled()
    return placed(await results.ladder(game, limit))
  }

  /** A person's place on a game's ladder; `undefined` for one who is not on it. */
  async place(game: string, person: PersonId): Promise<(Place & { readonly of: number }) | undefined> {
    const { results } = this.#options.store
    await this.recorder.settled()
    const standing = await results.standing(game, person)
    return standing && { ...boundedStanding(standing), ...(await results.rank(game, standing.score)) }
  }

  /** Who waits for somebody with this code. */
  invitation(code: string): Wish | undefined {
    return this.#seeks.withCode(code)
  }

  /** The seat that a token lets its holder back to, by the token's hash: at the latest of the tables that have it. */
  seatOf(token: string): SeatAt | undefined {
    return this.#tables.withToken(token)
  }

  /** Makes the tokens of all seats of a person invalid, also at tables whose game is over: a rematch would have the same. */
  revokeTokens(person: PersonId): void {
    for (const { table } of [...this.#tables.of(person)]) {
      for (const [seat, sitter] of table.state.opened.seats.entries()) {
        if (sitter.person !== person || sitter.token === undefined) continue
        this.#tables.forgetToken(sitter.token)
        // a table whose game is over is not restored by the next process
        if (!table.over) table.submit({ type: 'revoke', seat })
      }
    }
  }

  /** Gives up all seats of a person, whose opponents win. */
  giveUpSeats(person: PersonId): void {
    for (const { table, seat } of [...this.seatsOf(person)]) table.submit({ type: 'leave', seat })
  }

  /**
   * Offers a draw at a table, or a rematch when its game is over: where all want that, and are there, it is opened, with
   * seats swapped.
   */
  offer(table: LiveTable, seat: SeatNumber): Refusal | undefined {
    const absent = table.over ? absentAt(table)[0] : undefined
    if (absent !== undefined) return { refused: `${table.state.opened.seats[absent]?.name} has left the table` }
    const refusal = table.submit({ type: 'offer', seat })
    if (refusal || !table.over) return refusal
    const { seats, game, options, rated, private: hidden, clock } = table.state.opened
    for (const [other, { person }] of seats.entries()) if (person === HOUSE) table.submit({ type: 'offer', seat: other })
    if (!table.allOffer) return undefined
    const next = this.open(game, { options, seats: this.#withValidTokens(seats).toReversed(), rated, private: hidden, clock })
    const refused = table.submit({ type: 'continue', table: next.id })
    // they follow when that is published; who has gone in this very moment is not waited for without limit
    void table.kept().then(() => {
      for (const gone of absentAt(next)) next.submit({ type: 'gone', seat: gone })
    })
    return refused
  }

  /**
   * Takes up what was not finished when the process ended: tables to which all can come back stand still until one
   * does; the others are over, for nobody is to wait for who cannot. To be called once, before anybody comes.
   */
  async restore(): Promise<void> {
    const { store, onTrouble } = this.#options
    await this.recorder.catchUp()
    this.#restoredAt = this.#options.clock.monotonic()
    const lost: (() => Promise<unknown>)[] = []
    for await (const read of store.tables.readAll(await store.tables.unfinished())) {
      try {
        if ('failure' in read) throw read.failure
        const leave = this.#restore(read.table, read.events)
        if (leave) lost.push(leave)
      } catch (reason) {
        onTrouble(`table ${read.table} could not be taken up again`, reason)
      }
    }
    for (let from = 0; from < lost.length; from += AT_ONCE) await Promise.all(lost.slice(from, from + AT_ONCE).map((leave) => leave()))
  }

  /** Takes a table up again; answers with what ends it, if that is to be. */
  #restore(id: TableId, events: readonly TableEvent[]): (() => Promise<unknown>) | undefined {
    const [first] = events
    if (first?.type !== 'opened') throw new TypeError('its log does not begin with its opening')
    const table = LiveTable.restore(id, events, this.#rules(first.game), this.#tools)
    this.#take(table)
    const seat = first.seats.findIndex((sitter) => sitter.person !== HOUSE && !canReturn(sitter, first.seats.length))
    if (seat < 0) {
      if (isWeak(table.state.seed)) table.submit({ type: 'reseed', seed: newSeed(this.#options.random) })
      return undefined
    }
    return () => {
      table.submit({ type: 'leave', seat })
      return table.kept()
    }
  }

  /**
   * Ends the tables that have been without a move for a week and that no user attends, if there is no other limit.
   * Callers call it before they reject a user for lack of room.
   */
  tidy(): void {
    const now = this.#options.clock.monotonic()
    if (this.#idle !== undefined || now < this.#tidyAt) return
    this.#tidyAt = now + TIDY
    let ended = 0
    for (const table of [...this.#tables.all]) {
      if (table.attendants.length > 0 || table.untilIdle(HELD, this.#restoredAt) > 0) continue
      this.#abandon(table)
      if (++ended === ROOM) return
    }
  }

  /** Lets everybody go, and takes nobody any more: tables stay in the journal as they are, and can be taken up again. */
  close(reason: Error): void {
    this.#closed ??= reason
    this.#cancelIdle?.()
    this.#stopListening?.()
    for (const wish of [...this.#seeks]) this.#forget(wish)
    const tables = [...this.#tables.all]
    for (const table of tables) table.close(reason)
    this.#closing = Promise.all([this.#closing, ...tables.map((table) => table.settled())])
  }

  /** Resolves when all that happened before the hall was closed is kept and recorded, or could not be. */
  async settled(): Promise<void> {
    await this.#closing
    await this.recorder.settled()
  }

  /** Resumes all that stood still during an outage. */
  #availabilityChanged(): void {
    if (!this.writable) return
    // games stood still: those whose time ran out meanwhile have some more
    this.#restoredAt = this.#options.clock.monotonic()
    const tables = [...this.#tables.all]
    for (const table of tables) table.standStill()
    this.#goOn(tables.values())
    void this.recorder.catchUp()
  }

  /** Lets tables go on that stand still, some in each turn of the event loop. */
  #goOn(tables: Iterator<LiveTable>): void {
    const isMore = sweepSome(tables, (table) => table.standsStill && table.goOn())
    if (isMore) this.#options.clock.after(0, () => this.#goOn(tables))
  }

  /** Sitters without the tokens that are no longer valid. */
  #withValidTokens(sitters: readonly Sitter[]): readonly Sitter[] {
    return sitters.map((sitter) => {
      const { token, ...others } = sitter
      return token === undefined || this.#tables.withToken(token) ? sitter : others
    })
  }

  #rules(game: string): AnyGame {
    const rules = this.#options.games.get(game)
    if (!rules) throw new RangeError(`the game ${game} is not played here`)
    return rules
  }

  #take(table: LiveTable): void {
    if (table.closed) return
    this.#tables.add(table)
    this.#listing.update(table)
    this.recorder.watch(table)
    if (this.#idle !== undefined) this.#cancelIdle ??= this.#lookForIdle(table.untilIdle(this.#idle, this.#restoredAt))
    table.whenQuiet(this.#remove)
  }

  #changed(table: LiveTable): void {
    this.#listing.update(table)
    if (table.noted || !table.state.ended) return
    table.noted = true
    this.#options.onEnded?.(table)
    const persons = personsOf(table)
    if (persons.length === 0) return
    const { store, onTrouble } = this.#options
    store.history.add(persons, finishedOf(table)).catch((reason) => onTrouble(`table ${table.id} is in no history`, reason))
  }

  /** One for all tables: a function of its own would be a hundred bytes for each. */
  readonly #remove = (table: LiveTable): void => {
    this.#tables.remove(table)
    this.#listing.remove(table)
    if (this.#tables.size > 0) return
    this.#cancelIdle?.()
    this.#cancelIdle = undefined
  }

  /** Sets the one timer for all idle tables: a move sets none. */
  #lookForIdle(wait: number): (() => void) | undefined {
    const limit = this.#idle
    return limit === undefined
      ? undefined
      : this.#options.clock.after(Math.min(Math.max(Math.ceil(wait), 0), limit), () => this.#endIdle(limit))
  }

  /** Ends tables that have been without a move for too long, some in each turn of the event loop: no player loses by that. */
  #endIdle(limit: number): void {
    const tables = [...this.#tables.all].values()
    let next = limit
    const look = (table: LiveTable) => {
      const left = table.untilIdle(limit, this.#restoredAt)
      if (left > 0) next = Math.min(next, Math.max(left, limit / LOOKS))
      else this.#abandon(table)
    }
    const lookOn = () => {
      // while nothing can be written, games stand still
      const isMore = this.writable && sweepSome(tables, look)
      const { clock } = this.#options
      this.#cancelIdle = this.#tables.size === 0 ? undefined : isMore ? clock.after(0, lookOn) : this.#lookForIdle(next)
    }
    lookOn()
  }

  #abandon(table: LiveTable): void {
    table.submit({ type: 'abandon' })
    // the room is free at once, and not only when the end is persisted
    if (table.over && table.attendants.length === 0) this.#remove(table)
  }

  *#known(): Iterable<LiveTable> {
    for (const table of this.#tables.all) if (table.known) yield table
  }

  #wait(wish: Seeking, wait: number): void {
    this.#seeks.add(wish)
    if (wish.sitter.from !== undefined) this.owners.add(wish.sitter.from)
    if (wait === Number.POSITIVE_INFINITY) return
    const { clock, onTrouble } = this.#options
    wish.cancelWait = clock.after(wait, () => {
      try {
        this.#houseSits(wish)
      } catch (reason) {
        onTrouble(`no table of ${wish.game} could be opened`, reason)
      }
    })
  }

  #forget(wish: Seeking): void {
    wish.cancelWait?.()
    if (this.#seeks.has(wish) && wish.sitter.from !== undefined) this.owners.remove(wish.sitter.from)
    this.#seeks.delete(wish)
  }

  #houseSits(wish: Seeking): void {
    this.#forget(wish)
    const { seats } = this.#rules(wish.game)
    const seat = wish.seats[0] ?? 0
    const sitters = Array<Sitter>(seats.max).fill(HOUSE_SITTER).with(seat, wish.sitter)
    const { options = {}, code, clock = NO_CLOCK } = wish
    this.#tell(wish, this.open(wish.game, { options, seats: sitters, private: code !== undefined, clock }), seat)
  }

  #seat(waiting: Seeking, coming: Seeking, [first, second]: readonly [SeatNumber, SeatNumber]): void {
    const sitters = first < second ? [waiting.sitter, coming.sitter] : [coming.sitter, waiting.sitter]
    const options = optionsOf(waiting, coming) ?? {}
    const clock = clockOf(waiting, coming)
    const table = this.open(waiting.game, { options, seats: sitters, rated: waiting.rated, private: waiting.code !== undefined, clock })
    this.#forget(waiting)
    this.#tell(waiting, table, first)
    this.#tell(coming, table, second)
  }

  /** Tells somebody of a seat; who cannot take it has left it, and keeps nobody else from playing. */
  #tell(wish: Seeking, table: LiveTable, seat: SeatNumber): void {
    try {
      wish.seated(table, seat)
    } catch (reason) {
      this.#options.onTrouble(`the seat of ${wish.name} at table ${table.id} could not be taken`, reason)
      table.submit({ type: 'leave', seat })
    }
  }
}

/** The seats at a table whose holders are not there. */
export function absentAt({ state, attendants }: LiveTable): SeatNumber[] {
  const seats = [...state.opened.seats.keys()]
  return seats.filter((seat) => state.opened.seats[seat]?.person !== HOUSE && !attendants.some(({ who }) => who === seat))
}

/** Lists the named users who sit at a table, each once. */
function personsOf({ state }: LiveTable): readonly PersonId[] {
  let persons = NO_PERSONS
  for (const { person } of state.opened.seats) {
    if (person !== HOUSE && person !== PEER && !persons.includes(person)) persons = [...persons, person]
  }
  return persons
}

const NO_PERSONS: readonly PersonId[] = []

/** A table that has ended, as a history has it. */
function finishedOf({ id, state, now }: LiveTable): Finished {
  const { game, seats, rated, private: hidden } = state.opened
  const outcome = state.outcome ?? { winners: [] }
  const points = state.rules.points?.(state.position)
  const finished = { table: id, game, at: now, names: seats.map(({ name }) => name), outcome, rated, private: hidden }
  return points ? { ...finished, points } : finished
}

/**
 * Whether a sitter has a way back to the seat after the process was started anew: an account, a token, or, who plays
 * alone, the name. Nobody resumes a game against somebody else by a name that anybody can take.
 */
function canReturn({ person, token }: Sitter, seats: number): boolean {
  return token !== undefined || hasAccount(person) || (person.startsWith('guest:') && seats === 1)
}
