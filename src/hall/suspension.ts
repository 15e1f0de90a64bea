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

/** What follows from a log. Throws a TypeError where that is no log of a table. */
export function restored(id: TableId, events: readonly TableEvent[], rules: TableState['rules']): Restored {
  const [first, ...others] = events
  if (!first) throw new TypeError(`table ${id} has no events`)
  // when the process before ended is not known: the clocks stand still from what is known of it last
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
  /** It is on its way to the journal. */
  #pending = false

  constructor(step?: Step) {
    this.#step = step
  }

  /** Steps that are to be appended, behind the suspension, if that is neither kept nor on its way. */
  before(steps: Step[]): Step[] {
    if (!this.#step || this.#pending) return steps
    this.#pending = true
    return [this.#step, ...steps]
  }

  /** What is on its way will not be kept. */
  rollBack(): void {
    this.#pending = false
  }

  /** Whether an event that is kept is the suspension, which is known since the table was taken up. */
  isKept({ n }: TableEvent): boolean {
    if (n !== this.#step?.event.n) return false
    this.#step = undefined
    return true
  }
}

/** Of a table that was never suspended: it keeps nothing, and all such tables share it. */
export const NOT_SUSPENDED = new Suspension()
