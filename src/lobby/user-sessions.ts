import { TokenBucket } from '../base/rate-limit.ts'
import type { SeatNumber } from '../games/game.ts'
import type { SeekInfo } from '../hall/api.ts'
import type { PersonId } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'

/*
 * One user can have several lobby sessions, one for each connection: when a registered user logs in again, the first session stays.
 * A guest has one session, because the name has one owner. Worksheet programs have no sessions here: each program plays only for its own
 * connection.
 *
 * The name, the open seek, the seats and their tokens, and the limits belong to the user. A user has at most one seek. Each session can
 * see, cancel and replace that seek, which stays open until the last session ends. When the hall matches the seek, or the user accepts a
 * challenge, the server subscribes every session to the new table and sends `seated`. When a rematch begins, the server does the same
 * for every session that has the seat. Each session at the table may move, and receives every event. All sessions receive challenges,
 * refusals of the user's own challenge, and messages; but a session that mutes a user changes nothing for the other sessions.
 *
 * The subscriptions belong to the session. A login subscribes to no table, because a client that reconnects sends `resume` with the
 * number of the last event that it has. So a session that begins in the middle of a game resumes the seat, and shares it with the other
 * sessions. If a session leaves a table, watches a table or ends, nothing changes for the other sessions: the table reports the seat as
 * `gone` when the last connection with the seat has ended. If a session takes another name, it leaves the user as if its connection had
 * ended.
 *
 * Limits. The limit of tables counts each table once, even if several sessions are subscribed to it; the limits of seats and of talk
 * also apply to the user. The bytes on the disk count for the network of the connection that adds them.
 *
 * Safety. A new password ends all other logins immediately; it ends their connections some turns of the event loop later. A session
 * whose login has ended gets no new seat, so it receives no token of a new seat. If the user has no other session, the hall reserves the
 * seat.
 */

/**
 * Rate of talk of one user: ten messages without a wait, then 1 message every second, so that the talk does not move the board off the
 * screen.
 */
export const TALK = { burst: 10, refill: 1000 }

/** UserSession has the members of a lobby session that the other sessions of the user need. */
export interface UserSession {
  /** False after the server has ended the session's login. */
  readonly isLoggedIn: boolean
  /** The tables to which the session is subscribed. */
  readonly tableIds: Iterable<number>
  /** Subscribes to a table at which the user has a new seat, and sends `seated` to the client. */
  seated(table: TableActor, seat: SeatNumber, token: string): void
  /** Notifies the client that the challenged user has declined. */
  refused(by: SeekInfo): void
  /** Notifies the client that another session has canceled the seek of the user. */
  seekCanceled(seek: SeekInfo): void
  /** Notifies the client that the server has closed the seek of the user, with the reason as a sentence. */
  seekFailed(seek: SeekInfo, reason: string): void
}

/** UserSeek is the open seek of a user, for all sessions. */
export interface UserSeek {
  readonly info: SeekInfo
  /** True until the hall has matched or closed the seek. */
  readonly isOpen: boolean
  /** Cancels the seek; resolves to `false` if the hall has already matched or closed it. */
  cancel(): Promise<boolean>
}

/** UserSessions has the lobby sessions of one user, and the seek and the limits of the user. */
export class UserSessions {
  readonly person: PersonId
  /** The user's open seek; `undefined` if there is no open seek. */
  seek: UserSeek | undefined
  /** Number of tables that the sessions are opening. */
  opening = 0
  /** An array without free space, and not a set: most users have one session, and a set with one session takes 150 bytes. */
  #sessions: readonly UserSession[] = []
  /** The cancellation of the seek that is under way. */
  #canceling: Promise<boolean> | undefined
  /** Missing before the first talk. */
  #talk: TokenBucket | undefined
  readonly #onError: (sentence: string, reason: unknown) => void

  constructor(person: PersonId, onError: (sentence: string, reason: unknown) => void) {
    this.person = person
    this.#onError = onError
  }

  /** Limits the user's talk at all sessions together. */
  get talk(): TokenBucket {
    this.#talk ??= new TokenBucket(TALK)
    return this.#talk
  }

  /** Number of sessions. */
  get size(): number {
    return this.#sessions.length
  }

