import type { Clock } from '../../base/clock.ts'
import type { ClassConsole } from '../../lab/class/class-console.ts'
import { CLASS_VERSION } from '../../lab/class/class-lines.ts'
import { ClassFeeds } from '../class-feed.ts'
import type { Entrance } from '../server.ts'
import type { OperatorSessions } from './operator-sessions.ts'
import type { GatewayError } from './request-gate.ts'
import type { SocketView, Viewer, ViewRequest } from './view-sockets.ts'

/** The error for a server that does not watch its clients. */
export const NO_LAB: GatewayError = { code: 'not-now', message: 'this server does not watch its clients: start it with --lab' }
/** The error for a client that is not the operator. */
export const NOT_OPERATOR: GatewayError = { code: 'who-are-you', message: 'only the operator sees the class: log in with the password' }

export interface ClassFollowersOptions {
  /** The class console; `undefined` on a server without `lab`. */
  readonly console: ClassConsole | undefined
  readonly operators: OperatorSessions
  /** Counts the followers for the limits of their addresses. */
  readonly entrance: Pick<Entrance, 'admit' | 'leave'>
  readonly clock: Clock
}

/**
 * ClassFollowers sends the class console to browsers over WebSockets. Each line of `parlor class` is a text message. A browser that reads
 * slowly gets fewer lines, like an operator at the admin socket. Followers in browsers do not count for the limit of operators at the admin
 * socket.
 */
export class ClassFollowers implements SocketView {
  readonly path = 'class'
  readonly messageLimit = 256
  readonly #feeds: ClassFeeds | undefined
  readonly #operators: OperatorSessions
  readonly #entrance: ClassFollowersOptions['entrance']

  constructor({ console, operators, entrance, clock }: ClassFollowersOptions) {
    this.#feeds = console && new ClassFeeds(console, clock)
    this.#operators = operators
    this.#entrance = entrance
  }

  /** Admits a follower that has the cookie of an operator. */
  admit({ headers, origin, scope }: ViewRequest): Viewer | GatewayError {
    const feeds = this.#feeds
    if (!feeds) return NO_LAB
    const session = this.#operators.find(headers.cookie, scope)
    if (!session) return NOT_OPERATOR
    const refusal = this.#entrance.admit(origin)
    if (refusal !== undefined) return { code: 'too-many', message: refusal }
    return {
      session,
      serve: ({ connection }) => feeds.serve(connection, { action: 'class', version: CLASS_VERSION, follow: true }),
      leave: () => this.#entrance.leave(origin),
    }
  }
}
