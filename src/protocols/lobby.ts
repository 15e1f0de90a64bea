import type { Outcome, Refusal, SeatNumber } from '../games/game.ts'
import type { AnyGame } from '../games/index.ts'

/** ClockTerms say how long somebody may take, in milliseconds; what is not there is not limited. */
export interface ClockTerms {
  /** For all moves of one seat together. */
  readonly total?: number | undefined
  /** For each turn. */
  readonly turn?: number | undefined
}

/** GameWish is what somebody wants to play, and how. */
export interface GameWish {
  readonly game: string
  /** The game's own settings, by name; all that is not there is as usual. */
  readonly settings: Readonly<Record<string, number>>
  /** The name of the only one who is wanted opposite. */
  readonly against?: string | undefined
  /** Only somebody who has the code that comes of it is meant. */
  readonly private?: boolean | undefined
  /** It counts for the ladder, which takes two with registered names. */
  readonly rated?: boolean | undefined
  readonly clock?: ClockTerms | undefined
  /** The seats that would do; any, where it is not given. */
  readonly seats?: readonly SeatNumber[] | undefined
  /** Milliseconds until the house sits down opposite; as usual where it is not given, and never for `null`. */
  readonly wait?: number | null | undefined
  /** Cancels the open seek of the same user first; without it, an open seek refuses another. */
  readonly replace?: boolean | undefined
}

/** Sought is the answer to a seek that was accepted. */
export interface Sought {
  /** The code of a private seek. */
  readonly code?: string
  /** The open seek that this one has replaced. */
  readonly replaced?: Seeker
  /** Open seeks for the same game that differ only in their terms, a few; for a seek that is open itself. */
  readonly near?: readonly Seeker[]
}

/** GameTerms are what holds for a game between those who play it. */
export interface GameTerms {
  /** The game's own settings, by name, as far as they are known to anybody. */
  readonly settings: Readonly<Record<string, number>>
  /** It counts for the ladder. */
  readonly rated: boolean
  /** Missing where no time is limited. */
  readonly clock?: ClockTerms
}

/** Seeker is somebody who waits for company. */
export interface Seeker extends GameTerms {
  readonly name: string
  readonly game: string
  readonly against?: string
}

/** TableInfo is a table, as anybody may know it. */
export interface TableInfo extends GameTerms {
  readonly table: number
  readonly game: string
  /** Who sits there, by seat. */
  readonly names: readonly string[]
  /** The seats whose holders are not there; missing where all are. */
  readonly away?: readonly SeatNumber[]
  readonly watchers: number
  readonly over: boolean
}

/** HeldSeat is an own seat that this session has not taken up, by its table. */
export interface HeldSeat extends TableInfo {
  /** Another connection of the same user attends it. */
  readonly elsewhere?: true
}

/** PersonInfo is somebody who is here. */
export interface PersonInfo {
  readonly name: string
  readonly registered: boolean
  /** The tables at which this one sits. */
  readonly tables: readonly number[]
}

/** Range is a part of a list: at most `count` items, from the place `from` on, counted from 0; the first, where not given. */
export interface Range {
  readonly from?: number
  readonly count: number
}

/** Page is a part of a list, and how many items the whole list has. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly total: number
}

/** LadderRow is a place on a game's ladder. */
export interface LadderRow {
  readonly rank: number
  readonly name: string
  /** The rating, or points where the game gives those. */
  readonly score: number
  readonly games: number
}

/** FinishedGame is a table that has ended, as the history of a user has it. */
export interface FinishedGame {
  readonly table: number
  readonly game: string
  readonly names: readonly string[]
  /** The seat of the user whose history it is. */
  readonly seat: SeatNumber
  readonly outcome: Outcome
  readonly rated: boolean
  /** Points of each seat, in a game that has points. */
  readonly points?: readonly number[]
  /** Time of its end, in milliseconds since the Unix epoch. */
  readonly at: number
}

