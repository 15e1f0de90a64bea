import type { Denial } from './denial.ts'
import { RATES as LOGIN, throttled } from './logins.ts'
import type { Clock } from './ports.ts'
import { Bucket, Throttle } from './throttle.ts'

/*
 * Only wrong codes count: first for the connection, so that a guesser limits itself, then for the address, which bounds
 * what a guesser gains by new connections. The rates are those of passwords. While a limit lasts, right codes are refused
 * too, or guesses would go on. What is refused is not counted. docs/security.md says what a guesser gets.
 */

/** Rates of wrong codes: how many at once, and milliseconds until each comes back. */
const RATES = { connection: LOGIN.pair, address: LOGIN.address }

/** CodeTries counts the wrong codes of invitations that one connection sends. */
export interface CodeTries {
  /** The denial of a try, right or wrong, while a limit is reached; `undefined` if it is allowed. */
  denial(): Denial | undefined
  /** Counts a wrong code. */
  failed(): void
}

/** CodeThrottle limits how often codes of invitations are guessed. */
export class CodeThrottle {
  readonly #clock: Clock
  readonly #addresses = new Throttle(RATES.address)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A count for a new connection from an address. */
  open(address: string): CodeTries {
    const connection = new Bucket(RATES.connection)
    return {
      denial: () => {
        const now = this.#clock.monotonic()
        const wait = Math.max(connection.wait(now), this.#addresses.wait(address, now))
        return wait > 0 ? throttled(wait) : undefined
      },
      failed: () => {
        const now = this.#clock.monotonic()
        connection.take(now)
        this.#addresses.take(address, now)
      },
    }
  }
}
