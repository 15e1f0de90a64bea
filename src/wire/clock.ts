/** Clock is where time comes from; every wait of Parlor goes through one, so that tests own theirs. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls `then` once after `ms` milliseconds; the returned function cancels that. */
  after(ms: number, then: () => void): () => void
  /** As `after`, up to 100 ms late and cheaper, for what is begun with every connection and hardly ever comes to pass. */
  about?(ms: number, then: () => void): () => void
}

/** How late `about` may be, in milliseconds. */
const ABOUT = 100

/** Due is something that is to be done from a time on, unless it was taken back. */
interface Due {
  readonly at: number
  work: (() => void) | undefined
}

let later: Due[] = []

function look(): void {
  const now = performance.now()
  const all = later
  later = all.filter(({ at, work }) => work && at > now)
  if (later.length > 0) setTimeout(look, ABOUT).unref()
  for (const { at, work } of all) if (work && at <= now) setImmediate(work)
}

/** The clock on the wall. */
export const wallClock: Clock = {
  now: Date.now,
  after(ms, then) {
    // what is longer than timers can be, 24 days, would be over at once
    const timer = setTimeout(then, Math.min(ms, 0x7fffffff))
    return () => clearTimeout(timer)
  },
  about(ms, then) {
    if (later.length === 0) setTimeout(look, ABOUT).unref()
    const due: Due = { at: performance.now() + ms, work: then }
    later.push(due)
    return () => {
      due.work = undefined
    }
  },
}
