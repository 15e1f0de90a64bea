import { randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { sweepSome } from '../base/sweep.ts'
import { Effort } from '../games/ai/effort.ts'
import type { AnyGame, Random, Refusal, SeatNumber } from '../games/game.ts'
import type { RandomBytes } from './accounts/tokens.ts'
import { Capacity, type SeatLimits } from './capacity.ts'
import { addToHistories } from './finished-games.ts'
import { IdleTables } from './idle-tables.ts'
import type { SeekHandle, SeekRequest } from './local-seek.ts'
import { Matchmaker } from './matchmaker.ts'
import { NetworkHoldings } from './network-holdings.ts'
import type { OpenSeek } from './open-seek.ts'
import { Openings, type TableOptions } from './openings.ts'
import {
  type FinishedGames,
  HISTORY,
  type HistoryRange,
  type Lease,
  type LeaseId,
  type PersonId,
  type Store,
  type TableEvent,
  type TableId,
} from './ports.ts'
import { clampStanding, type LadderPlace, toLadder } from './ratings.ts'
import { RatingsProjector } from './ratings-projector.ts'
import { Rematches } from './rematches.ts'
import { restoreTables } from './restoring.ts'
import type { SeekPools } from './seek-pools.ts'
import type { TableActor, TableActorOptions } from './table-actor.ts'
import { TableListing } from './table-listing.ts'
import { type SeatAt, TableRegistry } from './table-registry.ts'
import { UnavailableTables } from './unavailable-tables.ts'

/*
 * The hall has every open table and every open seek of one server. It has no access to connections: sessions and seats subscribe to
 * tables, and callbacks report the result of a seek.
 *
 * Tables. `open` starts a TableActor (`openings.ts`), and `restore` starts TableActors for the tables of the previous process from their
 * logs (`restoring.ts`). The registry finds a table by number, person or token, until its game is over, its log is persisted and its last
 * observer has left. After a restart, the hall suspends a table if each player has an account or a token, or is a guest alone at the table.
 * Otherwise it ends the table: no player waits for an opponent who cannot return.
 *
 * `matchmaker.ts` matches seeks, and `idle-tables.ts` ends tables without a move.
 *
 * Outages. While the store cannot write, no game continues and no idle table ends. When the store can write again, each table resumes and
 * users have time to reconnect, as after a restart.
 *
 * Invariants: After `close`, `open` rejects with the reason, and `seek` throws the reason. A network's holdings (`network-holdings.ts`)
 * count each table and each open seek once. A seat's token is valid only at its latest table: after a rematch, at the new table.
 */

/** HallOptions has the store, the games and the callbacks of a hall. */
export interface HallOptions {
  readonly store: Store
  /** Games of this hall, by name. */
  readonly games: ReadonlyMap<string, AnyGame>
  readonly clock: Clock
  /** Source of the games' seeds and of the house's choices. */
  readonly random: Random
  /** Source of salts. Default: `crypto.randomBytes`. */
  readonly bytes?: RandomBytes
  /** Called with errors that do not stop the hall, such as a failure to write or restore a table. */
  readonly onError: (sentence: string, reason: unknown) => void
  /** Called once for each table that has ended in this process. */
  readonly onEnded?: (table: TableActor) => void
  /** Called when the ladder counts the result of a table. */
  readonly onRecorded?: TableActorOptions['onRecorded']
  /** Checks whether an open table is public. Default: every table that is not private is public. */
  readonly isListed?: (table: TableActor) => boolean
  /** Maximum number of seats of one person, and maximum number of open tables. Default: no maximum. */
  readonly limits?: SeatLimits
  /** Milliseconds that a table may be without a move; if missing or infinite, the hall ends only tables without observers (`tidy`). */
  readonly idle?: number | undefined
}

/** Hall has the tables, the open seeks and the results of one server. */
export class Hall {
  readonly recorder: RatingsProjector
  readonly #options: HallOptions
  readonly #tools: TableActorOptions
  /** Holdings of each network: open tables and open seeks. */
  readonly owners: NetworkHoldings
  readonly #tables: TableRegistry
  readonly #listing: TableListing
  readonly #openings: Openings
  readonly #rematches: Rematches
  readonly #matchmaker: Matchmaker
  #lease: Promise<Lease> | undefined
  readonly #unavailable = new UnavailableTables()
  readonly #idle: IdleTables
  #closed: Error | undefined
  #stopListening: (() => void) | undefined
  #closing: Promise<unknown> = Promise.resolve()

  constructor(options: HallOptions) {
    this.#options = options
    this.owners = new NetworkHoldings(options.bytes ?? randomBytes)
    this.#tables = new TableRegistry(this.owners)
    const { store, clock, random, onError } = options
    this.#idle = new IdleTables({
      ...{ clock, limit: options.idle, tables: this.#tables, remove: this.#remove },
      isWritable: () => this.writable,
    })
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
    const capacity = new Capacity({
      limits: options.limits,
      countSeats: (person) => this.countSeats(person),
      countTables: () => this.size,
      tidy: () => this.tidy(),
    })
    const shared = { owners: this.owners, rules: (game: string) => this.#rules(game), lease: () => this.lease() }
    this.#openings = new Openings({
      ...{ ...shared, log: store.tables, random, tools: this.#tools },
      checkOpen: () => this.#checkOpen(),
      onTable: (table) => this.#add(table),
    })
    this.#rematches = new Rematches(this.#openings, this.#tables, capacity)
    this.#matchmaker = new Matchmaker({ ...shared, clock, entries: store.meeting.seeks, openings: this.#openings, capacity, onError })
    this.#stopListening = store.availability?.onChange(() => this.#availabilityChanged())
  }

  /** True while the store can write. */
  get writable(): boolean {
    return this.#options.store.availability?.failure === undefined
  }

  /** The open tables whose opening the store has, in order of their numbers. */
  get tables(): Iterable<TableActor> {
    return this.#known()
  }

  /** The public tables with a game under way: first the tables with observers, newest first, and then the other tables. */
  get listing(): Pick<TableListing, 'size' | 'page'> {
    return this.#listing
  }

  /** Number of open tables, including finished tables with observers, and tables whose opening is under way. */
  get size(): number {
    return this.#tables.size + this.#openings.count
  }

  /** The open seeks, in order of arrival. */
  get openSeeks(): Iterable<OpenSeek & { readonly since: number }> {
    return this.#matchmaker.seeks
  }

  /** The lists of open seeks, for each group of users that can see them. */
  get seeks(): Pick<SeekPools<OpenSeek>, 'size' | 'shown' | 'open' | 'of' | 'against' | 'match'> {
    return this.#matchmaker.seeks
  }

  /** Finds an open table by its number. */
  table(id: TableId): TableActor | undefined {
    return this.#tables.get(id)
  }

  /**
   * Opens a table with its players; the seats count toward the limits of the players from this call on. Rejects with a RangeError for a
   * game that the hall does not have, and with the reason of `close` if the hall closes before the table is open.
   */
  open(game: string, terms: TableOptions): Promise<TableActor> {
    return this.#openings.open(game, terms)
  }

  /**
   * Matches a seek with a suitable open seek, or with the house if `wait` is 0; otherwise opens the seek. Calls the callbacks after it
   * returns. The house plays only games for which it can choose a move. Throws the reason of `close` if the hall is closed, and a
   * RangeError if the hall does not have the game, or if the game does not have the seats.
   */
  seek(seek: SeekRequest): SeekHandle {
    this.#checkOpen()
    return this.#matchmaker.seek(seek)
  }

  /**
   * Closes a challenge that the challenged user declines, and notifies the challenger; resolves to `false` if the challenge was already
   * closed or matched.
   */
  refuseChallenge(seek: OpenSeek, by: string): Promise<boolean> {
    return this.#matchmaker.refuse(seek, by)
  }

  /** Returns the seats of a person at tables whose game is not over. */
  *seatsOf(person: PersonId): Iterable<SeatAt> {
    for (const at of this.#tables.of(person)) if (!at.table.over) yield at
  }

  /** Returns the number of a person's seats at tables whose game is not over, and at tables whose opening is under way. */
  countSeats(person: PersonId): number {
    return [...this.seatsOf(person)].length + this.#openings.countSeats(person)
  }

  /** Checks whether the hall reserves a seat with a token for a disconnected person at a table whose game continues. */
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
  async history(person: PersonId, slice: HistoryRange): ReturnType<FinishedGames['of']> {
    await this.recorder.settled()
    return this.#options.store.history.of(person, slice)
  }

  /** Lists the latest finished tables of all persons, without the private tables; see `FinishedGames`. */
  recent(): ReturnType<FinishedGames['latest']> {
    return this.#options.store.history.latest(HISTORY)
  }

  /** Reads all events of a table, after the store has written the pending events. */
  async log(table: TableId): Promise<readonly TableEvent[]> {
    await this.#tables.get(table)?.flushLog()
    return this.#options.store.tables.read(table, 0)
  }

  /** Reads at most `limit` rows of a game's ladder; the ladder includes all games that ended before the call. */
  async ladder(game: string, limit: number): Promise<readonly LadderPlace[]> {
    const { results } = this.#options.store
    await this.recorder.settled()
    return toLadder(await results.ladder(game, limit))
  }

  /** Reads a person's place on a game's ladder and the length of the ladder; `undefined` for a person who is not on the ladder. */
  async place(game: string, person: PersonId): Promise<(LadderPlace & { readonly of: number }) | undefined> {
    const { results } = this.#options.store
    await this.recorder.settled()
    const standing = await results.standing(game, person)
    return standing && { ...clampStanding(standing), ...(await results.rank(game, standing.score)) }
  }

  /** Finds the private seek with an invitation code. */
  findInvitation(code: string): OpenSeek | undefined {
    return this.#matchmaker.seeks.withCode(code)
  }

  /** Finds the seat that a token resumes, by the hash of the token: at the latest table with this token. */
  findSeatByToken(token: string): SeatAt | undefined {
    return this.#tables.findSeat(token)
  }

  /** The open tables that this process cannot restore. */
  get unavailable(): Pick<UnavailableTables, 'gameOf' | 'gameByToken'> {
    return this.#unavailable
  }

  /** Makes the tokens of all seats of a person invalid, also at tables whose game is over, because a rematch would reuse the tokens. */
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

  /** Leaves all seats of a person; the opponents win. */
  leaveSeats(person: PersonId): void {
    for (const { table, seat } of [...this.seatsOf(person)]) table.submit({ type: 'leave', seat })
  }

  /**
   * Offers a draw at a table, or a rematch after the game. Opens the rematch, with the seats swapped, as soon as all players have offered
   * a rematch; refuses the offer if a player has left.
   */
  offer(table: TableActor, seat: SeatNumber): Promise<Refusal | undefined> {
    return this.#rematches.offer(table, seat)
  }

  /**
   * Restores the tables that were not over when the previous process ended. If all players can return to a table, the hall suspends the
   * table until a player reconnects; otherwise it ends the table. A table that another hall has claimed stays as it is. The caller awaits
   * this call once, before the first user connects.
   */
  async restore(): Promise<void> {
    const { store, games, random, onError } = this.#options
    await this.recorder.recordMissing()
    this.#idle.extend()
    await restoreTables({
      ...{ log: store.tables, games, random, tools: this.#tools, unavailable: this.#unavailable, onError },
      lease: await this.lease(),
      rules: (game) => this.#rules(game),
      onTable: (table) => this.#add(table),
    })
  }

  /**
   * Without an idle limit, ends the tables that have been without a move for a week and have no observer. The lobby calls this method
   * before it refuses a user because the server has too many tables.
   */
  tidy(): void {
    this.#idle.tidy()
  }

  /**
   * Closes all seeks and tables in this process, and prevents new seeks and tables. The logs stay as they are, so the next
   * process can restore them.
   */
  close(reason: Error): void {
    this.#closed ??= reason
    this.#idle.close()
    this.#stopListening?.()
    this.#matchmaker.close()
    const tables = [...this.#tables.all]
    for (const table of tables) table.close(reason)
    const released = this.#lease?.then((lease) => lease.release())
    this.#closing = Promise.all([this.#closing, released, ...tables.map((table) => table.settled())])
  }

  /** Resolves when all earlier appends and results are done or have failed. */
  async settled(): Promise<void> {
    await this.#closing
    await this.recorder.settled()
  }

  /** Resumes all tables after an outage. */
  #availabilityChanged(): void {
    if (!this.writable) return
    // no game continued during the outage, so idle tables get more time
    this.#idle.extend()
    const tables = [...this.#tables.all]
    for (const table of tables) table.isPaused = true
    this.#resumeTables(tables.values())
    void this.recorder.recordMissing()
  }

  /** Resumes paused tables, some in each turn of the event loop. */
  #resumeTables(tables: Iterator<TableActor>): void {
    const isMore = sweepSome(tables, (table) => table.isPaused && table.resume())
    if (isMore) this.#options.clock.after(0, () => this.#resumeTables(tables))
  }

  /** Throws the reason if the hall is closed. */
  #checkOpen(): void {
    if (this.#closed) throw this.#closed
  }

  /** Returns the lease of this process; rejects with the reason of `close` if the hall is closed. */
  async lease(): Promise<LeaseId> {
    this.#checkOpen()
    this.#lease ??= this.#options.store.meeting.leases.grant()
    return (await this.#lease).id
  }

  #rules(game: string): AnyGame {
    const rules = this.#options.games.get(game)
    if (!rules) throw new RangeError(`this server has no game ${game}`)
    return rules
  }

  #add(table: TableActor): void {
    if (table.closed) return
    this.#tables.add(table)
    this.#listing.update(table)
    this.recorder.watch(table)
    this.#idle.add(table)
    table.whenQuiet(this.#remove)
  }

  #changed(table: TableActor): void {
    this.#listing.update(table)
    if (table.isInHistories || !table.state.ended) return
    table.isInHistories = true
    this.#options.onEnded?.(table)
    addToHistories(this.#options.store.history, table, this.#options.onError)
  }

  /** This function is a field because a closure for each table would take a hundred bytes. */
  readonly #remove = (table: TableActor): void => {
    this.#tables.remove(table)
    this.#listing.remove(table)
    if (this.#tables.size === 0) this.#idle.stop()
  };

  *#known(): Iterable<TableActor> {
    for (const table of this.#tables.all) if (table.isPublished) yield table
  }
}
