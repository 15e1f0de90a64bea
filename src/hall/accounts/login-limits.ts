import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { formatSeconds } from '../../base/durations.ts'
import { type Rate, RateLimiter } from '../../base/rate-limit.ts'
import type { AuthError } from './auth-errors.ts'

/*
 * The limits on password guesses must not lock the owner out.
 *
 * An address is a known address of a name if the user of that name has logged in from it. An attempt from a known address counts only
 * for the pair of this name and this address. Every other attempt counts twice. It counts for its address, together with attempts at other
 * names. It also counts for its name, together with attempts from other addresses. All strangers therefore share the attempts at a name, and guesses from
 * elsewhere take no attempts from the owner at a known address. A refused attempt does not count anywhere, so an address that has used up
 * its attempts takes no attempts from a name or from another address. A successful login puts back only the tokens that it took, because
 * otherwise the owner's logins would provide guessers with new attempts. The limits do not apply to login sessions: their tokens have 130
 * bits.
 *
 * No limit depends on whether a name is registered, except that only registered names have known addresses. If a guesser uses an address
 * of the owner (the same computer, the same classroom), the guesses take attempts from the owner's pair; the owner can use a login
 * session there.
 */

/** Rate limits of login attempts, as tokens in buckets. */
export const RATES = {
  /** Limit for a name, from one known address. */
  pair: { burst: 10, refill: 20_000 },
  /** Limit for a name; all addresses that are not known addresses of the name share it. */
  name: { burst: 10, refill: 20_000 },
  /** Limit for an address; it allows all students of one year to log in at the same time from one address. */
  address: { burst: 300, refill: 2_000 },
} satisfies Record<string, Rate>

/** Rate limit of registrations from an address. */
const REGISTRATIONS = RATES.address

/**
 * Maximum number of names with known addresses, and maximum number of known addresses for each name. Above these numbers, the limiter drops
 * the name or the address that has not been used for the longest time.
 */
const KNOWN = { names: 10_000, addresses: 8 }

/** Attempt is a login or a registration that the limits allow. */
export interface Attempt {
  /** Returns the tokens that this attempt took. */
  giveBack(): void
}

/** LoginLimits limits the rate of password attempts and of registrations. */
export class LoginLimits {
  readonly #clock: Clock
  readonly #pairs = new RateLimiter(RATES.pair)
  readonly #names = new RateLimiter(RATES.name)
  readonly #addresses = new RateLimiter(RATES.address)
  readonly #registrations = new RateLimiter(REGISTRATIONS)
  /** Known addresses by name, in order of use; the addresses and the names are hashes. */
  readonly #known = new Map<string, readonly string[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a login attempt; returns an error if a limit is reached. `key` is the folded name. */
  attempt(key: string, address: string): Attempt | AuthError {
    if (this.#knows(key, address)) return this.confirmation(key, address)
    return this.#take([
      [this.#names, key],
      [this.#addresses, address],
    ])
  }

  /** Counts an attempt to confirm the password of a logged-in user; returns an error if a limit is reached. */
  confirmation(key: string, address: string): Attempt | AuthError {
    return this.#take([[this.#pairs, placeOf(key, address)]])
  }

  /** Counts a registration; returns an error if the limit is reached. */
  registration(address: string): Attempt | AuthError {
    return this.#take([[this.#registrations, address]])
  }

  /** Adds a known address after a login; returns a text for `loadKnownAddress` if the address is new. */
  addKnownAddress(key: string, address: string): string | undefined {
    const known = this.#knows(key, address)
    const place = placeOf(key, address)
    this.loadKnownAddress(place)
    return known ? undefined : place
  }

  /** Adds a known address from a text that `addKnownAddress` returned, perhaps in an earlier process. */
  loadKnownAddress(place: string): void {
    const [name = '', address = ''] = place.split(' ')
    const others = (this.#known.get(name) ?? []).filter((other) => other !== address)
    this.#known.delete(name)
    this.#known.set(name, [...others, address].slice(-KNOWN.addresses))
    const [oldest] = this.#known.keys()
    if (this.#known.size > KNOWN.names && oldest !== undefined) this.#known.delete(oldest)
  }

  #knows(key: string, address: string): boolean {
    return this.#known.get(hash(key))?.includes(hash(address)) ?? false
  }

  /** Takes one token from each limit, or no token if a limit is reached. */
  #take(from: readonly (readonly [RateLimiter, string])[]): Attempt | AuthError {
    const now = this.#clock.monotonic()
    const wait = Math.max(...from.map(([throttle, key]) => throttle.wait(key, now)))
    if (wait > 0) return toThrottleError(wait)
    for (const [throttle, key] of from) throttle.take(key, now)
    return {
      giveBack: () => {
        for (const [throttle, key] of from) throttle.giveBack(key)
      },
    }
  }
}

/** Returns a hash of a name and an address; the hash reveals neither the name nor the address. */
function placeOf(key: string, address: string): string {
  return `${hash(key)} ${hash(address)}`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Returns the error for an attempt that the limits allow again after `wait` milliseconds. */
export function toThrottleError(wait: number): AuthError {
  return { code: 'throttled', refused: `too many tries: wait ${formatSeconds(wait)}` }
}
