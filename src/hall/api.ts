import type { Catalog } from '../games/catalog.ts'
import type { AnyGame, SeatNumber } from '../games/game.ts'
import type { EndedConnections, OpenedSession, SessionChoice, SessionList } from './account-info.ts'
import type { ActType } from './events.ts'
import type { ClockTerms, FinishedGame, GameRecord, GameResult, GameTerms, MissedEvents, RecordRange } from './game-records.ts'
import type { PeerLink, SeatLinks } from './peer-links.ts'
import type { LobbyRefusal } from './refusals.ts'
import type { TableBoard, TableEventView, TableSnapshot } from './table-views.ts'

export {
  type EndedConnections,
  formatEnded,
  type OpenedSession,
  type SessionChoice,
  type SessionInfo,
  type SessionList,
} from './account-info.ts'
export type { ActType, VisibleEvent } from './events.ts'
export type {
  ClockTerms,
  FinishedGame,
  GameRecord,
  GameResult,
  GameTerms,
  MissedEvent,
  MissedEvents,
  RecordedEvent,
  RecordRange,
} from './game-records.ts'
export type { PeerEndpoint, PeerLink, SeatLinks } from './peer-links.ts'
export { type LobbyRefusal, type RefusalCode, refusalCodes } from './refusals.ts'
export type { TableBoard, TableEventView, TableSnapshot, TableView } from './table-views.ts'

/** SeekTerms has the terms of a game that a user seeks. */
export interface SeekTerms {
  readonly game: string
  /** The game's own settings, by name; a missing setting has its default. */
  readonly settings: Readonly<Record<string, number>>
  /** Name of the only user who can accept the seek, if it is a challenge. */
  readonly against?: string | undefined
  /** True if the answer contains an invitation code, and only users with this code can accept the seek. */
  readonly private?: boolean | undefined
  /**
   * Code of the user's earlier private seek, which ended with a lost connection. The new seek gets this code again, unless another open
   * seek has it.
   */
  readonly code?: string | undefined
  /** True if the game is rated. A rated game needs two registered users. */
  readonly rated?: boolean | undefined
  readonly clock?: ClockTerms | undefined
  /** Seats that the user accepts, in order of preference; missing if the user accepts every seat. */
  readonly seats?: readonly SeatNumber[] | undefined
  /**
   * Milliseconds until the house takes the other seat; if missing, the server's default applies; if `null`, the house never takes the
   * seat.
   */
  readonly wait?: number | null | undefined
  /** Cancels the open seek of the same user first; without `replace`, the server refuses a second seek. */
  readonly replace?: boolean | undefined
}

/** SeekAccepted is the answer to a seek that the server opens or matches. */
export interface SeekAccepted {
  /** Invitation code of a private seek. */
  readonly code?: string
  /** The user's earlier seek, which the new seek has replaced. */
  readonly replaced?: SeekInfo
  /**
   * A few open seeks for the same game: only their terms differ from the terms of the new seek. Missing if the hall matches the new seek
   * immediately.
   */
  readonly near?: readonly SeekInfo[]
}

/** SeekInfo has the facts of an open seek that other users may see. */
export interface SeekInfo extends GameTerms {
  readonly name: string
  readonly game: string
  readonly against?: string
}

/** TableInfo is the public description of a table. */
export interface TableInfo extends GameTerms {
  readonly table: number
  readonly game: string
  /** Names of the players, by seat. */
  readonly names: readonly string[]
  /** Seats whose owners are disconnected; missing if there are no such seats. */
  readonly away?: readonly SeatNumber[]
  readonly watchers: number
  readonly over: boolean
}

/** HeldSeat is a seat of the user that this session has not resumed, with its table. */
export interface HeldSeat extends TableInfo {
  /** True if another session of the same user is subscribed to the table. */
  readonly elsewhere?: true
}

/** PersonInfo is a user who is online. */
export interface PersonInfo {
  readonly name: string
  readonly registered: boolean
  /** Tables at which the user has a seat. */
  readonly tables: readonly number[]
  /** The connections of the user; missing if they are unknown. */
  readonly links?: readonly PeerLink[]
}

