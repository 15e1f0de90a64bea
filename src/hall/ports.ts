import type { Refusal } from '../games/game.ts'
import type { PersonId, TableEvent, TableId } from './events.ts'
import type { LeaseId, Meeting } from './meeting-ports.ts'
import type { FinishedGames, Results } from './result-ports.ts'

export type { ClockRules, OpeningEvent, PersonId, SeatOwner, Seed, TableEvent, TableEventData, TableId } from './events.ts'
export type {
  Lease,
  LeaseId,
  Leases,
  Meeting,
  Presence,
  PresenceChange,
  PresentPerson,
  Receipt,
  SeekChange,
  SeekClaim,
  SeekEntries,
  SeekEntry,
  SeekId,
  UserNotice,
  UserNotices,
} from './meeting-ports.ts'
export { LeaseExpired } from './meeting-ports.ts'
export type { FinishedGames, FinishedTable, HistoryRange, Rating, Results, SeatScores, Standing } from './result-ports.ts'
export { GUESTS, HISTORY } from './result-ports.ts'

/** The person of the house, the built-in player. */
export const HOUSE: PersonId = 'house'

/** The person of all peers without a name, such as most clients of worksheets. */
export const PEER: PersonId = 'peer'

/** Checks whether a person is a registered user. */
export function hasAccount(person: PersonId): boolean {
  return person.startsWith('account:')
}

/**
 * VersionConflict is the failure of an append: the log already has other events after `expected`. The append has changed nothing.
 */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict'

  constructor(table: TableId, expected: number) {
    super(`table ${table} has other events after number ${expected}`)
  }
}

/**
 * StoreFailure is the error of a failed operation of a store; the operation has written nothing. After a temporary failure, as on a full
 * disk, a later attempt may succeed.
 */
export class StoreFailure extends Error {
  readonly temporary: boolean

  constructor(temporary: boolean, sentence: string, cause?: unknown) {
    super(sentence, { cause })
    this.temporary = temporary
  }
}

/** Checks whether an error is a temporary failure of a store. */
export function isTemporary(error: unknown): error is StoreFailure {
  return error instanceof StoreFailure && error.temporary
}

/** The refusal of every command at a table that has failed. */
export const CLOSED: Refusal = { refused: 'this table is closed' }

/** The refusal of a request whose effect the store cannot write. */
export const UNWRITABLE = 'the server cannot write to its disk now; nothing was lost; try again later'

/** Availability reports whether a store can write. */
export interface Availability {
  /** The reason why the store cannot write; `undefined` while it can. */
  readonly failure: StoreFailure | undefined
  /** Calls `then` at the beginning and at the end of each outage; returns a function that unsubscribes. */
  onChange(then: () => void): () => void
}

/** ReadTable has all events of a table, or the error of a failed read. */
export type ReadTable =
  | { readonly table: TableId; readonly events: readonly TableEvent[] }
  | { readonly table: TableId; readonly failure: Error }

/** TableLog persists the events of all tables. */
export interface TableLog {
  /** True if actors of several processes append to one table; otherwise, only one process at a time appends to a table. */
  readonly isShared?: boolean
  /**
   * Returns a number that no table has had, or a promise of the number: an implementation may have a block of reserved numbers. With a
   * lease, the call also claims the table for that lease. Rejects with `LeaseExpired` after the end of the lease.
   */
  newTable(lease?: LeaseId): TableId | Promise<TableId>
  /**
   * Claims tables for the process of a lease, so that only one process starts actors for them; resolves to the tables that no other lease
   * has claimed. Rejects with `LeaseExpired` after the end of the lease.
   */
  claim(tables: readonly TableId[], lease: LeaseId): Promise<readonly TableId[]>
  /**
   * Appends events to a table whose last event has the number `expected`, 0 for a new table. Calls `then` when the events are durable; if
   * the append fails, passes a `VersionConflict` or a failure of the store to `then`. The log calls `then` asynchronously, after it has
   * called the followers, and for one table in the order of the appends; `then` must not throw. Returns the number of bytes that the append
   * adds, if the log knows that number.
   */
  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined
  /** Reads a table's events after the number `after`, in order; an empty array for an unknown table. */
  read(table: TableId, after: number): Promise<readonly TableEvent[]>
  /** Reads all events of many tables, in any order; takes less time than one `read` for each table. */
  readAll(tables: readonly TableId[]): AsyncIterable<ReadTable>
  /**
   * Calls `then` with a table's events, in order, as soon as they are persisted and before `append` calls back. These include events that
   * another process has appended. They begin with the first event that the log persists after this call, so they include the events of a
   * pending append. Returns a function that unsubscribes.
   */
  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void
  /** Lists the tables without an event `ended`, ascending. */
  unfinished(): Promise<readonly TableId[]>
  /** Lists the rated tables that ended after the table `after`, in the order of their ends. */
  ended(after?: TableId): Promise<readonly TableId[]>
}

/** Account is the stored data of a registered user. */
export interface Account {
  readonly person: PersonId
  /** Folded name (`foldName`): it is the same for all spellings of the name, and unique among accounts. */
  readonly key: string
  /** Name in its owner's spelling. */
  readonly name: string
  /** Hash of the password, in the PHC form `$argon2id$...`. */
  readonly password: string
  /** Milliseconds since the Unix epoch at which the user registered. */
  readonly since: number
}