/** TableEvent is what happens at a table, as this one may see it. */
export interface TableNews {
  readonly table: number
  /** Its number at the table, without a gap. */
  readonly n: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly what:
    | { readonly type: 'opened' | 'suspended' | 'reseeded' }
    | { readonly type: 'moved' | 'declined' | 'gone' | 'back' | 'revoked'; readonly seat: SeatNumber }
    | { readonly type: 'offered'; readonly seat: SeatNumber; readonly what: 'draw' | 'rematch' }
    | { readonly type: 'said'; readonly name: string; readonly seat?: SeatNumber; readonly text: string }
    | { readonly type: 'ended'; readonly outcome: Outcome }
    | { readonly type: 'continued'; readonly table: number }
  /** What is seen now. Missing where nothing is seen otherwise than before. */
  readonly sight?: Sight
}

/** Sight is what one seat, or a watcher, sees at one moment. */
export interface Sight {
  readonly view: unknown
  /** Whether this seat may move. */
  readonly turn: boolean
  readonly toMove: readonly SeatNumber[]
  readonly outcome?: Outcome
  /** Milliseconds that each seat has left for all its moves, where that is limited. */
  readonly left?: readonly number[]
  /** Milliseconds that each seat has left for its move, where that is limited: all of them, for who is not to move. */
  readonly moveLeft?: readonly number[]
}

/** Attendance is a table at which somebody is, in a seat or watching, as it stands. */
export interface Attendance extends GameTerms {
  readonly table: number
  readonly game: AnyGame
  /** The own seat; missing for who watches. */
  readonly seat?: SeatNumber
  readonly names: readonly string[]
  /** What lets its owner back to this seat, through any connection; for who sits there only. */
  readonly token?: string
  /** The number of the last event, and what is seen after it; missing at a table that is only just being opened. */
  readonly now?: { readonly n: number; readonly sight: Sight }
  /** Who has offered a draw, or a rematch when the game is over, and waits for an answer; missing where nobody does. */
  readonly offers?: readonly SeatNumber[]
  /** Milliseconds for which the own seat is held when the connection is gone. */
  readonly grace?: number
  /** What was missed is too much to be told again. */
  readonly resync?: true
}

/** Recorded is what came of a game for the ladder. */
export interface Recorded {
  readonly table: number
  readonly game: AnyGame
  /** The ratings, or points where the game gives those, of the players who are on the ladder; `before` is missing for a first game. */
  readonly changes: readonly { readonly name: string; readonly before?: number; readonly after: number }[]
}

/** TableListener is called with what happens at the tables of one session. */
export interface TableListener {
  /** There is a table now: by a wish that came true, a rematch, or a seat taken up again. News of it follow. */
  seated(attendance: Attendance): void
  news(news: TableNews): void
  /** Called when the result of a game is recorded on the ladder. */
  recorded(recorded: Recorded): void
  /** A table cannot go on; nothing follows. */
  closed(table: number, sentence: string): void
}

/** LobbyListener is called with what happens in the hall that concerns one session. */
export interface LobbyListener extends TableListener {
  /** Somebody seeks this one by name, and sits down with no one else. */
  sought(seeker: Seeker): void
  /** Somebody who sought this one by name no longer does. */
  withdrawn(seeker: Seeker): void
  /** The user who was sought by name refuses; `by` has that user's name, and the terms of the seek, which is over. */
  refused(by: Seeker): void
  /** Another user sends this one a message. */
  told(message: Message): void
  /** A game of the own account has ended at a table that this session does not attend; `recorded` follows if it is rated. */
  finished?(game: FinishedGame): void
  /** This session is no longer at a table, because it is another user now. */
  left?(table: number): void
}

/** Message is what a user says to another. */
export interface Message {
  /** Sender. */
  readonly name: string
  readonly text: string
}

/** A refusal that programs can tell apart: one of the codes of the native protocol. */
export interface LobbyRefusal extends Refusal {
  readonly code: RefusalCode
  /** A name that is free, where the one that was wanted is taken. */
  readonly proposal?: string
}

/** Ended is how many other connections and sessions of an account were ended, with a change of its password or its removal. */
export interface Ended {
  readonly connections: number
  readonly sessions: number
}

