import type { TableStep } from './table.ts'

/** Number of persisted steps that are removed together: one `shift()` for each event took more time than all other code of the actor. */
const MANY = 64
/** An empty array that all tables without pending steps share, because there can be very many tables. */
const NONE: TableStep[] = []

/** PendingSteps has the decided steps of a table that the log does not have yet. */
export class PendingSteps {
  /** The steps; the first `#done` steps are persisted. */
  #steps: TableStep[] = NONE
  #done = 0
  /** Steps that the actor has not sent to the log yet. */
  #unsent: TableStep[] = NONE

  /** The first step that is not persisted; `undefined` if the log has all steps. */
  get next(): TableStep | undefined {
    return this.#steps[this.#done]
  }

  get isEmpty(): boolean {
    return this.#done === this.#steps.length
  }

  /** Adds steps. If `isSent` is false, the steps wait for `takeUnsent`. */
  add(steps: TableStep[], isSent: boolean): void {
    if (this.#steps.length === 0) this.#steps = isSent ? steps : [...steps]
    else this.#steps.push(...steps)
    if (!isSent) this.#unsent = [...this.#unsent, ...steps]
  }

  /** Removes the first step, which is persisted. */
  advance(): void {
    this.#done++
    if (this.#done < this.#steps.length && this.#done < MANY) return
    this.#steps = this.#done < this.#steps.length ? this.#steps.slice(this.#done) : NONE
    this.#done = 0
  }

  /** Returns the steps that the actor has not sent yet, and regards them as sent. */
  takeUnsent(): readonly TableStep[] {
    const unsent = this.#unsent
    this.#unsent = NONE
    return unsent
  }

  clear(): void {
    this.#steps = NONE
    this.#unsent = NONE
    this.#done = 0
  }
}
