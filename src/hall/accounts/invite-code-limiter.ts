import type { Clock } from '../../base/clock.ts'
import { RateLimiter, TokenBucket } from '../../base/rate-limit.ts'
import type { AuthError } from './auth-errors.ts'
import { RATES as LOGIN, toThrottleError } from './login-limits.ts'

/*
 * Only wrong invitation codes count: for the connection, and for the address, which bounds the gain of a guesser with
 * new connections. The rates are those of passwords. While a limit is reached, right codes are refused too, because otherwise
 * guesses could continue. Refused codes do not count. docs/security.md computes a guesser's chance.
 */

/** Rate limits of wrong codes. */
const RATES = { connection: LOGIN.pair, address: LOGIN.address }

/** InviteCodeLimit is the limit of wrong invitation codes for one connection. */
export interface InviteCodeLimit {
  /** Returns the error for any code while a limit is reached; otherwise `undefined`. */
  denial(): AuthError | undefined
  /** Counts a wrong code. */
  failed(): void
}

/** InviteCodeLimiter limits the rate of wrong invitation codes. */
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