/** PageRange selects a part of a list: at most `count` items, beginning with the index `from`. Default of `from`: 0. */
export interface PageRange {
  readonly from?: number
  readonly count: number
}

/** Page is a part of a list, with the length of the whole list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly total: number
}

/** LobbyLists has the first pages of the users online, the open seeks and the public tables. */
export interface LobbyLists {
  readonly people: readonly PersonInfo[]
  readonly seekers: readonly SeekInfo[]
  readonly tables: readonly TableInfo[]
  readonly total: { readonly people: number; readonly seekers: number; readonly tables: number }
}

/** LobbyChange is the difference between two LobbyLists: new or changed rows, and the names and numbers of removed rows. */
export interface LobbyChange {
  readonly people: readonly PersonInfo[]
  readonly peopleGone: readonly string[]
  readonly tables: readonly TableInfo[]
  readonly tablesGone: readonly number[]
  /** All open seeks of the page; missing if the seeks have not changed. */
  readonly seekers?: readonly SeekInfo[]
  readonly total: LobbyLists['total']
}

/** LadderRow is one row of a game's ladder. */
export interface LadderRow {
  readonly rank: number
  readonly name: string
  /** Rating, or points if the game gives points. */
  readonly score: number
  readonly games: number
}

/** RatingChanges has the effect of one game on the ladder. */
export interface RatingChanges {
  readonly table: number
  readonly game: AnyGame
  /** Ratings of the players on the ladder, or their points if the game gives points; `before` is missing for a player's first game. */
  readonly changes: readonly { readonly name: string; readonly before?: number; readonly after: number }[]
}

/** TableListener receives the events of the tables to which one session is subscribed. */
export interface TableListener {
  /**
   * Called when the user gets a seat by a matched seek or a rematch, through any session; a call of `tableEvent` follows for each event.
   */
  seated(snapshot: TableSnapshot): void
  tableEvent(update: TableEventView): void
  /** Called when the ladder counts the result of a game. */
  recorded(recorded: RatingChanges): void
  /** Called when a table fails, with the reason as a sentence; it is the last call for that table. */
  closed(table: number, sentence: string): void
}

/** LobbyListener receives the notifications of one session: the events of its tables, challenges and messages. */
export interface LobbyListener extends TableListener {
  /** Called when another user challenges this user. */
  challenged(seeker: SeekInfo): void
  /** Called when another user withdraws a challenge to this user. */
  challengeWithdrawn(seeker: SeekInfo): void
  /** Called when the challenged user declines; `by` has that user's name and the terms of the closed seek. */
  challengeRefused(by: SeekInfo): void
  /** Called when another user sends a message to this user. */
  messageReceived(message: DirectMessage): void
  /**
   * Called when a game of this account ends at a table to which the session is not subscribed; a call of `recorded` follows for a
   * rated game.
   */
  finished?(game: FinishedGame): void
  /** Called when another session of the same user has canceled or replaced the user's open seek. */
  seekCanceled?(seek: SeekInfo): void
  /** Called when the server has closed the user's open seek because of a failure or a limit, with the reason as a sentence. */
  seekFailed?(seek: SeekInfo, reason: string): void
  /** Called when the lobby has changed, if the session has subscribed to the lobby. */
  lobbyChanged?(change: LobbyChange): void
  /** Called when the session loses a table, because the session's user has changed. */
  left?(table: number): void
}

/** DirectMessage is a message from one user to another. */
export interface DirectMessage {
  /** Name of the sender. */
  readonly name: string
  readonly text: string
}

/**
 * Lobby has the operations in the hall that the client of one session can request. A request that the server refuses changes nothing.
 */
