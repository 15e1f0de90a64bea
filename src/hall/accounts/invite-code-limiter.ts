import type { Clock } from '../../base/clock.ts'
import { RateLimiter, TokenBucket } from '../../base/rate-limit.ts'
import type { AuthError } from './auth-errors.ts'
import { RATES as LOGIN, toThrottleError } from './login-limits.ts'

/*
 * Only wrong invitation codes count. A wrong code counts for its connection and for its address, so that a guesser gains little by new
 * connections. The rates are the same as for passwords. While a limit is reached, the limiter refuses right codes, too, because otherwise
 * guesses could continue. Codes that the limiter refuses because of a limit do not count. docs/security.md computes a guesser's chance.
 */

/** Rate limits of wrong codes. */
const RATES = { connection: LOGIN.pair, address: LOGIN.address }

/** InviteCodeLimit is the limit of wrong invitation codes for one connection. */
export interface InviteCodeLimit {
  /** Returns the error for any code while a limit is reached; otherwise returns `undefined`. */
  denial(): AuthError | undefined
  /** Counts a wrong code for the connection and for its address. */
  failed(): void
}

/** InviteCodeLimiter limits the rate of wrong invitation codes, for each connection and for each address. */
export class InviteCodeLimiter {
  readonly #clock: Clock
  readonly #addresses = new RateLimiter(RATES.address)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Returns the limit for a new connection from an address. */
  open(address: string): InviteCodeLimit {
    const connection = new TokenBucket(RATES.connection)
    return {
      denial: () => {
        const now = this.#clock.monotonic()
        const wait = Math.max(connection.wait(now), this.#addresses.wait(address, now))
        return wait > 0 ? toThrottleError(wait) : undefined
      },
      failed: () => {
        const now = this.#clock.monotonic()
        connection.take(now)
        this.#addresses.take(address, now)
      },
    }
  }
}
