import { isRefusal } from '../games/game.ts'
import { type History, remember } from './history.ts'
import type { TableEvent, TableId } from './ports.ts'
import { decide, evolve, opened, type Step, type TableState } from './table.ts'

/** Restored is a table as it begins in a process; one that is restored from its log is suspended, unless it has ended. */
export interface Restored {
  readonly state: TableState
  /** The time of its last event. */
  readonly lastAt: number
  readonly suspension: Suspension
  readonly history?: History | undefined
}

/** Restores a table from its log. Throws a TypeError if that is no log of a table. */
export function restored(id: TableId, events: readonly TableEvent[], rules: TableState['rules']): Restored {
  const [first, ...others] = events
  if (!first) throw new TypeError(`table ${id} has no events`)
  // the end of the previous process is not known: the clocks stand still from its last known time
  const { at } = others.at(-1) ?? first
  let state = opened(first, rules)
  let history: History | undefined
  for (const event of others) {
    const before = state
    state = evolve(state, event)
    history = remember(history, before, event, state)
  }
  const steps = decide(state, { type: 'suspend' }, at)
  const step = isRefusal(steps) ? undefined : steps[0]
  if (step) history = remember(history, state, step.event, step.state)
  return { state: step?.state ?? state, lastAt: at, suspension: new Suspension(step), history }
}

/**
 * Suspension is that a table was suspended when its process began, as long as its log does not say so. It is appended with
 * the first event that follows, so that starting a process anew writes nothing.
 */
export class Suspension {
  #step: Step | undefined
  /** True while it is on its way to the journal. */
  #pending = false

  constructor(step?: Step) {
    this.#step = step
  }

  /** Puts the suspension before steps that are to be appended, unless it is persisted or on its way. */
  before(steps: Step[]): Step[] {
    if (!this.#step || this.#pending) return steps
    this.#pending = true
    return [this.#step, ...steps]
  }

  /** Notes that the append under way fails. */
  rollBack(): void {
    this.#pending = false
  }

  /** Checks whether a persisted event is the suspension, which is known since the table was restored. */
  isKept({ n }: TableEvent): boolean {
    if (n !== this.#step?.event.n) return false
    this.#step = undefined
    return true
  }
}

/** Suspension of a table that was never suspended: it has no state, and all such tables share it. */
export const NOT_SUSPENDED = new Suspension()
