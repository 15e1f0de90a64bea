/** Rate is how often something may be done: `burst` times at once, then once in `refill` milliseconds, a whole number. */
export interface Rate {
  readonly burst: number
  readonly refill: number
}

/** Bucket holds one somebody to a rate: a token bucket, kept as the time at which it will be full again. */
export class Bucket {
  readonly #rate: Rate
  #full = Number.NEGATIVE_INFINITY

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** When everything that was taken has come back, in milliseconds of the clock that `take` is given. */
  get full(): number {
    return this.#full
  }

  /** For how many milliseconds to wait at `now` until one may be taken; 0 where that is allowed. */
  wait(now: number): number {
    const { burst, refill } = this.#rate
    return Math.max(0, this.#missing(now) + refill - burst * refill)
  }

  /** Takes one at `now`: 0 where that is allowed, otherwise for how many milliseconds to wait, and nothing was taken. */
  take(now: number): number {
    const wait = this.wait(now)
    this.#full = now + this.#missing(now) + (wait > 0 ? 0 : this.#rate.refill)
    return wait
  }

  /** Gives one back that was taken. */
  giveBack(): void {
    this.#full -= this.#rate.refill
  }

  /** How long it takes until everything has come back. When the clock was set back, as long as for an empty bucket, and no longer. */
  #missing(now: number): number {
    const { burst, refill } = this.#rate
    return Math.min(Math.max(this.#full - now, 0), burst * refill)
  }
}

/** Keys that a throttle knows, at most. */
const KEYS = 10_000
/** Characters of a key that count: names, addresses and both together have fewer. */
const LENGTH = 256

/**
 * Throttle holds each of many to the same rate, by a key: a name, an address. It forgets whoever has nothing to wait
 * for; where too many have, first those whose bucket is nearest to being full, so that nobody can push out the key that
 * is attacked without more attempts than they would gain.
 */
export class Throttle {
  readonly #rate: Rate
  readonly #keys: number
  readonly #buckets = new Map<string, Bucket>()

  /** `keys` is how many it knows at most. */
  constructor({ keys = KEYS, ...rate }: Rate & { readonly keys?: number }) {
    this.#rate = rate
    this.#keys = keys
  }

  /** How many keys it knows. */
  get size(): number {
    return this.#buckets.size
  }

  /** Takes one for a key at `now`, as `Bucket.take`. */
  take(key: string, now: number): number {
    let bucket = this.#buckets.get(short(key))
    if (!bucket) {
      if (this.#buckets.size >= this.#keys) this.#makeRoom(now)
      bucket = new Bucket(this.#rate)
      this.#buckets.set(copyOf(short(key)), bucket)
    }
    return bucket.take(now)
  }

  /** For how many milliseconds a key has to wait at `now`, as `Bucket.wait`. */
  wait(key: string, now: number): number {
    return this.#buckets.get(short(key))?.wait(now) ?? 0
  }

  /** Gives one back that a key has taken, as after the right password. */
  giveBack(key: string): void {
    this.#buckets.get(short(key))?.giveBack()
  }

  /** Forgets those that are full, and a quarter of all at least, so that room is seldom made. */
  #makeRoom(now: number): void {
    const fullest = [...this.#buckets].sort(([, one], [, other]) => one.full - other.full)
    const quarter = Math.ceil(fullest.length / 4)
    for (const [at, [key, { full }]] of fullest.entries()) {
      if (at >= quarter && full > now) return
      this.#buckets.delete(key)
    }
  }
}

function short(key: string): string {
  return key.length > LENGTH ? key.slice(0, LENGTH) : key
}

/** The same text in memory of its own: a part of a text, as a name out of a line, holds all of that text. */
function copyOf(key: string): string {
  return JSON.parse(JSON.stringify(key)) as string
}
