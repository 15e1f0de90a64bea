import type { TableEvent } from './ports.ts'
import { evolve, type TableState, type TableStep } from './table.ts'

/** Minimum number of events in a long table's history; the maximum is twice as many. */
export const RECENT = 200

/**
 * RecentEvents has the last events of a long table, with the state before these events, so that a client can reconnect and get the missed
 * events without a replay of the whole log.
 */
export class RecentEvents {
  /** State before the first event. */
  #base: TableState
  #events: TableEvent[] = []
  /** State after the first `RECENT` events, which the history drops next. */
  #next: TableState | undefined

  constructor(base: TableState) {
    this.#base = base
  }

  /** Adds an event with the state after it. */
  push(event: TableEvent, state: TableState): void {
    this.#events.push(event)
    if (this.#events.length === RECENT) this.#next = state
    if (this.#events.length < 2 * RECENT || !this.#next) return
    this.#base = this.#next
    this.#events = this.#events.slice(RECENT)
    this.#next = state
  }

  /**
   * Returns the events after the number `after`, each event with the state after it; `undefined` if the history has dropped some of these
   * events.
   */
  since(after: number): Iterable<TableStep> | undefined {
    return after < this.#base.n ? undefined : replay(this.#base, [...this.#events], after)
  }
}

/** Adds an event to the recent events of a table, with the states before and after it; returns `undefined` for a table with few events. */
export function addRecentEvent(
  history: RecentEvents | undefined,
  before: TableState | undefined,
  event: TableEvent,
  state: TableState,
): RecentEvents | undefined {
  if (state.n <= RECENT || !before) return undefined
  const longer = history ?? new RecentEvents(before)
  longer.push(event, state)
  return longer
}

/**
 * Replays events on `base`, the state before the first event; yields each event after the number `after`, with the state after the event.
 */
export function* replay(base: TableState, events: readonly TableEvent[], after: number): Iterable<TableStep> {
  let state = base
  for (const event of events) {
    state = evolve(state, event)
    if (event.n > after) yield { event, state }
  }
}
