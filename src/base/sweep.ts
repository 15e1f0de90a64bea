export interface SweepOptions {
  /**
   * Milliseconds of one turn of the event loop that the visits may take. Default: 1. The effects of the visits take about the same
   * time again.
   */
  readonly share?: number
  /** Minimum number of visits in a turn. Default: 1. */
  readonly least?: number
  /** Returns a monotonic time in milliseconds with any origin. */
  readonly now?: () => number
}

/**
 * Visits items until its share of a turn of the event loop is used up. Returns true if items may be left for another turn. Clients
 * can cause any number of items, and the server reads no client during a sweep.
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
