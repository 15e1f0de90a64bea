import type { Clock } from '../../base/clock.ts'
import type { ClassConsole } from '../../lab/class/class-console.ts'
import { CLASS_VERSION } from '../../lab/class/class-lines.ts'
import { Connection } from '../../wire/connection.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { lines } from '../../wire/framing/lines.ts'
import type { Transport } from '../../wire/transport.ts'
import { ClassFeeds } from '../class-feed.ts'
import { type OperatorSessions, onSessionEnd } from './operator-sessions.ts'
import type { GatewayError } from './request-gate.ts'
import type { CookieScope } from './session-cookie.ts'

/** Maximum number of unsent bytes of a follower. The feed pauses at a lower number, so no follower reaches this limit. */
const OUTBOX = 1024 * 1024

/** The error for a server that does not watch its clients. */
export const NO_LAB: GatewayError = { code: 'not-now', message: 'this server does not watch its clients: start it with --lab' }
/** The error for a client that is not the operator. */
export const NOT_OPERATOR: GatewayError = { code: 'who-are-you', message: 'only the operator sees the class: log in with the password' }

export interface ClassFollowersOptions {
  /** The class console; `undefined` on a server without `lab`. */
  readonly console: ClassConsole | undefined
  readonly operators: OperatorSessions
  readonly clock: Clock
  /** Called with errors that do not stop the gateway. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/**
 * ClassFollowers sends the class console to browsers over WebSockets. Each line of `parlor class` is a text message. A browser that reads
 * slowly gets fewer lines, like an operator at the admin socket. Followers in browsers do not count for the limit of operators at the admin
 * socket.
 */
export class ClassFollowers {
  readonly #feeds: ClassFeeds | undefined
  readonly #operators: OperatorSessions
  readonly #onError: ClassFollowersOptions['onError']

  constructor({ console, operators, clock, onError }: ClassFollowersOptions) {
    this.#feeds = console && new ClassFeeds(console, clock)
    this.#operators = operators
    this.#onError = onError
  }

  /** Finds the session of a follower by the header `Cookie`. Returns the error if the follower has no session. */
  check(cookie: string | undefined, scope: CookieScope): AbortSignal | GatewayError {
    if (!this.#feeds) return NO_LAB
    return this.#operators.find(cookie, scope) ?? NOT_OPERATOR
  }

  /** Sends the class console to a follower until the follower disconnects or its session ends. Calls `onClosed` when the connection is closed. */
  serve(transport: Transport, session: AbortSignal, onClosed: () => void): void {
    const follower = new Connection(transport, { incoming: lines(), outgoing: lines(), messageLimit: 256, outboxLimit: OUTBOX })
    const cancel = onSessionEnd(session, () => follower.fail(new Disconnected('ours', 'the operator has logged out')))
    this.#follow(follower)
      .catch((reason: unknown) => {
        if (!(reason instanceof Disconnected)) this.#onError('the server could not send the class console', reason)
      })
      .finally(() => {
        cancel()
        return follower.close()
      })
      .finally(onClosed)
  }

  /** Disconnects all followers. */
  close(): void {
    this.#feeds?.close()
  }

  async #follow(follower: Connection): Promise<void> {
    await this.#feeds?.serve(follower, { action: 'class', version: CLASS_VERSION, follow: true })
  }
}