/** The error codes of the lobby, each with the condition for it. The codes do not change between versions. */
export const refusalCodes = {
  'bad-message': 'the line is not a valid command',
  'who-are-you': 'the command needs a login, or a registered name',
  'bad-name': 'the name is not valid',
  'name-taken': 'the name is registered, or belongs to a guest who is online',
  'bad-password': 'the name or the password is wrong, or the new password is not valid',
  throttled: 'too many attempts: wait before the next',
  'no-such-game': 'this server has no such game',
  'bad-setting': 'the game does not allow these settings or terms',
  'no-such-person': 'no user of that name is online',
  'no-such-table': 'there is no such table, or it is private',
  'no-such-code': 'no open seek has that code',
  'bad-token': 'the token of a seat or session is not valid, or no longer valid',
  'not-seated': 'the client has no seat at that table, or does not watch it',
  'illegal-move': 'the rules of the game reject the move',
  stale: 'the client can see a later event than `after`',
  muted: 'the other user has muted this user',
  'not-now': 'not possible in this state, with this user or with this text; `message` says which',
  unavailable: 'the server cannot write to its disk at present and has changed nothing: try again later',
  'too-many': 'a limit is reached; `message` says which',
} as const

/** RefusalCode is an error code of the lobby. */
export type RefusalCode = keyof typeof refusalCodes

/** Lobby is what somebody at the front door may ask of the hall. Whatever is refused has changed nothing. */
export interface Lobby {
  /** Who this is, once that was said. */
  readonly me: PersonInfo | undefined
  /**
   * Says who this is. A registered name needs its password. A guest's name must be free; with the reconnect secret of the
   * guest who has it, that one makes room.
   */
  enter(name: string, how?: { readonly password?: string; readonly secret?: string }): Promise<LobbyRefusal | undefined>
  register(name: string, password: string): Promise<LobbyRefusal | undefined>
  /** A new reconnect secret for the guest that this is; the one before is no longer valid. `undefined` for others. */
  readonly reconnectSecret: string | undefined
  /** Time of the registered user's last visit, as far as this server knows, in milliseconds since the Unix epoch; missing for others. */
  readonly awaySince: number | undefined
  /** Finds what is wrong with a name that is to be registered, even if a user has it. */
  checkName(name: string): LobbyRefusal | undefined
  /** Refuses what is not the own password. */
  confirmPassword(password: string): Promise<LobbyRefusal | undefined>
  /** Finds what is wrong with a new password, before it is given. */
  checkPassword(password: string): LobbyRefusal | undefined
  /** Changes the own password: all sessions, all other connections and the tokens of all seats are ended. */
  changePassword(old: string, password: string): Promise<Ended | LobbyRefusal>
  /** Gives up the own registered name, with all that belongs to it; the connection has no name from then on. */
  unregister(password: string): Promise<Ended | LobbyRefusal>
  /** Opens a session for a registered name: its token lets in without the password until that time. */
  openSession(): Promise<{ readonly session: string; readonly until: number } | LobbyRefusal>
  /** Says who this is by the token of a session. */
  enterBySession(session: string): Promise<LobbyRefusal | undefined>
  /** Ends a session: its token lets nobody in any more. */
  closeSession(session: string): Promise<LobbyRefusal | undefined>
  /** A registered name, which needs its password, as its owner writes it; `undefined` if the name is not registered. */
  registeredName(name: string): Promise<string | undefined>

