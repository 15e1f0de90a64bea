import type { LiveTable } from './live.ts'
import { OrderedList } from './ordered-list.ts'

/**
 * Listing is the public tables in their order: those that a user attends first, and the newest first among these and the
 * others. Each change is reported to it, so that no page is sorted when it is asked for.
 */
export class Listing {
  readonly #isListed: (table: LiveTable) => boolean
  readonly #attended = new OrderedList<LiveTable>()
  readonly #deserted = new OrderedList<LiveTable>()

  /** `isListed` says which tables everybody may know of while they go on; it never changes for a table. */
  constructor(isListed: (table: LiveTable) => boolean) {
    this.#isListed = isListed
  }

  /** Number of tables. */
  get size(): number {
    return this.#attended.size + this.#deserted.size
  }

  /** Returns at most `count` tables from the place `from` on, counted from 0. */
  page(from: number, count: number): readonly LiveTable[] {
    const attended = this.#attended.sliceBack(from, count)
    const left = count - attended.length
    return left > 0 ? [...attended, ...this.#deserted.sliceBack(Math.max(0, from - this.#attended.size), left)] : attended
  }

  /** Puts a table where it belongs, after it was opened, attended or left by all, or has ended. */
  update(table: LiveTable): void {
    // players who leave with the last move are followed by the end at once
    const open = table.known && !table.closed && !table.state.outcome && this.#isListed(table)
    this.#put(table, open ? (table.attendants.length > 0 ? 'attended' : 'deserted') : undefined)
  }

  remove(table: LiveTable): void {
    this.#put(table, undefined)
  }

  /** Most of what happens leaves a table where it is. */
  #put(table: LiveTable, listed: LiveTable['listed']): void {
    const before = table.listed
    if (before === listed) return
    table.listed = listed
    if (before) this.#list(before).delete(table.id)
    if (listed) this.#list(listed).set(table.id, table)
  }

  #list(listed: 'attended' | 'deserted'): OrderedList<LiveTable> {
    return listed === 'attended' ? this.#attended : this.#deserted
  }
}