export interface Lobby {
  /** The games of this server. */
  readonly catalog: Catalog
  /** The user of this session; `undefined` before it has a name. */
  readonly me: PersonInfo | undefined
  /**
   * Sets the user of this session. A registered name needs its password. A guest's name must be free, unless the caller has the
   * reconnect secret of the guest of that name; the server then ends the other connection of that guest.
   */
  enter(name: string, how?: { readonly password?: string; readonly secret?: string }): Promise<LobbyRefusal | undefined>
  register(name: string, password: string): Promise<LobbyRefusal | undefined>
  /** A new reconnect secret for this guest; it makes the previous secret invalid. `undefined` for a registered user. */
  readonly reconnectSecret: string | undefined
  /**
   * Milliseconds since the Unix epoch at which the registered user was last online; `undefined` for guests, or if the time is unknown.
   */
  readonly awaySince: number | undefined
  /** Checks whether the rules allow a name for a registration; does not check whether another user has the name. */
  checkName(name: string): LobbyRefusal | undefined
  /** Refuses a password that is not the user's password. */
  confirmPassword(password: string): Promise<LobbyRefusal | undefined>
  /** Checks a new password against the rules for length and characters. */
  checkPassword(password: string): LobbyRefusal | undefined
  /** Changes the user's password, and ends all login sessions, all other connections and the tokens of all seats of the account. */
  changePassword(old: string, password: string): Promise<EndedConnections | LobbyRefusal>
  /** Removes the user's account with all its data; afterwards this session has no user. */
  unregister(password: string): Promise<EndedConnections | LobbyRefusal>
  /** Opens a login session for a registered user. */
  openSession(): Promise<OpenedSession | LobbyRefusal>
  /** Lists the login sessions and the connections of the user's account. */
  listSessions(): Promise<SessionList | LobbyRefusal>
  /**
   * Ends login sessions of the user's account, and the connections that have logged in by these sessions; this connection stays open.
   */
  endSessions(which: SessionChoice): Promise<EndedConnections | LobbyRefusal>
  /** Sets the user by the token of a login session. */
  enterBySession(session: string): Promise<LobbyRefusal | undefined>
  /** Closes a login session: its token becomes invalid. */
  closeSession(session: string): Promise<LobbyRefusal | undefined>
  /** Returns a registered name in its owner's spelling; `undefined` for a name that is not registered. */
  registeredName(name: string): Promise<string | undefined>

  /** Lists the online users, each user once, in order of arrival. */
  listPeople(range: PageRange): Page<PersonInfo>
  /** Checks whether a user of exactly this name is online. */
  isOnline(name: string): boolean
  /** Returns the name of an online user in that user's spelling; `undefined` for a user who is offline. */
  findOnlineName(name: string): string | undefined
  /** Lists the open seeks without an invitation, in order of arrival. */
  listSeeks(range: PageRange): Page<SeekInfo>
  /** Lists the open seeks that any user can accept. */
  listOpenSeeks(range: PageRange): Page<SeekInfo>
  /** Lists the open challenges to this user. */
  listChallenges(range: PageRange): Page<SeekInfo>
  /** The user's open seek; `undefined` without a seek that other users can see. */
  readonly ownSeek: SeekInfo | undefined
  /** The user's open private seek. */
  readonly ownInvitation: SeekInfo | undefined
  /**
   * Lists the public tables with a game under way: first the tables with subscribers, then the other tables; newer tables come before
   * older tables.
   */
  listTables(range: PageRange): Page<TableInfo>
  /** Subscribes to changes of the lobby, until `unsubscribe`; returns the page to which the changes apply. */
  subscribe(): LobbyLists
  unsubscribe(): void
  ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal>
  /** Returns the user's row of a ladder; `undefined` for a user without a rating. */
  rank(game: string): Promise<(LadderRow & { readonly of: number }) | undefined | LobbyRefusal>

  /**
   * Lists the finished games of a user, newest first, with the user's name. Default: this user. Includes private games only if a
   * registered user requests that user's own history.
   */
  history(name: string | undefined, range: PageRange): Promise<(Page<FinishedGame> & { readonly name: string }) | LobbyRefusal>
  /** Lists the latest `HISTORY` finished public games of all users, newest first. */
  recent(range: PageRange): Promise<Page<GameResult>>
  /**
   * Reads the record of a finished game. The game must be public, or this user must have played it, or `token` must be the token of a seat
   * that a guest has in it. Refuses a private game of other users with the same error as a table that does not exist.
   */
  record(table: number, range: RecordRange, token?: string): Promise<GameRecord | LobbyRefusal>