  /** Lists the users who are here, each once, in order of arrival. */
  listPeople(range: Range): Page<PersonInfo>
  /** Checks whether a user of exactly this name is here. */
  isHere(name: string): boolean
  /** The name of the user who is here under a name, as that user writes it; `undefined` if there is no such user. */
  nameHere(name: string): string | undefined
  /** Lists the open seeks without an invitation, in order of arrival. */
  listSeekers(range: Range): Page<Seeker>
  /** Lists the open seeks that any user can accept. */
  listOpenSeekers(range: Range): Page<Seeker>
  /** Lists the open seeks that are addressed to this user. */
  listSought(range: Range): Page<Seeker>
  /** Own open seek, if others can see it; `undefined` if there is none. */
  readonly ownSeek: Seeker | undefined
  /** The seek of this one that takes a code; `undefined` where there is none. */
  readonly ownInvitation: Seeker | undefined
  /** Lists the public tables with a game under way: those with attendants first, and the newest first. */
  listTables(range: Range): Page<TableInfo>
  ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal>
  /** The own place on a ladder; `undefined` for who is not on it. */
  rank(game: string): Promise<(LadderRow & { readonly of: number }) | undefined | LobbyRefusal>

  /**
   * A part of the finished games of a user, the newest first, and the user's name; of this one, where no name is given.
   * Private games are only in what a registered user asks of itself.
   */
  history(name: string | undefined, range: Range): Promise<(Page<FinishedGame> & { readonly name: string }) | LobbyRefusal>

  /** Wants to play: `seated` is called when there is a table, which can be at once. For a private wish, its code. */
  seek(wish: GameWish): Promise<Sought | LobbyRefusal>
  /** Takes the wish back that is still open; answers whether there was one. */
  cancel(): boolean
  /** Joins the table of the user who has given this code. With `replace`, the open seek of this user is cancelled first. */
  join(code: string, replace?: boolean): LobbyRefusal | undefined
  /** Accepts the seek of a user who seeks this one by name, and cancels the own open seek; without a name, the only such seek. */
  acceptChallenge(name?: string): LobbyRefusal | undefined
  /** Refuses a seek that is addressed to this user, and notifies its owner; without a name, the only such seek. */
  refuseChallenge(name?: string): LobbyRefusal | undefined
  /** Watches a table, until it is left. */
  watch(table: number): Attendance | LobbyRefusal
  /** Goes away from a table that is watched, or whose game is over. */
  leave(table: number): LobbyRefusal | undefined
  /** Takes a seat up again by its token; `after` is the number of the last event that was seen, whose followers are told again. */
  resume(token: string, after?: number): Promise<Attendance | LobbyRefusal>
  /** True if games outlive the server, and resume when it is back. */
  readonly keeps: boolean
  /** The own seats at tables that go on and are not attended by this session, each to be taken up by `resumeSeat`. */
  readonly waiting: readonly HeldSeat[]
  /** Takes the own seat at a table up again, as who this is. */
  resumeSeat(table: number, after?: number): Promise<Attendance | LobbyRefusal>

  /** Moves, as the game's notation has it. Resolves when the move is kept and everybody is told. */
  play(table: number, move: string, after?: number): Promise<LobbyRefusal | undefined>
  say(table: number, text: string): Promise<LobbyRefusal | undefined>
  /** Counts the other clients at a table that show talk of this user. */
  hearers(table: number): number
  /** Sends a message to another user who is here. */
  message(name: string, text: string): LobbyRefusal | undefined
  /**
   * Mutes a user who is here, or a registered one, by name, as long as this session lasts: messages and challenges of that one
   * do not come.
   */
  mute(name: string): Promise<LobbyRefusal | undefined>
  unmute(name: string): LobbyRefusal | undefined
  /** The names that are muted. */
  readonly muted: readonly string[]
  /** Checks whether a user of this name is heard, and not muted. */
  hears(name: string): boolean
  /** The names of those who watch a table. */
  watchers(table: number, range: Range): Page<string> | LobbyRefusal
  /** Offers a draw, or when the game is over a rematch; the other's offer is accepted by the same. */
  offer(table: number): Promise<LobbyRefusal | undefined>
  decline(table: number): Promise<LobbyRefusal | undefined>
  resign(table: number): Promise<LobbyRefusal | undefined>
  /** Wins a game whose opponent has been gone for 30 seconds, or has not moved for 5 minutes in a game without a clock. */
  claim(table: number): Promise<LobbyRefusal | undefined>
  /** Ends a game without a result, when it could be claimed. */
  abort(table: number): Promise<LobbyRefusal | undefined>
}
