import type { Clock } from '../../base/clock.ts'
import { toNetwork } from '../../base/network-address.ts'
import { type Rate, RateLimiter } from '../../base/rate-limit.ts'

/**
 * SecretTries limits the tries of a secret, such as a code or the password of the operator, from each network. A correct secret is not a
 * try: the caller gives this try back. The server counts a try before it compares the secret, so that tries that arrive together, on one
 * connection or on many connections, have one limit. A refused try does not count.
 */
export class SecretTries {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #limiter: RateLimiter

  constructor(rate: Rate, clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
    this.#limiter = new RateLimiter(rate)
  }

  /** Counts a try from the network of a host. Returns 0, or the milliseconds to wait if the network has no try left. */
  take(host: string): number {
    return this.#limiter.take(toNetwork(host), this.#clock.monotonic())
  }

  /** Gives the last try of a network back, because the secret was correct. */
  giveBack(host: string): void {
    this.#limiter.giveBack(toNetwork(host))
  }
}
