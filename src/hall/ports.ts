import type { Outcome, Refusal, SeatNumber } from '../games/game.ts'

/** TableId is the number of a table, as people say it: "watch 17". */
export type TableId = number

/** PersonId names somebody for ever: `guest:ada`, `account:7`; `house`; `peer` for one who never said who it is. */
export type PersonId = string

/** The house, as a player. */
export const HOUSE: PersonId = 'house'

/** The person of a peer that never said who it is, as most classroom programs. */
export const PEER: PersonId = 'peer'

/** Checks whether somebody's name is registered. */
export function hasAccount(person: PersonId): boolean {
  return person.startsWith('account:')
}

/** Sitter is who holds a seat, as the journal has it. */
export interface Sitter {
  readonly person: PersonId
  /** As shown to others. */
  readonly name: string
  /** What the holder can show to be let back to this seat: the SHA-256 of a token, in hex. */
  readonly token?: string
  /** Mark of the network from which the seat was taken (`owners.ts`). */
  readonly from?: string
}

/**
 * Seed is what all draws in a game come from. A text begins with the number of its version and a colon (`seeds.ts`); a
 * number stands in logs that were begun before seeds had versions.
 */
export type Seed = number | `1:${string}`

/** ClockRules say how long somebody may take, in milliseconds; what is not there is not limited. */
export interface ClockRules {
  /** For all moves of one seat together. */
  readonly total?: number | undefined
  /** For each turn. */
  readonly turn?: number | undefined
  /** To come back after the connection is gone, while the game is not over. */
  readonly grace?: number | undefined
}

/** Happening is what can happen at a table. Plain data, as it stands in the journal. */
export type Happening =
  | {
      readonly type: 'opened'
      readonly game: string
      /** What was asked for, as anybody may see it. */
      readonly options: unknown
      /** The game at its start, secrets and all. */
      readonly state: unknown
      /** What all chance in the game comes from. */
      readonly seed: Seed
      readonly seats: readonly Sitter[]
      /** What comes of it counts for the game's ladder. */
      readonly rated: boolean
      /** Only those who sit there know of it. */
      readonly private: boolean
      readonly clock: ClockRules
    }
  | { readonly type: 'moved'; readonly seat: SeatNumber; readonly move: unknown }
  | { readonly type: 'said'; readonly name: string; readonly seat?: SeatNumber; readonly text: string }
  | { readonly type: 'offered'; readonly seat: SeatNumber; readonly what: 'draw' | 'rematch' }
  | { readonly type: 'declined'; readonly seat: SeatNumber }
  | { readonly type: 'gone'; readonly seat: SeatNumber }
  | { readonly type: 'back'; readonly seat: SeatNumber }
  /** The server was started anew: clocks stand still until somebody comes back. */
  | { readonly type: 'suspended' }
  /** Draws come from another seed from here on: the seed before could be computed from what players see. */
  | { readonly type: 'reseeded'; readonly seed: Seed }
  /** The token of a seat no longer lets its holder back: its owner's password has been changed. */
  | { readonly type: 'revoked'; readonly seat: SeatNumber }
  /** The game is over; `counts` where it counts for the ladder. */
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly counts?: true }
  /** Those who sat here go on at another table. */
  | { readonly type: 'continued'; readonly table: TableId }

/**
 * TableEvent is a happening, its number at its table, counted from 1, and its time.
 * The time is in milliseconds since the Unix epoch, by the table's own clock: it never decreases, and the difference of two
 * times in one process is the time that passed, however the system's clock was set in between.
 */
export type TableEvent = Happening & { readonly n: number; readonly at: number }

/** VersionConflict: somebody else has appended to the table meanwhile, so that nothing was appended now. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict'

  constructor(table: TableId, expected: number) {
    super(`table ${table} has other events after number ${expected}`)
  }
}

/**
 * StoreFailure is why a store did not do what it should; nothing was written. Where it is temporary, as on a full disk, the
 * same may succeed later.
 */
export class StoreFailure extends Error {
  readonly temporary: boolean

  constructor(temporary: boolean, sentence: string, cause?: unknown) {
    super(sentence, { cause })
    this.temporary = temporary
  }
}

/** Checks whether an error is a store's failure that may end later. */
export function isTemporary(error: unknown): error is StoreFailure {
  return error instanceof StoreFailure && error.temporary
}

/** The refusal of everything at a table that cannot go on. */
export const CLOSED: Refusal = { refused: 'this table is closed' }

/** Refusal of a request that cannot be written. */
export const UNWRITABLE = 'the server cannot write to its disk just now; nothing was lost; try again'

