import type { Clock } from '../../base/clock.ts'
import { toNetwork } from '../../base/network-address.ts'
import { toThrottleError } from '../../hall/accounts/login-limits.ts'
import { Passwords } from '../../hall/accounts/passwords.ts'
import { hashToken, makeToken, type RandomBytes } from '../../hall/accounts/tokens.ts'
import type { GatewayError } from './request-gate.ts'
import { SecretTries } from './secret-tries.ts'
import { type CookieScope, formatCookie, readCookie } from './session-cookie.ts'

/** Rate of password tries from one address: a burst of 10, then one in 20 seconds. A correct password is not a try. */
const RATE = { burst: 10, refill: 20_000 }
/** Milliseconds for which a session of the operator is valid: a day of lessons. */
const LIFETIME = 12 * 3_600_000
/** Maximum number of sessions. If there is one more session, the oldest session ends. */
const SESSIONS = 64
/** Name of the cookie with the token of a session, without the prefix that a scope adds. */
const COOKIE = 'parlor-operator'

const WRONG: GatewayError = { code: 'bad-password', message: 'that is not the password of the operator' }

/** OperatorSession is the login of the operator in one browser. */
export interface OperatorSession {
  /** The token, which only the browser stores. */
  readonly token: string
  /** End of the session, in milliseconds since the Unix epoch. */
  readonly until: number
}

export interface OperatorSessionsOptions {
  /** Hash of the operator's password, in the PHC form. Without a hash, no password is correct. */
  readonly passwordHash: string | undefined
  readonly random: RandomBytes
  readonly clock: Clock
}

/**
 * OperatorSessions manages the logins of the operator in browsers. The sessions end with the process, because their tokens are in its
 * memory alone, as hashes. Password checks of the operator wait in a queue of their own, so that guesses do not delay the logins of
 * players.
 */
export class OperatorSessions {
  readonly #options: OperatorSessionsOptions
  readonly #passwords: Passwords
  readonly #tries: SecretTries
  /** The end of each session, by the hash of its token; the oldest session is first. */
  readonly #sessions = new Map<string, AbortController>()

  constructor(options: OperatorSessionsOptions) {
    this.#options = options
    this.#tries = new SecretTries(RATE, options.clock)
    this.#passwords = new Passwords({ random: options.random, atOnce: 1, waiting: { each: RATE.burst, all: 100 } })
  }

  /** Opens a session for a client at an address, if the password is correct. */
  async logIn(password: string, host: string): Promise<OperatorSession | GatewayError> {
    const { clock, passwordHash, random } = this.#options
    const wait = this.#tries.take(host)
    if (wait > 0) return toError(toThrottleError(wait).refused)
    const error = await this.#passwords.verify(password, passwordHash, toNetwork(host))
    if (error) return error.code === 'throttled' ? toError(error.refused) : WRONG
    this.#tries.giveBack(host)
    const token = makeToken(random)
    this.#open(hashToken(token))
    return { token, until: clock.now() + LIFETIME }
  }

  /** Finds the session of a request by its header `Cookie`; the signal aborts when the session ends. */
  find(cookie: string | undefined, scope: CookieScope): AbortSignal | undefined {
    const token = readCookie(COOKIE, cookie, scope)
    return token === undefined ? undefined : this.#sessions.get(hashToken(token))?.signal
  }

  /** Ends the session of a request. */
  logOut(cookie: string | undefined, scope: CookieScope): void {
    const token = readCookie(COOKIE, cookie, scope)
    if (token !== undefined) this.#end(hashToken(token))
  }

  /** Ends all sessions. */
  close(): void {
    for (const key of [...this.#sessions.keys()]) this.#end(key)
  }

  #open(key: string): void {
    const [oldest] = this.#sessions.keys()
    if (oldest !== undefined && this.#sessions.size >= SESSIONS) this.#end(oldest)
    const end = new AbortController()
    this.#sessions.set(key, end)
    const cancel = this.#options.clock.after(LIFETIME, () => this.#end(key))
    end.signal.addEventListener('abort', cancel, { once: true })
  }

  #end(key: string): void {
    const end = this.#sessions.get(key)
    this.#sessions.delete(key)
    end?.abort()
  }
}

function toError(message: string): GatewayError {
  return { code: 'throttled', message }
}

/**
 * Formats the header `Set-Cookie` for a session. No script can read the cookie, and no browser sends the cookie with a request of another
 * site.
 */
export function formatOperatorCookie({ token, until }: OperatorSession, scope: CookieScope): string {
  return formatCookie({ name: COOKIE, token, until, sameSite: 'strict' }, scope)
}

/** Calls `end` when the session of an operator ends. Returns a function that cancels the call. */
export function onSessionEnd(session: AbortSignal, end: () => void): () => void {
  session.addEventListener('abort', end, { once: true })
  return () => session.removeEventListener('abort', end)
}

/** Formats the header `Set-Cookie` that deletes the cookie. */
export function formatNoOperatorCookie(scope: CookieScope): string {
  return formatOperatorCookie({ token: '', until: 0 }, scope)
}
