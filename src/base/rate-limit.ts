/** Rate is a rate limit: `burst` operations without a wait, then 1 operation every `refill` milliseconds. `refill` is a whole number. */
export interface Rate {
  readonly burst: number
  readonly refill: number
}

/** TokenBucket limits the rate of one key. Its only state is the next time at which the bucket is full. */
export class TokenBucket {
  readonly #rate: Rate
  #full = Number.NEGATIVE_INFINITY

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Next time at which the bucket is full, in milliseconds of the caller's clock. */
  get full(): number {
    return this.#full
  }

  /** Returns the milliseconds from `now` until a token is available; 0 if a token is available now. */
  wait(now: number): number {
    const { burst, refill } = this.#rate
    return Math.max(0, this.#missing(now) + refill - burst * refill)
  }

  /** Takes a token at `now`; returns 0 if a token was available, and otherwise the milliseconds to wait. */
  take(now: number): number {
    const wait = this.wait(now)
    this.#full = now + this.#missing(now) + (wait > 0 ? 0 : this.#rate.refill)
    return wait
  }

  /** Puts a token back after an operation that does not count. */
  giveBack(): void {
    this.#full -= this.#rate.refill
  }

  /**
   * Returns the milliseconds until the bucket is full. Even if the clock has gone back, the result is at most the time that an empty bucket
   * needs.
   */
  #missing(now: number): number {
    const { burst, refill } = this.#rate
    return Math.min(Math.max(this.#full - now, 0), burst * refill)
  }
}

/** Default maximum number of keys. */
const KEYS = 10_000
/** Maximum number of significant characters of a key; a name, an address, or a name with an address has fewer characters. */
const LENGTH = 256

/**
 * RateLimiter limits the rate of each of many keys, such as names or addresses. If there are too many keys, it drops the keys with full
 * buckets, and then the keys whose buckets are nearest to full. An attacker who wants to evict the key under attack spends more attempts
 * on other keys than the eviction gives back.
 */
export class RateLimiter {
  readonly #rate: Rate
  readonly #keys: number
  readonly #buckets = new Map<string, TokenBucket>()

  /** `keys` is the maximum number of keys. */
  constructor({ keys = KEYS, ...rate }: Rate & { readonly keys?: number }) {
    this.#rate = rate
    this.#keys = keys
  }

  /** Number of keys. */
  get size(): number {
    return this.#buckets.size
  }

  /** Takes a token of a key at `now`, like `TokenBucket.take`. */
  take(key: string, now: number): number {
    let bucket = this.#buckets.get(short(key))
    if (!bucket) {
      if (this.#buckets.size >= this.#keys) this.#makeRoom(now)
      bucket = new TokenBucket(this.#rate)
      this.#buckets.set(copyOf(short(key)), bucket)
    }
    return bucket.take(now)
  }

  /** Returns the milliseconds that a key has to wait at `now`, like `TokenBucket.wait`. */
  wait(key: string, now: number): number {
    return this.#buckets.get(short(key))?.wait(now) ?? 0
  }

  /** Puts back a token that a key has taken, for example after the right password. */
  giveBack(key: string): void {
    this.#buckets.get(short(key))?.giveBack()
  }

  /** Drops the keys with full buckets, and at least a quarter of all keys, so that the limiter seldom has to drop keys. */
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

/** Copies a text, because a substring, such as a name from a line, retains the whole text in memory. */
function copyOf(key: string): string {
  return JSON.parse(JSON.stringify(key)) as string
}