/** Availability is whether a store can write. */
export interface Availability {
  /** Reason why the store cannot write, for the operator; `undefined` while it can. */
  readonly failure: StoreFailure | undefined
  /** Calls `then` when an outage begins, and when it is over; the answer ends that. */
  onChange(then: () => void): () => void
}

/** Clock is where time comes from. */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch, which jumps when the system's clock is set: for what is stored or shown. */
  now(): number
  /** Monotonic time in whole milliseconds from any origin, which never jumps: for every span. */
  monotonic(): number
  /** Calls `then` once after `ms` milliseconds; the returned function cancels that. */
  after(ms: number, then: () => void): () => void
}

/** ReadTable is a table with all its events, or with the reason why they cannot be read. */
export type ReadTable =
  | { readonly table: TableId; readonly events: readonly TableEvent[] }
  | { readonly table: TableId; readonly failure: Error }

/** TableLog keeps what happened at all tables. */
export interface TableLog {
  /** A number that no table has had. */
  newTable(): TableId
  /**
   * Appends events to a table whose last event has the number `expected`, 0 for a new table. Calls `then` when they are
   * durable, or with the reason why they are not: a `VersionConflict`, or a failure of the store. It never calls at once,
   * and calls after the followers; for one table in the order of the appends; it should not throw. Returns the bytes that
   * this adds, if the log knows.
   */
  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined
  /** A table's events after the number `after`, in order; none for a table that is not known. */
  read(table: TableId, after: number): Promise<readonly TableEvent[]>
  /** Reads many tables from their first events, in any order: together, which costs less than one after the other. */
  readAll(tables: readonly TableId[]): AsyncIterable<ReadTable>
  /**
   * Calls `then` with a table's events as soon as they are kept, in order, whoever appends, and before `append`
   * answers: beginning with the first that are kept after this call, and so with an append that is on its way already.
   * The answer ends that.
   */
  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void
  /** The tables at which something goes on: those without an event `ended`, in order. */
  unfinished(): Promise<readonly TableId[]>
  /** The tables that have ended and count, in the order in which they did, after the one given. */
  ended(after?: TableId): Promise<readonly TableId[]>
}

/** Rating is a person's strength at a game, in the terms of Glicko-2. */
export interface Rating {
  readonly rating: number
  readonly deviation: number
  readonly volatility: number
}

/** Standing is what a person has reached in a game. */
export interface Standing {
  readonly person: PersonId
  readonly name: string
  /** What the ladder is ordered by: the rating, or points where the game gives those. */
  readonly score: number
  readonly games: number
  /** Where the game is rated. */
  readonly rating?: Rating
}

/** Guests on the ladder of one game, at most: those who have played it last. Anybody can be any number of guests. */
export const GUESTS = 10_000

