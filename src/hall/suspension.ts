import { isRefusal } from '../games/game.ts'
import { addRecentEvent, type RecentEvents } from './history.ts'
import type { TableEvent, TableId } from './ports.ts'
import { decide, evolve, type TableState, type TableStep, toOpenedTable } from './table.ts'

/** Restored has the state of a table at the start of its actor. A restored table is suspended, unless it has ended. */
export interface Restored {
  readonly state: TableState
  /** Time of the last event. */
  readonly lastAt: number
  readonly suspension: Suspension
  readonly history?: RecentEvents | undefined
}

/** Computes the state of a table from its log. Throws a TypeError for events that are not the log of a table. */
export function toRestoredTable(id: TableId, events: readonly TableEvent[], rules: TableState['rules']): Restored {
  const [first, ...others] = events
  if (!first) throw new TypeError(`table ${id} has no events`)
  // no event shows the time at which the previous process ended, so the clocks stop at the last event
  const { at } = others.at(-1) ?? first
  let state = toOpenedTable(first, rules)
  let history: RecentEvents | undefined
  for (const event of others) {
    const before = state
    state = evolve(state, event)
    history = addRecentEvent(history, before, event, state)
  }
  const steps = decide(state, { type: 'suspend' }, at)
  const step = isRefusal(steps) ? undefined : steps[0]
  if (step) history = addRecentEvent(history, state, step.event, step.state)
  return { state: step?.state ?? state, lastAt: at, suspension: new Suspension(step), history }
}

/**
 * Suspension has the event `suspended` of a restored table until the log has that event. The table appends `suspended` together
 * with the next event, so that a restart writes nothing.
 */
export class Suspension {
  #step: TableStep | undefined
  /** True while the append of the event is pending. */
  #pending = false

  constructor(step?: TableStep) {
    this.#step = step
  }

  /** Returns the steps to append; the suspension is the first step if the log does not have it. */
  before(steps: TableStep[]): TableStep[] {
    if (!this.#step || this.#pending) return steps
    this.#pending = true
    return [this.#step, ...steps]
  }

  /** Makes the next append include the suspension again, because the log has refused the last append. */
  rollBack(): void {
    this.#pending = false
  }

  /** Checks whether a persisted event is the suspension; the restored state already has its effect. */
  isPersisted({ n }: TableEvent): boolean {
    if (n !== this.#step?.event.n) return false
    this.#step = undefined
    return true
  }
}

/** The suspension of every table that is not restored: an object without state. */
export const NOT_SUSPENDED = new Suspension()
