import type { ToClient, ToServer } from '../../native/messages.ts'
import type { CommandOf, MessageOf, Wish } from './messages.ts'
import type { TableModel } from './table-model.ts'

/*
 * The view model of the page is a value that `fold` computes from messages of the server and from the user's own acts. The model uses no
 * DOM and no socket; components only draw the model, and `dueCommands` lists the commands that the page has to send. Therefore a lost
 * connection is an input like any other: the model retains the tables, and marks the seats of these tables as left. After the next `hello`,
 * the missing commands are due.
 *
 * Invariants: the fold applies each event of a table once, by the number of the event; a table has at most one unconfirmed move of this
 * user; an event of the user's seat or a refusal ends that move. The fold never throws for a message of the protocol.
 */

/** GameInfo describes a game of the server. */
export type GameInfo = MessageOf<'games'>['games'][number]
/** LobbyPage has the lists of the lobby: users online, open seeks and tables. */
export type LobbyPage = Pick<MessageOf<'lobby'>, 'people' | 'seekers' | 'tables' | 'total'>
/** OpenChallenge is a seek of another user that names this user. */
export type OpenChallenge = Omit<MessageOf<'sought'>, 'type'>

/** Link is the state of the connection to the server. */
export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /**
   * The connection is lost. The page tries again at `retryAt`, which is missing during the attempt. If `bye` is present, the server has
   * ended the connection for that reason. `refusal` says why the server has refused the last attempt.
   */
  | { readonly state: 'lost'; readonly retryAt?: number; readonly attempt: number; readonly bye?: string; readonly refusal?: string }
  /** The server uses another version of the protocol than this page. */
  | { readonly state: 'outdated' }
  /** A copy of this tab has logged in as the same guest, and this tab does not connect until the user requests the connection. */
  | { readonly state: 'elsewhere' }

/** Guest is a guest's name, with the secret that logs the guest in again. */
export interface Guest {
  readonly name: string
  readonly secret?: string
}

/** OwnSeek is the open seek of this user. */
export interface OwnSeek {
  readonly wish: Omit<CommandOf<'seek'>, 'id'>
  /** `unsent` after a lost connection, so that the page sends the seek again. */
  readonly state: 'unsent' | 'sent' | 'open'
  /** Invitation code of a private seek, which stays the same after a lost connection. */
  readonly code?: string
}

/** Invitation is a friend's invitation that this user has not accepted yet. */
export interface Invitation {
  readonly code: string
  /** The reason why the server has refused the invitation. */
  readonly refusal?: string
}

/** TalkLine is a message from one user to another, outside of tables. */
export interface TalkLine {
  readonly name: string
  /** The receiver, if this user has sent the message. */
  readonly to?: string
  readonly text: string
  readonly at: number
}

/** Entry is the state of logging in or registering. */
export interface Entry {
  readonly busy: boolean
  readonly error?: string
  /** A free name that the server proposes. */
  readonly proposal?: string
}

/** AccountChange is the state of the last change of the account: a new password, the end of sessions, or the end of the account. */
export interface AccountChange {
  readonly type: 'password' | 'unregister' | 'revoke'
  readonly busy: boolean
  readonly error?: string
  /** The connections and sessions that the change has ended; missing until the server has made the change. */
  readonly ended?: { readonly connections: number; readonly sessions: number }
}

/** Model has everything that the page shows. */
export interface Model {
  readonly link: Link
  /** True between `hello` and the end of the connection. */
  readonly greeted: boolean
  readonly me?: { readonly name: string; readonly registered: boolean }
  /** The registered user whom the tab remembers, before the first `hello`. */
  readonly remembered?: string
  /** The guest whose name the page uses for the login after `hello`. */
  readonly guest?: Guest
  readonly entry: Entry
  readonly account?: AccountChange
  /** The sessions and the other connections of the account; missing until the user has opened the view of the account. */
  readonly sessions?: Pick<MessageOf<'sessions'>, 'sessions' | 'connections'>
  /** The key of the session that this page has opened on its present connection. */
  readonly ownSession?: string
  /** The port of the front door; missing if the server has no front door, and before the first `hello`. */
  readonly door?: number
  readonly games?: readonly GameInfo[]
  readonly lobby?: LobbyPage
  readonly seek?: OwnSeek
  readonly invitation?: Invitation
  readonly challenges: readonly OpenChallenge[]
  readonly talk: readonly TalkLine[]
  readonly tables: ReadonlyMap<number, TableModel>
  /** The commands that the server has not answered, by their ids. */
  readonly sent: ReadonlyMap<number, ToServer>
  /** The command that waits until the user has a name. */
  readonly wish?: Wish
  /** The table that the page shows next, because the server has just seated the user there. */
  readonly opened?: number
  /** The last refusal that belongs to no form and no table. */
  readonly notice?: string
}

/**
 * Input is an event or an act that changes the model. `at` is a time of the page's monotonic clock in milliseconds, and `wall` is in
 * milliseconds since the Unix epoch.
 */
export type Input =
  | { readonly type: 'received'; readonly message: ToClient; readonly at: number; readonly wall: number }
  | { readonly type: 'sent'; readonly command: ToServer }
  | { readonly type: 'connecting' }
  | { readonly type: 'lost'; readonly retryAt: number }
  /** The reason why the server has refused to connect; `undefined` if the page cannot reach the server. */
  | { readonly type: 'refused'; readonly reason: string | undefined }
  /** A copy of this tab has logged in as the same guest, with the present secret. */
  | { readonly type: 'replaced'; readonly guest: Guest }
  /** The user wants a command that needs a name. The page sends the command after the login. */
  | { readonly type: 'wished'; readonly wish: Wish }
  /** The user has closed the form for a name. */
  | { readonly type: 'unwished' }
  /** The tab remembers a user and seats of an earlier load of the page. */
  | {
      readonly type: 'restored'
      readonly guest?: Guest
      readonly registered?: string
      readonly seats: readonly StoredSeat[]
      readonly invited?: StoredInvitation
    }
  /** A request to log in over HTTP has begun, or failed for a reason. */
  | { readonly type: 'entering' }
  | { readonly type: 'not-entered'; readonly reason: string }
  /** The server has opened a session for the user who is logged in, so that the login survives a reload. */
  | { readonly type: 'kept'; readonly session?: string }
  /** The user has logged out, or logs in as another user. */
  | { readonly type: 'forgotten' }
  /** The user opens a table by its number. */
  | { readonly type: 'opening'; readonly table: number }
  /** The page has shown the table `opened`, or the user has closed the notice. */
  | { readonly type: 'shown' }
  | { readonly type: 'dismissed' }
  /** The user has closed the list of missed events of a table. */
  | { readonly type: 'caught-up'; readonly table: number }

/** StoredSeat is a seat that this tab had before a reload of the page. */
export interface StoredSeat {
  readonly table: number
  readonly token: string
  readonly seat: number
  /** This user's own moves, by the numbers of their events: some views do not show these moves. */
  readonly moves: Readonly<Record<string, string>>
  /** Number of the last event that the user has seen. */
  readonly n?: number
}

/** StoredInvitation is a private seek that was open before the page was loaded again. A friend may have the link of the seek. */
export interface StoredInvitation {
  readonly wish: OwnSeek['wish']
  readonly code: string
}

/** The model before the first connection. */
export const emptyModel: Model = {
  link: { state: 'connecting' },
  greeted: false,
  entry: { busy: false },
  challenges: [],
  talk: [],
  tables: new Map(),
  sent: new Map(),
}
