import { type Due, DueWork } from './due-work.ts'

/** Clock is where time comes from; every wait of Parlor goes through one, so that tests own theirs. */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch: for what is stored or shown. It jumps when the system's clock is set. */
  now(): number
  /**
   * Monotonic time in whole milliseconds, from an origin that means nothing: for every span. It never goes back, setting
   * the system's clock does not change it, and it stands still while the machine is suspended.
   */
  monotonic(): number
  /**
   * Calls `then` once, when `monotonic` has grown by `ms` milliseconds at least, or later where much is due at once; the
   * returned function cancels that.
   */
  after(ms: number, then: () => void): () => void
  /** As `after`, up to 100 ms late and cheaper, for what is begun with every connection and hardly ever comes to pass. */
  about?(ms: number, then: () => void): () => void
}

/** How late `about` may be, in milliseconds. */
const ABOUT = 100

/** The longest time of one timer, in milliseconds, about 24 days: a longer one is over at once. */
const LONGEST = 0x7fffffff

/** Later is work that is due from a time on. */
interface Later extends Due {
  readonly at: number
}

let later: Later[] = []

/** All that fell due in this process, which shares each turn of the event loop with what peers say. */
const dueWork = new DueWork({ nextTurn: (then) => void setImmediate(then) })

function monotonic(): number {
  return Math.floor(performance.now())
}

function look(): void {
  const now = monotonic()
  const all = later
  later = all.filter(({ at, work }) => work && at > now)
  if (later.length > 0) setTimeout(look, ABOUT).unref()
  for (const due of all) if (due.work && due.at <= now) dueWork.add(due)
}

/** The system's clocks. */
export const wallClock: Clock = {
  now: Date.now,
  monotonic,
  after(ms, then) {
    const at = monotonic() + ms
    const due: Due = { work: then }
    // one timer may not be as long, and may be early by a part of a millisecond
    const fire = () => {
      const left = at - monotonic()
      if (left > 0) timer = setTimeout(fire, Math.min(left, LONGEST))
      else dueWork.add(due)
    }
    let timer = setTimeout(fire, Math.min(ms, LONGEST))
    return () => {
      clearTimeout(timer)
      due.work = undefined
    }
  },
  about(ms, then) {
    if (later.length === 0) setTimeout(look, ABOUT).unref()
    const due: Later = { at: monotonic() + ms, work: then }
    later.push(due)
    return () => {
      due.work = undefined
    }
  },
}
