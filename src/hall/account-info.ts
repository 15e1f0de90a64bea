import { formatCount } from '../base/counts.ts'
import type { PeerLink } from './peer-links.ts'

/** SessionInfo has the data of a login session that the owner of the account may see. Times are in milliseconds since the Unix epoch. */
export interface SessionInfo {
  /** Key that identifies the session for the owner of the account; no client can log in with this key. */
  readonly key: string
  readonly since: number
  /** Time of the last login with the token of the session. */
  readonly used: number
  readonly until: number
  /** The present connections that have logged in by the session. */
  readonly links: readonly PeerLink[]
  /** True for the session by which this connection has logged in. */
  readonly current?: true
}

/**
 * SessionList has the login sessions of an account, beginning with the session that was used last, and the other connections of the
 * account.
 */
export interface SessionList {
  readonly sessions: readonly SessionInfo[]
  /** The connections of the account that have logged in without a session. */
  readonly connections: readonly PeerLink[]
}

/** OpenedSession is a new login session: its token replaces the password until the time `until`. */
export interface OpenedSession {
  readonly session: string
  readonly key: string
  readonly until: number
}

/**
 * SessionChoice selects the connections and login sessions of an account that the server ends. With `key`, the server ends this session alone. Otherwise it ends all sessions
 * and connections, but not the user's own session and connection, and not the session `except`.
 */
export type SessionChoice = { readonly key: string } | { readonly except?: string | undefined }

/**
 * EndedConnections has the numbers of connections and sessions of an account that the server has ended, because of a new password, the
 * removal of the account, or a request of the owner. The connection that made the request does not count.
 */
export interface EndedConnections {
  readonly connections: number
  readonly sessions: number
}

/**
 * Formats the numbers of ended connections and sessions: "2 other connections and 1 session were ended." `connection` is the noun in this
 * sentence. It is "other connection" for a user, because the user's own connection stays open, and "connection" for the operator.
 */
export function formatEnded({ connections, sessions }: EndedConnections, connection = 'other connection'): string {
  const parts = [
    ...(connections > 0 ? [formatCount(connections, connection)] : []),
    ...(sessions > 0 ? [formatCount(sessions, 'session')] : []),
  ]
  if (parts.length === 0) return `No ${connection} or session was open.`
  return `${parts.join(' and ')} ${connections + sessions === 1 ? 'was' : 'were'} ended.`
}
