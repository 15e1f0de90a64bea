import type { SeatNumber } from '../games/game.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import type { LobbyListener, LobbyRefusal, SeekInfo } from '../hall/api.ts'
import type { TableActor } from '../hall/table-actor.ts'
import { AccountRequests } from './account-requests.ts'
import type { LobbyContext, SeatingObserver, SessionPeer } from './context.ts'
import { HeldSeats } from './held-seats.ts'
import { Identity, type IdentityOwner } from './identity.ts'
import { SessionSeats } from './seats.ts'
import { SeekControl, type SeekingSession } from './seeking.ts'
import { Subscriptions } from './subscriptions.ts'
import { LobbyTalk } from './talk.ts'
import type { NoticeListener } from './user-notices.ts'
import type { UserSessions } from './user-sessions.ts'

/** Maximum number of tables to which one user is subscribed at the same time. */
const TABLES = 20

/**
 * The default reason for the end of a session. All sessions share one instance, because creating an error takes as long as a move.
 */
const OVER = new Error('the conversation is over')

/** LobbyParts has the parts that only a session with a listener needs. */
interface LobbyParts {
  readonly listener: LobbyListener
  readonly accounts: AccountRequests
  readonly tables: Subscriptions
  readonly heldSeats: HeldSeats
  readonly talk: LobbyTalk
  /** The sessions of the user, including this session; `undefined` without a name. */
  sessions: UserSessions | undefined
  /** The listener that is subscribed to the challenges to the user; `undefined` without a name. */
  notices: NoticeListener | undefined
}

/**
 * SessionParts is the half of LobbySession that creates and ends the parts of a session. Every session has one Identity (the user's
 * name), one SeekControl (seeks and challenges) and one SessionSeats. A session with a listener also has AccountRequests,
 * Subscriptions (tables), HeldSeats and LobbyTalk (talk and messages), and is one of the user's sessions (`user-sessions.ts`).
 *
 * Very many connections play only one game, so a session creates each part at its first use.
 */
export abstract class SessionParts implements SeekingSession, IdentityOwner {
  readonly context: LobbyContext
  readonly peer: SessionPeer
  readonly observer: SeatingObserver | undefined
  closed: Error | undefined
  #identity: Identity | undefined
  #seats: SessionSeats | undefined
  #seeking: SeekControl | undefined
  #lobby: LobbyParts | undefined

  constructor(context: LobbyContext, peer: SessionPeer, observer?: SeatingObserver) {
    this.context = context
    this.peer = peer
    this.observer = observer
  }

  /** Notifies a listener of the events that concern the user, from now on. Throws an Error if the session has been used already. */
  listen(listener: LobbyListener): this {
    if (this.#lobby || this.#identity) throw new Error('a session has one listener, from its beginning')
    const { context } = this
    const { holdings } = this.seats
    const identity = this.#createIdentity(false)
    this.#identity = identity
    // the parts have a reference to the session, because a closure for each part would take 500 bytes in every session
    const tables = new Subscriptions({ hall: context.hall, listener, holdings, session: this })
    this.#lobby = {
      listener,
      accounts: new AccountRequests({ context, identity, holdings, session: this }),
      tables,
      heldSeats: new HeldSeats({ session: this, tables }),
      talk: new LobbyTalk({ session: this, tables }),
      sessions: undefined,
      notices: undefined,
    }
    return this
  }

  get identity(): Identity {
    this.#identity ??= this.#createIdentity(true)
    return this.#identity
  }

  get seats(): SessionSeats {
    this.#seats ??= new SessionSeats(this)
    return this.#seats
  }

  get seeking(): SeekControl {
    this.#seeking ??= new SeekControl(this)
    return this.#seeking
  }

  get user(): OnlineUser | undefined {
    return this.#identity?.user
  }

  get isLoggedIn(): boolean {
    return this.user?.isOnline === true
  }

  get sessions(): UserSessions | undefined {
    return this.#lobby?.sessions
  }

