import { ChurnMap } from './churn-map.ts'
import type { LiveTable } from './live.ts'
import { OrderedList } from './ordered-list.ts'
import type { TableId } from './ports.ts'

/**
 * Listing is the public tables in their order: those that a user attends first, and the newest first among these and the
 * others. Each change is reported to it, so that no page is sorted when it is asked for.
 */
export class Listing {
  readonly #isListed: (table: LiveTable) => boolean
  readonly #attended = new OrderedList<LiveTable>()
  readonly #deserted = new OrderedList<LiveTable>()
  /** The one of the two in which each table is. */
  readonly #lists = new ChurnMap<TableId, OrderedList<LiveTable>>()

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
    const open = table.known && !table.closed && !table.state.ended && this.#isListed(table)
    this.#put(table, open ? (table.attendants.length > 0 ? this.#attended : this.#deserted) : undefined)
  }

  remove(table: LiveTable): void {
    this.#put(table, undefined)
  }

  /** Most of what happens leaves a table where it is. */
  #put(table: LiveTable, list: OrderedList<LiveTable> | undefined): void {
    const before = this.#lists.get(table.id)
    if (before === list) return
    before?.delete(table.id)
    list?.set(table.id, table)
    if (list) this.#lists.set(table.id, list)
    else this.#lists.delete(table.id)
  }
}
