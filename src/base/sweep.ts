/** SweepOptions is how much of a sweep runs at a time. */
export interface SweepOptions {
  /** Milliseconds: 1. What follows from the visits takes about as long again. */
  readonly share?: number
  /** Visits at a time, at least: 1. */
  readonly least?: number
  /** Milliseconds from any moment on. */
  readonly now?: () => number
}

/**
 * Visits some of many until its share of a turn of the event loop is used up; answers whether there may be
 * more, to be visited in another turn. There can be as many as clients like, and others wait meanwhile.
 */
export function sweepSome<Item>(
  items: Iterator<Item>,
  visit: (item: Item) => void,
  { share = 1, least = 1, now = () => performance.now() }: SweepOptions = {},
): boolean {
  const ends = now() + share
  for (let visits = 1; ; visits++) {
    const next = items.next()
    if (next.done) return false
    visit(next.value)
    if (visits >= least && now() >= ends) return true
  }
}
