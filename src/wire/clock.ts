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
    // what is longer than timers can be, 24 days, would be over at once
    const timer = setTimeout(then, Math.min(ms, 0x7fffffff))
    return () => clearTimeout(timer)
  },
}
