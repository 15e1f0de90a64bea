import { createHash } from 'node:crypto'
import { secondsOf } from '../base/counts.ts'
import type { Denial } from './denial.ts'
import type { Clock } from './ports.ts'
import { type Rate, Throttle } from './throttle.ts'

/*
 * Guesses at passwords are limited so that who guesses cannot keep the owner out.
 *
 * From an address from which a name was logged in to before, tries are counted for this pair alone. All other tries count
 * for the address, whatever the names, and for the name, whatever the addresses: strangers share what there is of a name.
 * So guesses from elsewhere cost the owner nothing at a known address, and an address that has no tries left costs neither
 * a name nor another address anything: what is refused is not counted anywhere. A right login gives back what it took, and
 * nothing more, or its owner would give the guessers new tries. Sessions are not counted at all: their tokens have 130 bits.
 *
 * Nothing here depends on whether a name is registered, except that only registered names have known addresses. Who guesses
 * from an address that the owner uses, too (one machine, one class room), takes from the same pair: there, a session helps.
 */

/** Rates of login tries: how many at once, and milliseconds until each comes back. */
export const RATES = {
  /** Rate for a name, from one address from which it was logged in to. */
  pair: { burst: 10, refill: 20_000 },
  /** Rate for a name, from all other addresses. */
  name: { burst: 10, refill: 20_000 },
  /** Rate for an address, behind which a whole year of students may log in at once. */
  address: { burst: 300, refill: 2_000 },
} satisfies Record<string, Rate>

/** Names that an address may register: as many as it may log in to. */
const REGISTRATIONS = RATES.address

/** Names with known addresses, and known addresses of each, at most: the latest. */
const KNOWN = { names: 10_000, addresses: 8 }

/** Attempt is a try that was allowed. */
export interface Attempt {
  /** Gives back what this try took. */
  giveBack(): void
}

/** Logins says who may try a password now. */
export class Logins {
  readonly #clock: Clock
  readonly #pairs = new Throttle(RATES.pair)
  readonly #names = new Throttle(RATES.name)
  readonly #addresses = new Throttle(RATES.address)
  readonly #registrations = new Throttle(REGISTRATIONS)
  /** The known addresses of each name; both as hashes, and in the order in which they were used. */
  readonly #known = new Map<string, readonly string[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a try to log in, or refuses it. `key` is the folded name. */
  attempt(key: string, address: string): Attempt | Denial {
    if (this.#knows(key, address)) return this.confirmation(key, address)
    return this.#take([
      [this.#names, key],
      [this.#addresses, address],
    ])
  }

  /** Counts a try to prove the own password again through a connection that is logged in, or refuses it. */
  confirmation(key: string, address: string): Attempt | Denial {
    return this.#take([[this.#pairs, placeOf(key, address)]])
  }

  /** Counts a registration, or refuses it. */
  registration(address: string): Attempt | Denial {
    return this.#take([[this.#registrations, address]])
  }

  /** Notes that a name was logged in to from an address; answers with a text for `learn` if that was not known. */
  succeeded(key: string, address: string): string | undefined {
    const known = this.#knows(key, address)
    const place = placeOf(key, address)
    this.learn(place)
    return known ? undefined : place
  }

  /** Adds a known address, as `succeeded` has answered, perhaps in an earlier process. */
  learn(place: string): void {
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

  /** Takes one of each, or of none. */
  #take(from: readonly (readonly [Throttle, string])[]): Attempt | Denial {
    const now = this.#clock.monotonic()
    const wait = Math.max(...from.map(([throttle, key]) => throttle.wait(key, now)))
    if (wait > 0) return throttled(wait)
    for (const [throttle, key] of from) throttle.take(key, now)
    return {
      giveBack: () => {
        for (const [throttle, key] of from) throttle.giveBack(key)
      },
    }
  }
}

/** A name and an address in a text that shows neither. */
function placeOf(key: string, address: string): string {
  return `${hash(key)} ${hash(address)}`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** The denial of who has to wait for so many milliseconds. */
export function throttled(wait: number): Denial {
  return { why: 'throttled', refused: `too many tries: wait ${secondsOf(wait)}` }
}
