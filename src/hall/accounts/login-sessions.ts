import type { Clock } from '../../base/clock.ts'
import { isRefusal } from '../../games/game.ts'
import type { EndedConnections, SessionChoice, SessionInfo, SessionList } from '../account-info.ts'
import type { PeerLink } from '../peer-links.ts'
import { type Account, type Accounts, isTemporary, type LoginSession } from '../ports.ts'
import type { AccountWatch } from './account-watch.ts'
import { type AuthError, NO_ACCOUNT, NO_SESSION, SESSION_OVER } from './auth-errors.ts'
import { ENDED, type OnlineUser, type OnlineUsers } from './online-users.ts'
import { hashToken, parseToken } from './tokens.ts'

/** Milliseconds that a login session lasts: thirty days. */
const SESSION = 30 * 24 * 3600 * 1000
/**
 * Minimum number of milliseconds between two writes of the time at which a session was last used. The minimum prevents a client from making
 * the store write often.
 */
const USE = 60_000
/** Number of characters of a token's hash that form the key of its session. */
const KEY = 16

export interface LoginSessionsOptions {
  readonly accounts: Accounts
  readonly clock: Clock
  readonly watch: AccountWatch
  readonly online: OnlineUsers
  /** Called with errors that do not stop the server. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** LoginSessions opens, lists and closes the login sessions of registered users; the token of a session replaces the password. */
export class LoginSessions {
  readonly #options: LoginSessionsOptions

  constructor(options: LoginSessionsOptions) {
    this.#options = options
  }

  /** Opens a login session for a registered user; returns the time at which the session ends, in milliseconds since the Unix epoch. */
  open({ person, isOnline }: OnlineUser, token: string): Promise<number | AuthError> {
    const { accounts, clock, watch } = this.#options
    return watch.during(async (changed) => {
      if (!isOnline || !(await accounts.of(person))) return NO_ACCOUNT
      const since = clock.now()
      const until = since + SESSION
      const hash = hashToken(token)
      await accounts.openSession({ token: hash, person, until, since, used: since })
      if (!changed.has(person)) return until
      await accounts.closeSession(hash)
      return SESSION_OVER
    })
  }

  /**
   * Finds the account of a session's token, and calls `logIn` with the account, the hash of the token, and a function that checks whether
   * the account has changed.
   */
  async enter<Answer extends object>(
    typed: string,
    logIn: (account: Account, session: string, isChanged: () => boolean) => Promise<Answer | AuthError>,
  ): Promise<Answer | AuthError> {
    const token = parseToken(typed)
    if (isRefusal(token)) return SESSION_OVER
    const { accounts, clock, watch } = this.#options
    return watch.during(async (changed) => {
      const session = await accounts.session(hashToken(token), clock.now())
      const account = session && (await accounts.of(session.person))
      if (!account || changed.has(account.person)) return SESSION_OVER
      const entered = await logIn(account, session.token, () => changed.has(account.person))
      if (!isRefusal(entered)) this.#noteUse(session)
      return entered
    })
  }

  /** Lists the sessions and the connections of a registered user, and marks the session of the connection of `user`. */
  async list({ person, session: own }: OnlineUser): Promise<SessionList> {
    const { accounts, clock, online } = this.#options
    const sessions = await accounts.sessionsOf(person, clock.now())
    const linksOf = (token: string | undefined): readonly PeerLink[] =>
      online.of(person).flatMap(({ session, connection }) => (session === token ? (connection.link ?? []) : []))
    const infos = sessions.map(({ token, since, used, until }): SessionInfo => {
      const info = { key: toSessionKey(token), since, used, until, links: linksOf(token) }
      return token === own ? { ...info, current: true } : info
    })
    return { sessions: infos.sort((one, other) => other.used - one.used), connections: linksOf(undefined) }
  }

  /** Ends sessions of a registered user, and the connections that have logged in by these sessions, except the connection of `user`. */
  async end(user: OnlineUser, which: SessionChoice): Promise<EndedConnections | AuthError> {
    const { accounts, clock } = this.#options
    const { person, session: own } = user
    const now = clock.now()
    const all = await accounts.sessionsOf(person, now)
    const find = (key: string | undefined) => all.find(({ token }) => toSessionKey(token) === key)?.token
    if ('key' in which) {
      const token = find(which.key)
      if (token === undefined) return NO_SESSION
      await accounts.closeSession(token)
      return this.#endLogins(user, 1, (session) => session === token)
    }
    const kept = [own, find(which.except)].filter((token) => token !== undefined)
    // the store closes all sessions in one transaction, so that no connection can open a session meanwhile
    const sessions = await accounts.closeOtherSessions(person, kept, now)
    return this.#endLogins(user, sessions, (session) => session === undefined || !kept.includes(session))
  }

  /** Ends the logins by the sessions for which `isEnded` returns true, and voids the account's requests that are under way. */
  async #endLogins(user: OnlineUser, sessions: number, isEnded: (session: string | undefined) => boolean): Promise<EndedConnections> {
    const { online, watch } = this.#options
    watch.add(user.person)
    const { connections, ended } = online.endSome(user.person, (one) => one !== user && isEnded(one.session), ENDED.session)
    await ended
    return { connections, sessions }
  }

  /** Closes a login session. */
  async close(typed: string): Promise<void> {
    const token = parseToken(typed)
    if (!isRefusal(token)) await this.#options.accounts.closeSession(hashToken(token))
  }

  /** Stores the time of a login; the login takes effect even if the store cannot write. */
  #noteUse({ token, used }: LoginSession): void {
    const { accounts, clock, onError } = this.#options
    const now = clock.now()
    // the clock may have gone back since then
    if (Math.abs(now - used) < USE) return
    accounts.useSession(token, now).catch((reason) => {
      if (!isTemporary(reason)) onError('the server could not store the last use of a session', reason)
    })
  }
}

/** Returns the key that identifies a session for its owner, given the hash of its token; no client can compute the token from the key. */
export function toSessionKey(hash: string): string {
  return hash.slice(0, KEY)
}
