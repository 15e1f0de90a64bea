import type { Catalog } from '../games/catalog.ts'
import type { GameAssets, SeatNumber } from '../games/game.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import type { People } from '../hall/accounts/people.ts'
import type { RandomBytes } from '../hall/accounts/tokens.ts'
import type { GameRecord, LobbyListener, LobbyLists, LobbyRefusal, PeerLink, RecordRange } from '../hall/api.ts'
import type { Hall } from '../hall/hall.ts'
import type { PersonId, TableId } from '../hall/ports.ts'
import type { DiskQuotas } from './disk-quota.ts'
import type { UserNotifier } from './user-notices.ts'
import type { SessionRegistry } from './user-sessions.ts'

/** HallLimits has the maximum numbers of seats per user, and of tables; `Infinity` for no maximum. */
export interface HallLimits {
  readonly seats: number
  readonly tables: number
  /** Maximum number of tables and open seeks of one address, including the addresses of this machine. */
  readonly address?: number | undefined
  /** Megabytes that one address may add to the disk in an hour. */
  readonly disk?: number | undefined
  /** Milliseconds that may pass at a table without a move. */
  readonly move?: number | undefined
}

/** The limits of a hall without limits. */
export const unlimitedHall: HallLimits = {
  seats: Number.POSITIVE_INFINITY,
  tables: Number.POSITIVE_INFINITY,
  address: Number.POSITIVE_INFINITY,
  disk: Number.POSITIVE_INFINITY,
  move: Number.POSITIVE_INFINITY,
}

/**
 * RecordAccess is the access of a client to the records of private games: the user who has played the games, or the token of a guest’s
 * seat.
 */
export interface RecordAccess {
  readonly person?: PersonId | undefined
  /** The token in the spelling of the client. */
  readonly token?: string | undefined
}

/** GameRecords reads the records of finished games (`records.ts`). */
export interface GameRecords {
  /**
   * Reads a page of the record of a finished game that `reader` may see: a public game, or a private game to which the reader has access.
   * Refuses every other private game with the same error as a table that does not exist. Refuses a game that is not over, because its
   * players could read the views of their opponents in the record.
   */
  read(table: TableId, range: RecordRange, reader?: RecordAccess): Promise<GameRecord | LobbyRefusal>
}

/** LobbySubscribers has the sessions that receive the changes of the lobby (`lobby-feed.ts`). */
export interface LobbySubscribers {
  /** Subscribes a listener, unless it is subscribed; returns the first page of the lobby, to which the changes apply. */
  subscribe(listener: LobbyListener): LobbyLists
  /** Unsubscribes a listener; does nothing for a listener that is not subscribed. */
  unsubscribe(listener: LobbyListener): void
}

/** LobbyContext has the services of the server for sessions and seatings: the hall, its people, challenges and limits. */
export interface LobbyContext {
  readonly hall: Hall
  readonly people: People
  readonly userNotifier: UserNotifier
  /** The lobby sessions of each user. */
  readonly sessions: SessionRegistry
  /** The games of this server. */
  readonly catalog: Catalog
  /** The records of finished games. */
  readonly records: GameRecords
  /** Notifies sessions of changes of the lobby. */
  readonly feed: LobbySubscribers
  readonly stock: GameAssets
  /** Source of tokens and codes. */
  readonly bytes: RandomBytes
  /**
   * Milliseconds that a user waits for an opponent before the house takes the seat. `undefined` means the defaults: 0 for a
   * worksheet program, and ten seconds at the front door.
   */
  readonly wait: number | undefined
  readonly limits: HallLimits
  /** Counts of the bytes that each network adds to the disk. */
  readonly spendings: DiskQuotas
  /** True if open tables outlive the process. */
  readonly keeps: boolean
  /** Called with errors that do not stop the server. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** SeatingObserver is notified of the seats that one peer takes. */
export interface SeatingObserver {
  /** Called with the numbers of the table and of the seat. */
  onSeated(table: TableId, seat: SeatNumber): void
}

/**
 * SessionPeer has the members of a connection that a lobby session needs. They suffice for a session without a conversation, such as the
 * session of a WebSocket.
 */
export interface SessionPeer {
  /** The peer's address, without its port. */
  readonly address: string
  /** True for a peer on this machine; `undefined` if the location of the peer is unknown. */
  readonly loopback?: boolean
  /** How the peer is connected; `undefined` if the connection is unknown. */
  readonly link?: PeerLink | undefined
  /** Called if the server ends the session, with a sentence for the user; the callee closes the session and the connection. */
  end(reason: string): void
  /** Resolves when the peer has read most of the output. If it is missing, output does not wait for the peer. */
  ready?(): Promise<void>
  /** Charges the peer's budget for its last message; missing for a peer without a budget. */
  charge?(cost: number): void
}

/** SessionContext has the values that all parts of one lobby session use. */
export interface SessionContext {
  readonly context: LobbyContext
  readonly peer: SessionPeer
  /** The user; `undefined` before the login. */
  readonly user: OnlineUser | undefined
  /** The reason of the session's end; `undefined` until the end. */
  readonly closed: Error | undefined
  /** Notified of each seat that the session takes. */
  readonly observer: SeatingObserver | undefined
}
