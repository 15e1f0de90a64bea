export interface SweepOptions {
  /**
   * Milliseconds that the visits may take in one turn of the event loop. Default: 1. The effects of the visits take about as long
   * as the visits.
   */
  readonly share?: number
  /** Minimum number of visits in a turn. Default: 1. */
  readonly least?: number
  /** Returns a monotonic time in milliseconds with any origin. */
  readonly now?: () => number
}

/**
 * Visits items for `share` milliseconds, but at least `least` items. Returns true if items may be left for another turn. The
 * time is limited because clients can create any number of items, and the server reads from no client during a sweep.
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
