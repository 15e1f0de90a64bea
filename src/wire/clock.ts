/** Clock is where time comes from; every wait of Parlor goes through one, so that tests own theirs. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls `then` once after `ms` milliseconds; the returned function cancels that. */
  after(ms: number, then: () => void): () => void
}

/** The clock on the wall. */
export const wallClock: Clock = {
  now: Date.now,
  after(ms, then) {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}