  /**
   * Opens a seek, or accepts a suitable open seek; the lobby calls the listener's `seated` when the table exists, perhaps before this
   * promise resolves.
   */
  seek(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal>
  /**
   * Cancels the user's open seek, even if another session of the user has opened it; resolves to true if there was a seek. If the hall
   * has just matched the seek, the promise resolves to false, and the lobby calls `seated`.
   */
  cancel(): Promise<boolean>
  /** Accepts the private seek with this code. With `replace`, cancels the user's own open seek first. */
  join(code: string, replace?: boolean): Promise<LobbyRefusal | undefined>
  /** Accepts a challenge to this user, and cancels the user's own open seek. Without a name, there must be exactly one challenge. */
  acceptChallenge(name?: string): Promise<LobbyRefusal | undefined>
  /**
   * Declines a challenge to this user, and notifies the sender of the challenge. Without a name, there must be exactly one challenge.
   */
  refuseChallenge(name?: string): Promise<LobbyRefusal | undefined>
  /** Subscribes to a table as a watcher, until `leave`. */
  watch(table: number): TableSnapshot | LobbyRefusal
  /** Ends the subscription to a table, if the session watches the table or if its game is over. */
  leave(table: number): LobbyRefusal | undefined
  /** Resumes a seat by its token; `after` is the number of the last event that the client has: the server replays the later events. */
  resume(token: string, after?: number): Promise<TableSnapshot | LobbyRefusal>
  /** True if games survive a restart of the server. */
  readonly keepsGames: boolean
  /** True if the user has another lobby session, through another connection, so that the user's seek outlives this session. */
  readonly hasOtherSessions: boolean
  /** Checks whether another connection, too, has this session's seat at a table. */
  isHeldElsewhere(table: number): boolean
  /** The user's seats at open tables to which this session is not subscribed; `resumeSeat` resumes such a seat. */
  readonly heldSeats: readonly HeldSeat[]
  /** Resumes the user's own seat at a table; `after` is the number of the last event that the client has. */
  resumeSeat(table: number, after?: number): Promise<TableSnapshot | LobbyRefusal>

  /**
   * Lists the events of a table to which the session is subscribed, after the event with the number `after`. Without that number, lists
   * the events since the last disconnection of the session's seat, if the seat has not moved since then; otherwise lists no events.
   */
  missed(table: number, after?: number): Promise<MissedEvents | LobbyRefusal>

  /** Renders the board of a table to which the session is subscribed, for the session's seat or for a watcher. */
  board(table: number): TableBoard | LobbyRefusal
  /** Makes a move in the game's notation. Resolves when the store has the move and the table has published it. */
  play(table: number, move: string, after?: number): Promise<LobbyRefusal | undefined>
  say(table: number, text: string): Promise<LobbyRefusal | undefined>
  /** Returns the number of other clients at a table that show this user's talk. */
  countTalkReceivers(table: number): number
  /** Sends a message to another user who is online. */
  message(name: string, text: string): Promise<LobbyRefusal | undefined>
  /**
   * Mutes an online or registered user by name until the end of this session: the session receives neither messages nor challenges of
   * that user.
   */
  mute(name: string): Promise<LobbyRefusal | undefined>
  unmute(name: string): LobbyRefusal | undefined
  /** The names of the muted users. */
  readonly muted: readonly string[]
  /** Returns true unless this session has muted the user of this name. */
  isUnmuted(name: string): boolean
  /** Lists the names of a table's watchers. */
  watchers(table: number, range: PageRange): Page<string> | LobbyRefusal
  /** Lists the owners of a table's seats, and how each owner is connected. */
  seatLinks(table: number): readonly SeatLinks[] | LobbyRefusal
  /** Performs an act at a table: offers, accepts or declines a draw or a rematch, or ends the game. */
  act(table: number, act: ActType): Promise<LobbyRefusal | undefined>
}
