import { randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { sweepSome } from '../base/sweep.ts'
import { Effort } from '../games/ai/effort.ts'
import { isPlayable } from '../games/ai/house.ts'
import type { AnyGame, Random, Refusal, SeatNumber } from '../games/game.ts'
import { TableListing } from './listing.ts'
import { mergeClocks, mergeOptions, type OpenSeek } from './matchmaking.ts'
import { NetworkHoldings } from './owners.ts'
import {
  type ClockRules,
  type FinishedGames,
  type FinishedTable,
  type HistoryRange,
  HOUSE,
  hasAccount,
  PEER,
  type PersonId,
  type SeatOwner,
  type Standing,
  type Store,
  type TableEvent,
  type TableId,
} from './ports.ts'
import { clampStanding } from './ratings.ts'
import { RatingsProjector } from './ratings-projector.ts'
import { isWeak, newSeed } from './seeds.ts'
import { Seeks } from './seeks.ts'
import { TableActor, type TableActorOptions } from './table-actor.ts'
import { type SeatAt, TableRegistry } from './table-registry.ts'
import type { RandomBytes } from './tokens.ts'
import { UnavailableTables } from './unavailable-tables.ts'

/*
 * The hall is the meeting place of one server: it has every open table and every open seek. It knows no connections: sessions
 * and seats subscribe to tables, and callbacks report what happens to a seek.
 *
 * Tables. `open` starts a TableActor, `restore` starts those of the previous process from their logs. The registry finds a
 * table by number, person and token until the game is over, its log is persisted and no observer is left. After a restart a
 * table waits, suspended, if each of its players can return: with an account, with a token or, alone at the table, by name.
 * Otherwise the hall ends it, because no player is to wait for an opponent who cannot return.
 *
 * Seeks. A new seek takes the first suitable open seek, or else stays open until another seek suits it or the house takes the
 * other seat. To match two seeks, the hall first opens the table, then closes the waiting seek, then calls both `onSeated`: if
 * opening throws, the waiting seek is still open. If `onSeated` throws, the hall leaves that seat, and the opponent wins.
 *
 * Idle tables. One timer serves all tables, so a move sets no timer. It is set for the table that is due next, but fires at most
 * LOOKS times within the limit. Every loop over all tables takes only some of them in one turn of the event loop.
 *
 * Outages. While the store cannot write, games stand still and no idle table ends. When it can write again, each table resumes
 * and users have time to reconnect, as after a restart.
 *
 * Invariants: after `close`, `open` and `seek` throw the reason; a network's holdings (`owners.ts`) count each table and each
 * open seek once; a seat's token is valid at the latest table that has it, which after a rematch is the new one.
 */

/** HallOptions is the store, the games and the callbacks of a hall. */
export interface HallOptions {
  readonly store: Store
  /** Games of this hall, by name. */
  readonly games: ReadonlyMap<string, AnyGame>
  readonly clock: Clock
  /** Source of the games' seeds and of the house's choices. */
  readonly random: Random
  /** Source of salts; `crypto.randomBytes` by default. */
  readonly bytes?: RandomBytes
  /** Called with errors that the hall survives, such as a table that could not be written or restored. */
  readonly onError: (sentence: string, reason: unknown) => void
  /** Called once for each table that has ended in this process. */
  readonly onEnded?: (table: TableActor) => void
  /** Called when the result of a table is recorded on the ladder. */
  readonly onRecorded?: TableActorOptions['onRecorded']
  /** Returns whether an open table is public; by default, all tables are that are not private. */
  readonly isListed?: (table: TableActor) => boolean
  /** Milliseconds that a table may be without a move; by default, or if infinite, only tables without observers end (`tidy`). */
  readonly idle?: number | undefined
}

/** TableOptions is the settings, the players and the terms of a new table. */
export interface TableOptions {
  readonly options: unknown
  readonly seats: readonly SeatOwner[]
  readonly rated?: boolean
  readonly private?: boolean
  readonly clock?: ClockRules
}

/** WaitingSeek is an open seek with its callbacks and its timer. */
interface WaitingSeek extends OpenSeek {
  readonly owner: SeatOwner
  readonly since: number
  onSeated(table: TableActor, seat: SeatNumber): void
  onRefused?(by: string): void
  cancelWait: (() => void) | undefined
}

/** LadderPlace is a standing with its rank on the ladder: 1 for the best, the same for equal scores. */
export interface LadderPlace extends Standing {
  readonly rank: number
}

/** Adds the ranks to the standings of a ladder from its first row on. */
export function toLadder(best: readonly Standing[]): readonly LadderPlace[] {
  let rank = 0
  return best.map(clampStanding).map((one, at, all) => {
    if (one.score !== all[at - 1]?.score) rank = at + 1
    return { ...one, rank }
  })
}

/** SeekRequest is a seek that a user opens. */
export interface SeekRequest extends Omit<OpenSeek, 'person' | 'name'> {
  readonly owner: SeatOwner
  /** Milliseconds until the house takes the other seat; `Infinity` to wait for another user. */
  readonly wait: number
  /** Called once, when the seek is matched. */
  onSeated(table: TableActor, seat: SeatNumber): void
  /** Called once, when the challenged user refuses, with that user's name: the seek is closed. */
  onRefused?(by: string): void
}

/** Limit of checks for idle tables within the time that a table may be idle. */
const LOOKS = 100
/**
 * Milliseconds for which a seat is held if tables have no idle limit and the table has no observer, and least milliseconds
 * between two runs of `tidy`.
 */
const HELD = 7 * 24 * 3_600_000
const TIDY = 1000
/** Tables that are ended together, at most: at the start those to which no player can return, and idle tables in one `tidy`. */
const AT_ONCE = 200
const ROOM = 20
const NO_CLOCK: ClockRules = {}
const HOUSE_OWNER: SeatOwner = { person: HOUSE, name: 'house' }

/** Hall is the meeting place of one server: its tables, its open seeks and the results. */
export class Hall {
  readonly recorder: RatingsProjector
  readonly #options: HallOptions
  readonly #tools: TableActorOptions
  /** Holdings of each network: open tables and open seeks. */
  readonly owners: NetworkHoldings
  readonly #tables: TableRegistry
  readonly #listing: TableListing
  readonly #seeks = new Seeks<WaitingSeek>()
  readonly #unavailable = new UnavailableTables()
  readonly #idle: number | undefined
  /** Time at which the tables of the previous process were restored, in monotonic milliseconds. */
  #restoredAt = Number.NEGATIVE_INFINITY
  /** Cancels the timer for idle tables, which runs while there are tables and a limit. */
  #cancelIdle: (() => void) | undefined
  #tidyAt = Number.NEGATIVE_INFINITY
  #closed: Error | undefined
  #stopListening: (() => void) | undefined
  #closing: Promise<unknown> = Promise.resolve()

  constructor(options: HallOptions) {
    this.#options = options
    this.owners = new NetworkHoldings(options.bytes ?? randomBytes)
    this.#tables = new TableRegistry(this.owners)
    this.#idle = options.idle === Number.POSITIVE_INFINITY ? undefined : options.idle
    const { store, clock, random, onError } = options
    this.recorder = new RatingsProjector(store, options.games, onError)
    this.#listing = new TableListing(options.isListed ?? (({ state }) => !state.opened.private))
    this.#tools = {
      log: store.tables,
      clock,
      random,
      effort: new Effort(() => clock.monotonic()),
      onError: onError,
      onChange: (table) => this.#changed(table),
      onRecorded: options.onRecorded,
    }
    this.#stopListening = store.availability?.onChange(() => this.#availabilityChanged())
  }

  /** True if events can be persisted now. */
  get writable(): boolean {
    return this.#options.store.availability?.failure === undefined
  }

  /** The open tables whose opening is persisted, in order. */
  get tables(): Iterable<TableActor> {
    return this.#known()
  }

  /** The public tables with a game under way: tables with observers first, and the newest first among these. */
  get listing(): Pick<TableListing, 'size' | 'page'> {
    return this.#listing
  }

  /** Number of open tables, including finished tables with observers. */
  get size(): number {
    return this.#tables.size
  }

  /** The open seeks, in order of arrival. */
  get openSeeks(): Iterable<OpenSeek & { readonly since: number }> {
    return this.#seeks
  }

  /** The lists of open seeks, for each group of users that can see them. */
  get seeks(): Pick<Seeks<OpenSeek>, 'size' | 'shown' | 'open' | 'of' | 'against' | 'match'> {
    return this.#seeks
  }

  /** Finds an open table. */
  table(id: TableId): TableActor | undefined {
    return this.#tables.get(id)
  }

  /**
   * Opens a table with its players. Throws a RangeError for a game that the hall does not have, and the reason of `close` if
   * the hall is closed.
   */
  open(game: string, { options, seats, rated = false, private: hidden = false, clock = NO_CLOCK }: TableOptions): TableActor {
    if (this.#closed) throw this.#closed
    const { random, store } = this.#options
    const rules = this.#rules(game)
    const state = rules.setup(options, random)
    const id = store.tables.newTable()
    // the settings of a game with one player can be its secret
    const shown = rules.seats.max > 1 ? options : undefined
    const seed = newSeed(random)
    const table = TableActor.open(
      id,
      { type: 'opened', game, options: shown, state, seed, seats, rated, private: hidden, clock },
      rules,
      this.#tools,
    )
    this.#add(table)
    return table
  }

  /**
   * Matches a seek with a suitable open one, or with the house if `wait` is 0, or else opens it. The house plays only games
   * that it can play. The returned function cancels the seek. Throws as `open` does, and a RangeError for seats that the
   * game does not have.
   */
  seek(seek: SeekRequest): () => void {
    if (this.#closed) throw this.#closed
    const { owner, wait, seats } = seek
    const rules = this.#rules(seek.game)
    for (const seat of seats) if (!(seat < rules.seats.max)) throw new RangeError(`the game ${seek.game} has no seat ${seat}`)
    const coming: WaitingSeek = {
      ...seek,
      owner,
      person: owner.person,
      name: owner.name,
      since: this.#options.clock.now(),
      onSeated: (table, seat) => seek.onSeated(table, seat),
      cancelWait: undefined,
    }
    const houseCan = isPlayable(rules)
    const match = this.#seeks.match(coming)
    if (match) this.#seatBoth(match.waiting, coming, match.seats)
    else if (houseCan && wait <= 0) this.#seatWithHouse(coming)
    else this.#openSeek(coming, houseCan ? wait : Number.POSITIVE_INFINITY)
    return () => this.#closeSeek(coming)
  }

  /** Closes a challenge, because the challenged user refuses, and notifies its owner. */
  refuseChallenge(seek: OpenSeek, by: string): void {
    if (!this.#seeks.has(seek)) return
    this.#closeSeek(seek)
    seek.onRefused?.(by)
  }

  /** The seats of a person at tables whose game is not over. */
  *seatsOf(person: PersonId): Iterable<SeatAt> {
    for (const at of this.#tables.of(person)) if (!at.table.over) yield at
  }

  /** Checks whether the hall holds a seat with a token for a disconnected person at a table where others play on. */
  holdsSeatFor(person: PersonId): boolean {
    for (const { table, seat } of this.seatsOf(person)) {
      const { opened, suspended } = table.state
      const held = opened.seats.length > 1 && opened.seats[seat]?.token !== undefined
      if (held && !suspended && !table.observers.some(({ viewer }) => viewer === seat)) return true
    }
    return false
  }

  /** The clock of this hall. */
  get clock(): Clock {
    return this.#options.clock
  }

  /** Lists a part of a person's finished tables, newest first; see `FinishedGames`. */
  history(person: PersonId, slice: HistoryRange): ReturnType<FinishedGames['of']> {
    return this.#options.store.history.of(person, slice)
  }

  /** Reads all events of a table, once the pending ones are persisted. */
  async log(table: TableId): Promise<readonly TableEvent[]> {
    await this.#tables.get(table)?.flushLog()
    return this.#options.store.tables.read(table, 0)
  }

  /** Reads at most `limit` rows of a game's ladder, with the results of all games that have ended by now. */
  async ladder(game: string, limit: number): Promise<readonly LadderPlace[]> {
    const { results } = this.#options.store
    await this.recorder.settled()
    return toLadder(await results.ladder(game, limit))
  }

  /** Reads a person's place on a game's ladder and the length of the ladder; `undefined` if the person is not on it. */
  async place(game: string, person: PersonId): Promise<(LadderPlace & { readonly of: number }) | undefined> {
    const { results } = this.#options.store
    await this.recorder.settled()
    const standing = await results.standing(game, person)
    return standing && { ...clampStanding(standing), ...(await results.rank(game, standing.score)) }
  }

  /** Finds the private seek with an invitation code. */
  findInvitation(code: string): OpenSeek | undefined {
    return this.#seeks.withCode(code)
  }

  /** Finds the seat that a token resumes, by the hash of the token: at the latest table that has it. */
  findSeatByToken(token: string): SeatAt | undefined {
    return this.#tables.findSeat(token)
  }

  /** The open tables that this process cannot restore. */
  get unavailable(): Pick<UnavailableTables, 'gameOf' | 'gameByToken'> {
    return this.#unavailable
  }

  /** Makes the tokens of all seats of a person invalid, also at tables whose game is over, because a rematch would reuse them. */
  revokeTokens(person: PersonId): void {
    for (const { table } of [...this.#tables.of(person)]) {
      for (const [seat, owner] of table.state.opened.seats.entries()) {
        if (owner.person !== person || owner.token === undefined) continue
        this.#tables.forgetToken(owner.token)
        // the next process does not restore a table whose game is over
        if (!table.over) table.submit({ type: 'revoke', seat })
      }
    }
  }

  /** Leaves all seats of a person, whose opponents win. */
  leaveSeats(person: PersonId): void {
    for (const { table, seat } of [...this.seatsOf(person)]) table.submit({ type: 'leave', seat })
  }

  /**
   * Offers a draw at a table, or a rematch after the game. Opens the rematch, with seats swapped, as soon as all players have
   * offered it; refuses the offer if one of them has left.
   */
  offer(table: TableActor, seat: SeatNumber): Refusal | undefined {
    const absent = table.over ? findAbsentSeats(table)[0] : undefined
    if (absent !== undefined) return { refused: `${table.state.opened.seats[absent]?.name} has left the table` }
    const refusal = table.submit({ type: 'offer', seat })
    if (refusal || !table.over) return refusal
    const { seats, game, options, rated, private: hidden, clock } = table.state.opened
    for (const [other, { person }] of seats.entries()) if (person === HOUSE) table.submit({ type: 'offer', seat: other })
    if (!table.allOffer) return undefined
    const next = this.open(game, { options, seats: this.#withValidTokens(seats).toReversed(), rated, private: hidden, clock })
    const refused = table.submit({ type: 'continue', table: next.id })
    // the players follow when that is published; a player who has disconnected meanwhile gets the usual grace time
    void table.persisted().then(() => {
      for (const absentSeat of findAbsentSeats(next)) next.submit({ type: 'gone', seat: absentSeat })
    })
    return refused
  }

  /**
   * Restores the tables that were not over when the previous process ended: those to which all players can return are
   * suspended until a player reconnects, and the hall ends the others. Call it once, before the first user connects.
   */
  async restore(): Promise<void> {
    const { store, games, onError } = this.#options
    await this.recorder.recordMissing()
    this.#restoredAt = this.#options.clock.monotonic()
    const endings: (() => Promise<unknown>)[] = []
    for await (const read of store.tables.readAll(await store.tables.unfinished())) {
      try {
        if ('failure' in read) throw read.failure
        const end = this.#restore(read.table, read.events)
        if (end) endings.push(end)
      } catch (reason) {
        const [first] = 'failure' in read ? [] : read.events
        if (first?.type === 'opened') this.#unavailable.add(read.table, first)
        if (first?.type === 'opened' && !games.has(first.game)) continue
        onError(`table ${read.table} could not be restored`, reason)
      }
    }
    for (const sentence of this.#unavailable.describeMissing(games)) onError(sentence, new RangeError('its plug-in is not loaded'))
    for (let from = 0; from < endings.length; from += AT_ONCE) await Promise.all(endings.slice(from, from + AT_ONCE).map((end) => end()))
  }

  /** Restores a table; returns the function that ends it, if one of its players cannot return. */
  #restore(id: TableId, events: readonly TableEvent[]): (() => Promise<unknown>) | undefined {
    const [first] = events
    if (first?.type !== 'opened') throw new TypeError('its log does not begin with its opening')
    const table = TableActor.restore(id, events, this.#rules(first.game), this.#tools)
    this.#add(table)
    const seat = first.seats.findIndex((owner) => owner.person !== HOUSE && !canReturn(owner, first.seats.length))
    if (seat < 0) {
      if (isWeak(table.state.seed)) table.submit({ type: 'reseed', seed: newSeed(this.#options.random) })
      return undefined
    }
    return () => {
      table.submit({ type: 'leave', seat })
      return table.persisted()
    }
  }

  /**
   * Ends the tables that have been without a move for a week and have no observer, if tables have no idle limit. Callers call
   * it before they reject a user for lack of room.
   */
  tidy(): void {
    const now = this.#options.clock.monotonic()
    if (this.#idle !== undefined || now < this.#tidyAt) return
    this.#tidyAt = now + TIDY
    let ended = 0
    for (const table of [...this.#tables.all]) {
      if (table.observers.length > 0 || table.untilIdle(HELD, this.#restoredAt) > 0) continue
      this.#abandon(table)
      if (++ended === ROOM) return
    }
  }

  /** Closes all seeks and tables in this process, and opens no more. The logs stay as they are, so the next process can restore them. */
  close(reason: Error): void {
    this.#closed ??= reason
    this.#cancelIdle?.()
    this.#stopListening?.()
    for (const seek of [...this.#seeks]) this.#closeSeek(seek)
    const tables = [...this.#tables.all]
    for (const table of tables) table.close(reason)
    this.#closing = Promise.all([this.#closing, ...tables.map((table) => table.settled())])
  }

  /** Resolves when all appends and results from before `close` are done or have failed. */
  async settled(): Promise<void> {
    await this.#closing
    await this.recorder.settled()
  }

  /** Resumes all tables after an outage. */
  #availabilityChanged(): void {
    if (!this.writable) return
    // games stood still, so tables that became idle meanwhile get more time
    this.#restoredAt = this.#options.clock.monotonic()
    const tables = [...this.#tables.all]
    for (const table of tables) table.pause()
    this.#resumeTables(tables.values())
    void this.recorder.recordMissing()
  }

  /** Resumes tables that stand still, some in each turn of the event loop. */
  #resumeTables(tables: Iterator<TableActor>): void {
    const isMore = sweepSome(tables, (table) => table.isPaused && table.resume())
    if (isMore) this.#options.clock.after(0, () => this.#resumeTables(tables))
  }

  /** Drops the tokens that are no longer valid. */
  #withValidTokens(owners: readonly SeatOwner[]): readonly SeatOwner[] {
    return owners.map((owner) => {
      const { token, ...others } = owner
      return token === undefined || this.#tables.findSeat(token) ? owner : others
    })
  }

  #rules(game: string): AnyGame {
    const rules = this.#options.games.get(game)
    if (!rules) throw new RangeError(`the game ${game} is not played here`)
    return rules
  }

  #add(table: TableActor): void {
    if (table.closed) return
    this.#tables.add(table)
    this.#listing.update(table)
    this.recorder.watch(table)
    if (this.#idle !== undefined) this.#cancelIdle ??= this.#lookForIdle(table.untilIdle(this.#idle, this.#restoredAt))
    table.whenQuiet(this.#remove)
  }

  #changed(table: TableActor): void {
    this.#listing.update(table)
    if (table.isInHistories || !table.state.ended) return
    table.isInHistories = true
    this.#options.onEnded?.(table)
    const persons = personsOf(table)
    if (persons.length === 0) return
    const { store, onError } = this.#options
    store.history.add(persons, finishedOf(table)).catch((reason) => onError(`table ${table.id} is missing in the histories`, reason))
  }

  /** A field, because a closure for each table would take a hundred bytes of memory. */
  readonly #remove = (table: TableActor): void => {
    this.#tables.remove(table)
    this.#listing.remove(table)
    if (this.#tables.size > 0) return
    this.#cancelIdle?.()
    this.#cancelIdle = undefined
  }

  /** Sets the timer for all idle tables. */
  #lookForIdle(wait: number): (() => void) | undefined {
    const limit = this.#idle
    return limit === undefined
      ? undefined
      : this.#options.clock.after(Math.min(Math.max(Math.ceil(wait), 0), limit), () => this.#endIdle(limit))
  }

  /** Ends tables that have been without a move for too long, some in each turn of the event loop. No player loses. */
  #endIdle(limit: number): void {
    const tables = [...this.#tables.all].values()
    let next = limit
    const look = (table: TableActor) => {
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

  #abandon(table: TableActor): void {
    table.submit({ type: 'abandon' })
    // frees the room at once, before the end is persisted
    if (table.over && table.observers.length === 0) this.#remove(table)
  }

  *#known(): Iterable<TableActor> {
    for (const table of this.#tables.all) if (table.isPublished) yield table
  }

  #openSeek(seek: WaitingSeek, wait: number): void {
    this.#seeks.add(seek)
    if (seek.owner.from !== undefined) this.owners.add(seek.owner.from)
    if (wait === Number.POSITIVE_INFINITY) return
    const { clock, onError } = this.#options
    seek.cancelWait = clock.after(wait, () => {
      try {
        this.#seatWithHouse(seek)
      } catch (reason) {
        onError(`no table of ${seek.game} could be opened`, reason)
      }
    })
  }

  #closeSeek(seek: WaitingSeek): void {
    seek.cancelWait?.()
    if (this.#seeks.has(seek) && seek.owner.from !== undefined) this.owners.remove(seek.owner.from)
    this.#seeks.delete(seek)
  }

  #seatWithHouse(seek: WaitingSeek): void {
    this.#closeSeek(seek)
    const { seats } = this.#rules(seek.game)
    const seat = seek.seats[0] ?? 0
    const owners = Array<SeatOwner>(seats.max).fill(HOUSE_OWNER).with(seat, seek.owner)
    const { options = {}, code, clock = NO_CLOCK } = seek
    this.#notifySeated(seek, this.open(seek.game, { options, seats: owners, private: code !== undefined, clock }), seat)
  }

  #seatBoth(waiting: WaitingSeek, coming: WaitingSeek, [first, second]: readonly [SeatNumber, SeatNumber]): void {
    const owners = first < second ? [waiting.owner, coming.owner] : [coming.owner, waiting.owner]
    const options = mergeOptions(waiting, coming) ?? {}
    const clock = mergeClocks(waiting, coming)
    const table = this.open(waiting.game, { options, seats: owners, rated: waiting.rated, private: waiting.code !== undefined, clock })
    this.#closeSeek(waiting)
    this.#notifySeated(waiting, table, first)
    this.#notifySeated(coming, table, second)
  }

  /** Notifies the owner of a seek of its seat; leaves the seat if the callback throws. */
  #notifySeated(seek: WaitingSeek, table: TableActor, seat: SeatNumber): void {
    try {
      seek.onSeated(table, seat)
    } catch (reason) {
      this.#options.onError(`the seat of ${seek.name} at table ${table.id} could not be taken`, reason)
      table.submit({ type: 'leave', seat })
    }
  }
}

/** Lists the seats at a table whose owners are disconnected. */
export function findAbsentSeats({ state, observers }: TableActor): SeatNumber[] {
  const seats = [...state.opened.seats.keys()]
  return seats.filter((seat) => state.opened.seats[seat]?.person !== HOUSE && !observers.some(({ viewer }) => viewer === seat))
}

/** Lists the named users who sit at a table, each once. */
function personsOf({ state }: TableActor): readonly PersonId[] {
  let persons = NO_PERSONS
  for (const { person } of state.opened.seats) {
    if (person !== HOUSE && person !== PEER && !persons.includes(person)) persons = [...persons, person]
  }
  return persons
}

const NO_PERSONS: readonly PersonId[] = []

/** Returns the entry of a finished table for the histories of its players. */
function finishedOf({ id, state, now }: TableActor): FinishedTable {
  const { game, seats, rated, private: hidden } = state.opened
  const outcome = state.outcome ?? { winners: [] }
  const points = state.rules.points?.(state.position)
  const finished = { table: id, game, at: now, names: seats.map(({ name }) => name), outcome, rated, private: hidden }
  return points ? { ...finished, points } : finished
}

/**
 * Checks whether the owner of a seat can return to it after a restart: with an account, with a token or, alone at the table,
 * by a guest's name. Any user can take that name, so it resumes no game against another player.
 */
function canReturn({ person, token }: SeatOwner, seats: number): boolean {
  return token !== undefined || hasAccount(person) || (person.startsWith('guest:') && seats === 1)
}