  /** The numbers of the tables to which at least one session is subscribed. */
  get tableIds(): ReadonlySet<number> {
    const ids = new Set<number>()
    for (const { tableIds } of this.#sessions) for (const id of tableIds) ids.add(id)
    return ids
  }

  add(session: UserSession): void {
    this.#sessions = this.#sessions.concat(session)
  }

  /** Removes a session; if it was the last session, cancels the open seek and returns true. */
  remove(session: UserSession): boolean {
    this.#sessions = this.#sessions.filter((one) => one !== session)
    if (this.#sessions.length > 0) return false
    this.cancelSeek(session).catch((reason: unknown) => this.#onError('the server could not cancel a seek', reason))
    return true
  }

  /** Waits until no cancellation of the seek is under way. */
  async whenCanceled(): Promise<void> {
    while (this.#canceling) await Promise.allSettled([this.#canceling])
  }

  /**
   * Cancels the open seek, and notifies the other sessions; resolves to true if there was a seek. If the cancellation fails, the seek
   * stays open and still belongs to the user.
   */
  async cancelSeek(by: UserSession): Promise<boolean> {
    // if another session cancels the seek at the same time, it gets the same result
    if (this.#canceling) await this.whenCanceled()
    const { seek } = this
    if (!seek) return false
    this.#canceling = seek.cancel()
    let isCanceled = false
    try {
      isCanceled = await this.#canceling
    } finally {
      this.#canceling = undefined
      if (this.seek === seek && (isCanceled || !seek.isOpen)) this.seek = undefined
    }
    if (!isCanceled) return false
    this.#notify(
      this.#sessions.filter((session) => session !== by),
      (session) => session.seekCanceled(seek.info),
    )
    return true
  }

  /**
   * Subscribes all sessions to a table at which the user has a new seat, beginning with the session that has sought the seat. Throws the
   * first exception if all sessions fail. If no session is logged in, the hall reserves the seat as after a disconnection.
   */
  seat(seeker: UserSession, table: TableActor, seat: SeatNumber, token: string): void {
    const online = this.#sessions.filter((session) => session.isLoggedIn)
    if (online.length === 0) return void table.submit({ type: 'gone', seat })
    const first = online.filter((session) => session === seeker)
    const others = online.filter((session) => session !== seeker)
    this.#notify([...first, ...others], (session) => session.seated(table, seat, token))
  }

  /** Notifies all sessions that the challenged user has declined. */
  refused(by: SeekInfo): void {
    this.#notify(this.#sessions, (session) => session.refused(by))
  }

  /** Notifies all sessions that the server has closed the seek of the user. */
  seekFailed(seek: SeekInfo, reason: string): void {
    this.#notify(this.#sessions, (session) => session.seekFailed(seek, reason))
  }

  /**
   * Calls `notify` for each session; an exception of one session does not affect the other sessions. Throws the first exception if all
   * sessions fail.
   */
  #notify(sessions: readonly UserSession[], notify: (session: UserSession) => void): void {
    const failures: unknown[] = []
    for (const session of sessions) {
      try {
        notify(session)
      } catch (reason) {
        failures.push(reason)
      }
    }
    if (failures.length > 0 && failures.length === sessions.length) throw failures[0]
    for (const reason of failures) this.#onError('the server could not notify one connection of a user', reason)
  }
}

/** SessionRegistry finds the lobby sessions of each user by person. */
export class SessionRegistry {
  readonly #users = new Map<PersonId, UserSessions>()
  readonly #onError: (sentence: string, reason: unknown) => void

  /** The registry calls `onError` with errors that do not stop the server. */
  constructor(onError: (sentence: string, reason: unknown) => void) {
    this.#onError = onError
  }

  /** Adds a session of a user; returns the sessions of the user. */
  join(person: PersonId, session: UserSession): UserSessions {
    const sessions = this.#users.get(person) ?? new UserSessions(person, this.#onError)
    this.#users.set(person, sessions)
    sessions.add(session)
    return sessions
  }

  /** Removes a session from the sessions of its user. */
  leave(sessions: UserSessions, session: UserSession): void {
    const { person } = sessions
    if (sessions.remove(session) && this.#users.get(person) === sessions) this.#users.delete(person)
  }
}