  get tableIds(): Iterable<number> {
    return this.lobby.tables.ids
  }

  get tooManyTables(): LobbyRefusal | undefined {
    return this.subscribed.size + (this.sessions?.opening ?? 0) >= TABLES ? TOO_MANY_TABLES : undefined
  }

  /** Subscribes to a table at which the user has a new seat. Throws the reason of the end if the session is closed. */
  seated(table: TableActor, seat: SeatNumber, token: string): void {
    if (this.closed) throw this.closed
    this.observer?.onSeated(table.id, seat)
    // the table already has this hash, and the user gets the same object, so that the hash is in memory only once
    const { token: hash } = table.state.opened.seats[seat] ?? {}
    if (hash !== undefined) this.user?.addToken(hash)
    this.lobby.tables.takeSeat(table, seat, token)
  }

  refused(by: SeekInfo): void {
    this.lobby.listener.challengeRefused(by)
  }

  seekCanceled(seek: SeekInfo): void {
    this.lobby.listener.seekCanceled?.(seek)
  }

  seekFailed(seek: SeekInfo, reason: string): void {
    this.lobby.listener.seekFailed?.(seek, reason)
  }

  /**
   * Ends the session: the hall reserves the seats that no other connection has. If it was the user's last session, the server cancels the
   * seek.
   */
  close(reason?: Error): void {
    if (this.closed) return
    this.closed = reason ?? OVER
    this.#seeking?.close(this.closed)
    if (this.#lobby) {
      this.context.feed.unsubscribe(this.#lobby.listener)
      this.#leaveTables(this.#lobby)
      this.#lobby.tables.close()
    }
    this.#seats?.release(reason)
    this.#identity?.close()
  }

  /** The parts of a session that has a listener. Throws an error if the session has no listener. */
  protected get lobby(): LobbyParts {
    if (!this.#lobby) throw new Error('this session has no listener')
    return this.#lobby
  }

  /** The numbers of the tables to which the user is subscribed, through this session or another session. */
  protected get subscribed(): ReadonlySet<number> {
    return this.sessions?.tableIds ?? new Set(this.tableIds)
  }

  /** Joins the sessions of the user who has entered, and subscribes to the challenges to that user. */
  arrive(): void {
    const { user, context, lobby, closed } = this
    this.#stopNotices(lobby)
    if (!user || closed) return
    lobby.sessions ??= context.sessions.join(user.person, this)
    lobby.notices = lobby.talk.withoutMuted(lobby.listener)
    context.userNotifier.subscribe(user.person, lobby.notices)
  }

  /** `quiet` is for a worksheet program; its protocol has no messages for events from elsewhere in the hall. */
  #createIdentity(quiet: boolean): Identity {
    const { context, peer } = this
    return new Identity({ people: context.people, peer, quiet, owner: this })
  }

  /** Leaves all tables and notifies the client; the connection now belongs to another user. */
  beforeUserChange(): void {
    const lobby = this.#lobby
    if (lobby) for (const id of this.#leaveTables(lobby)) lobby.listener.left?.(id)
  }

  /** Ends the subscription to the challenges to the user. */
  #stopNotices(lobby: LobbyParts): void {
    if (lobby.sessions && lobby.notices) this.context.userNotifier.unsubscribe(lobby.sessions.person, lobby.notices)
    lobby.notices = undefined
  }

  /** Leaves the user's sessions and all tables; returns the numbers of the tables. */
  #leaveTables(lobby: LobbyParts): readonly number[] {
    this.#stopNotices(lobby)
    if (lobby.sessions) this.context.sessions.leave(lobby.sessions, this)
    lobby.sessions = undefined
    lobby.heldSeats.releaseAll()
    return lobby.tables.endAll()
  }
}

const TOO_MANY_TABLES: LobbyRefusal = { code: 'too-many', refused: `you are at ${TABLES} tables already: leave one first` }
