/** Clock is where time comes from; every wait of Parlor goes through one, so that tests own theirs. */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch: for what is stored or shown. It jumps when the system's clock is set. */
  now(): number
  /**
   * Monotonic time in whole milliseconds, from an origin that means nothing: for every span. It never goes back, setting
   * the system's clock does not change it, and it stands still while the machine is suspended.
   */
  monotonic(): number
  /** Calls `then` once, when `monotonic` has grown by `ms` milliseconds at least; the returned function cancels that. */
  after(ms: number, then: () => void): () => void
  /** As `after`, up to 100 ms late and cheaper, for what is begun with every connection and hardly ever comes to pass. */
  about?(ms: number, then: () => void): () => void
}

/** How late `about` may be, in milliseconds. */
const ABOUT = 100

/** The longest time of one timer, in milliseconds, about 24 days: a longer one is over at once. */
const LONGEST = 0x7fffffff

/** Due is something that is to be done from a time on, unless it was taken back. */
interface Due {
  readonly at: number
  work: (() => void) | undefined
}

let later: Due[] = []

function monotonic(): number {
  return Math.floor(performance.now())
}

function look(): void {
  const now = monotonic()
  const all = later
  later = all.filter(({ at, work }) => work && at > now)
  if (later.length > 0) setTimeout(look, ABOUT).unref()
  for (const { at, work } of all) if (work && at <= now) setImmediate(work)
}

/** The system's clocks. */
export const wallClock: Clock = {
  now: Date.now,
  monotonic,
  after(ms, then) {
    const due = monotonic() + ms
    // one timer may not be as long, and may be early by a part of a millisecond
    const fire = () => {
      const left = due - monotonic()
      if (left > 0) timer = setTimeout(fire, Math.min(left, LONGEST))
      else then()
    }
    let timer = setTimeout(fire, Math.min(ms, LONGEST))
    return () => clearTimeout(timer)
  },
  about(ms, then) {
    if (later.length === 0) setTimeout(look, ABOUT).unref()
    const due: Due = { at: monotonic() + ms, work: then }
    later.push(due)
    return () => {
      due.work = undefined
    }
  },
}
