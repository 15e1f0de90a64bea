import type { TableEvent } from './ports.ts'
import { evolve, type Step, type TableState } from './table.ts'

/** Events after the last of which a state is remembered, and which a history has at least, once there were so many. */
export const RECENT = 200

/**
 * History is the last events of a long table, with the state before them: a client that was away catches up with them, and
 * nothing is read or replayed that happened before.
 */
export class History {
  /** The state before the first of the events. */
  #base: TableState
  #events: TableEvent[] = []
  /** The state after so many of them as will be forgotten next. */
  #next: TableState | undefined

  constructor(base: TableState) {
    this.#base = base
  }

  /** Adds an event, and the state after it. */
  push(event: TableEvent, state: TableState): void {
    this.#events.push(event)
    if (this.#events.length === RECENT) this.#next = state
    if (this.#events.length < 2 * RECENT || !this.#next) return
    this.#base = this.#next
    this.#events = this.#events.slice(RECENT)
    this.#next = state
  }

  /** The events after the number `after`, each with the state that it leads to; `undefined` where they go too far back. */
  since(after: number): Iterable<Step> | undefined {
    return after < this.#base.n ? undefined : replayed(this.#base, [...this.#events], after)
  }
}

/** The history of a table after one more event, which leads from one state to another; none as long as the table is short. */
export function remember(
  history: History | undefined,
  before: TableState | undefined,
  event: TableEvent,
  state: TableState,
): History | undefined {
  if (state.n <= RECENT || !before) return undefined
  const longer = history ?? new History(before)
  longer.push(event, state)
  return longer
}

/** The events after the number `after`, each with the state that it leads to; `base` is the state before all of them. */
export function* replayed(base: TableState, events: readonly TableEvent[], after: number): Iterable<Step> {
  let state = base
  for (const event of events) {
    state = evolve(state, event)
    if (event.n > after) yield { event, state }
  }
}