/** Results keeps what came of the tables that ended: standings, one ladder a game. */
export interface Results {
  /** What a person has reached in a game. */
  standing(game: string, person: PersonId): Promise<Standing | undefined>
  /**
   * Sets the standings that follow from a table, unless this was done before; answers whether it was done now. Of persons
   * whose account has been removed nothing is set. Of guests on the ladder beyond `GUESTS`, those are forgotten who have not
   * played for longest, perhaps a few games later.
   */
  record(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean>
  /** The table that was recorded last. */
  last(): Promise<TableId | undefined>
  /** The best of a game, best first, `limit` at most. */
  ladder(game: string, limit: number): Promise<readonly Standing[]>
  /** A score's place in a game, 1 for the best, equal ones sharing it, and how many have one. */
  rank(game: string, score: number): Promise<{ readonly rank: number; readonly of: number }>
}

/** Tables in the history of one user, at most: the newest. */
export const HISTORY = 200

/** Finished is a table that has ended, as the history of those who sat there has it. */
export interface Finished {
  readonly table: TableId
  readonly game: string
  /** Time of its end, in milliseconds since the Unix epoch. */
  readonly at: number
  /** Names of the players, by seat. */
  readonly names: readonly string[]
  readonly outcome: Outcome
  readonly rated: boolean
  /** Points of each seat, in a game that has points. */
  readonly points?: readonly number[]
  /** Only those who sat there know of it. */
  readonly private: boolean
}

/** Slice is a part of a list: at most `count` items from the place `from` on, counted from 0; with private tables, or without. */
export interface Slice {
  readonly from: number
  readonly count: number
  readonly hidden: boolean
}

/** History keeps which tables each person has finished. It has what has ended since version 6 of the store. */
export interface History {
  /** Adds a finished table to the history of persons, whose oldest tables beyond `HISTORY` are forgotten. */
  add(persons: readonly PersonId[], finished: Finished): Promise<void>
  /** A part of what a person has finished, the highest number of a table first, and how many there are in all. */
  of(person: PersonId, slice: Slice): Promise<{ readonly items: readonly Finished[]; readonly total: number }>
  /** Finished tables in the histories of all, private ones too, with numbers above `after`, ascending; `count` at most. */
  all(after: TableId, count: number): Promise<readonly Finished[]>
}

/** Account is a name that belongs to somebody. */
export interface Account {
  readonly person: PersonId
  /** What is the same for all ways to write the name (`foldName`): no two accounts have the same. */
  readonly key: string
  /** As its owner writes it. */
  readonly name: string
  /** The password's hash, in the PHC form `$argon2id$...`. */
  readonly password: string
  /** Milliseconds since the Unix epoch. */
  readonly since: number
}

/** Session is a stay that outlives its connection. */
export interface Session {
  /** The SHA-256 of the token, in hex. */
  readonly token: string
  readonly person: PersonId
  /** Milliseconds since the Unix epoch. */
  readonly until: number
}

/** Sessions of one account, at most: those that end last. */
export const SESSIONS = 100

/** Milliseconds for which a session is remembered after its end: a clock that was wrong for a moment ends none for good. */
export const REMEMBERED = 30 * 24 * 3_600_000

/** Accounts keeps the registered names. */
export interface Accounts {
  /** The account of a key. */
  named(key: string): Promise<Account | undefined>
  /** The account of a person. */
  of(person: PersonId): Promise<Account | undefined>
  /** All accounts, in the order in which they were added. */
  all(): Promise<readonly Account[]>
  /** The accounts that were added after one, `limit` at most, in order; the first ones where none is given. */
  page(after: PersonId | undefined, limit: number): Promise<readonly Account[]>
  /** Adds an account and answers with it; `undefined` when the key is taken. */
  add(account: Omit<Account, 'person'>): Promise<Account | undefined>
  /**
   * Sets an account's password hash and closes its sessions; answers how many those were, or `undefined` if there is no
   * such account, or its hash is not `was`, where that is given.
   */
  setPassword(person: PersonId, password: string, was?: string): Promise<number | undefined>
  /**
   * Forgets an account, its sessions and its standings; answers how many sessions those were, or `undefined` if there is no
   * such account. Its name is free again, and `record` sets no standing for its person any more.
   */
  remove(person: PersonId): Promise<number | undefined>
  /** Opens a session; of its account's sessions beyond `SESSIONS`, those that end first are closed. */
  openSession(session: Session): Promise<void>
  /** The session of a token, if it is not over at `now`. Those that have been over for `REMEMBERED` are forgotten. */
  session(token: string, now: number): Promise<Session | undefined>
  closeSession(token: string): Promise<void>
  /** Notes the origin of a user's login, as a text that shows no address; the store has the latest few of each user. */
  addPlace(person: PersonId, place: string): Promise<void>
  /** Lists the origins of logins, the latest last. */
  places(): Promise<readonly string[]>
}

/** Rows of disk usage in the store, at most: those with the most bytes. */
export const USAGES = 20_000

/** Usage is the bytes that one network has added to the disk in one part of an hour. */
export interface Usage {
  /** The mark of the network (`owners.ts`), made with the salt of `DiskUsage`. */
  readonly network: string
  /** The number of the part. */
  readonly part: number
  readonly bytes: number
}

/** DiskUsage persists how much networks have added to the disk lately. */
export interface DiskUsage {
  /** The salt of the marks in hexadecimal digits, the time of the last `add`, and all rows, those of a network by ascending part. */
  load(): Promise<{ readonly salt: string; readonly at: number; readonly usages: readonly Usage[] }>
  /** Adds bytes to the rows, drops the parts before `from`, and sets the time. */
  add(usages: readonly Usage[], time: { readonly from: number; readonly at: number }): Promise<void>
}

/** Store is everything that outlives the process. */
export interface Store {
  /** True if its content outlives the process. */
  readonly keeps?: boolean
  /** Whether each commit waits for the disk, so that the fewer there are, the better. */
  readonly waitsForDisk?: boolean
  readonly tables: TableLog
  readonly results: Results
  readonly history: History
  readonly accounts: Accounts
  readonly usage: DiskUsage
  /** Availability for writes; always available by default. */
  readonly availability?: Availability
  /** Copies all of it to a file, while everything goes on; only where it is on disk. */
  backup?(file: string): Promise<void>
  /** Throws a StoreFailure if its files were removed, replaced or cut; only where it is on disk. */
  checkFiles?(): void
  /** Finishes what is under way, and lets go of files. */
  close(): Promise<void>
}