/** LoginSession is a login that outlives its connection. */
export interface LoginSession {
  /** SHA-256 of the token, in hex. */
  readonly token: string
  readonly person: PersonId
  /** Milliseconds since the Unix epoch at which the session ends. */
  readonly until: number
  /** Time at which the session began, in milliseconds since the Unix epoch. */
  readonly since: number
  /**
   * Time of the last login with the token, to the minute, in milliseconds since the Unix epoch; before the first such login, the time at
   * which the session began.
   */
  readonly used: number
}

/** Maximum number of login sessions of one account; above it, the store deletes the sessions that end first. */
export const SESSIONS = 100

/** Milliseconds for which the store retains a session after its end, so that it deletes no session if the clock is wrong for a while. */
export const REMEMBERED = 30 * 24 * 3_600_000

/** Accounts persists the registered users, their login sessions and the origins of their logins. */
export interface Accounts {
  /** Resolves to the account with a folded name; `undefined` without such an account. */
  named(key: string): Promise<Account | undefined>
  /** Resolves to the account of a person; `undefined` without an account. */
  of(person: PersonId): Promise<Account | undefined>
  /** Lists all accounts, in order of registration. */
  all(): Promise<readonly Account[]>
  /**
   * Lists at most `limit` accounts in order of registration: the accounts after the account `after`, or the first accounts if `after` is
   * missing.
   */
  page(after: PersonId | undefined, limit: number): Promise<readonly Account[]>
  /** Adds an account and resolves to the account; resolves to `undefined` if another account has the key. */
  add(account: Omit<Account, 'person'>): Promise<Account | undefined>
  /**
   * Sets an account's password hash and closes its login sessions; resolves to the number of closed sessions. Resolves to `undefined` for
   * an unknown account, and also if `was` is given but is not the account's present hash.
   */
  setPassword(person: PersonId, password: string, was?: string): Promise<number | undefined>
  /**
   * Deletes an account, its login sessions and its standings; resolves to the number of sessions, or to `undefined` for an unknown
   * account. The account's name becomes free, and `record` sets no standing for its person from then on.
   */
  remove(person: PersonId): Promise<number | undefined>
  /** Adds a session; if its account then has more than `SESSIONS` sessions, closes the sessions that end first. */
  openSession(session: LoginSession): Promise<void>
  /**
   * Resolves to the session with a token, unless the session has ended at `now`. Deletes sessions that ended more than `REMEMBERED`
   * before `now`.
   */
  session(token: string, now: number): Promise<LoginSession | undefined>
  /** Lists the sessions of a person that have not ended at `now`, in any order. */
  sessionsOf(person: PersonId, now: number): Promise<readonly LoginSession[]>
  /** Sets the time of the last login with the token of a session; does nothing if the session is closed. */
  useSession(token: string, used: number): Promise<void>
  closeSession(token: string): Promise<void>
  /**
   * Closes all sessions of a person except the sessions with the tokens `kept`; resolves to the number of closed sessions that had not
   * ended at `now`.
   */
  closeOtherSessions(person: PersonId, kept: readonly string[], now: number): Promise<number>
  /** Adds the origin of a user's login, as a text that hides the address; the store retains only the latest few origins of each user. */
  addPlace(person: PersonId, place: string): Promise<void>
  /** Lists the origins of logins, oldest first. */
  places(): Promise<readonly string[]>
}

/** Maximum number of rows of disk usage in the store; above it, the store drops the rows with the fewest bytes. */
export const USAGES = 20_000

/** NetworkUsage has the number of bytes that one network has added to the disk in one part of an hour. */
export interface NetworkUsage {
  /** Mark of the network (`network-holdings.ts`), made with the salt of `DiskUsage`. */
  readonly network: string
  /** Number of the part of an hour, counted from the Unix epoch. */
  readonly part: number
  readonly bytes: number
}

/** DiskUsage persists the numbers of bytes that networks have recently added to the disk. */
export interface DiskUsage {
  /**
   * Reads the salt of the marks in hexadecimal digits, the time of the last `add`, and all rows; the rows of a network are in ascending
   * order of their parts.
   */
  load(): Promise<{ readonly salt: string; readonly at: number; readonly usages: readonly NetworkUsage[] }>
  /** Adds bytes to the rows, drops the parts before `from`, and sets the time. */
  add(usages: readonly NetworkUsage[], time: { readonly from: number; readonly at: number }): Promise<void>
}

/** Store persists the data of a server, and has the ports for the cooperation of several servers' halls. */
export interface Store {
  /** True if the content of the store outlives the process. */
  readonly isDurable?: boolean
  /** True if each commit waits for the disk, so that few large commits are faster than many small commits. */
  readonly waitsForDisk?: boolean
  readonly tables: TableLog
  readonly results: Results
  readonly history: FinishedGames
  readonly accounts: Accounts
  readonly usage: DiskUsage
  readonly meeting: Meeting
  /** Reports outages; without it, the store is always available. */
  readonly availability?: Availability
  /** Copies all data to a file while the store is in use. Only a store on disk has this method. */
  backup?(file: string): Promise<void>
  /**
   * Throws a StoreFailure if another process has removed, replaced or truncated the files of the store. Only a store on disk has this
   * method.
   */
  checkFiles?(): void
  /** Finishes pending work, and closes all files. */
  close(): Promise<void>
}
