import { OrderedList } from '../base/ordered-list.ts'
import type { TableActor } from './table-actor.ts'

/**
 * TableListing is the ordered list of public tables: first the tables with observers, then the other tables; both groups begin with
 * their newest table. The hall reports each change, so a page needs no sorting.
 */
export class TableListing {
  readonly #isListed: (table: TableActor) => boolean
  readonly #attended = new OrderedList<TableActor>()
  readonly #deserted = new OrderedList<TableActor>()

  /** `isListed` returns whether a table is public while its game is under way; for one table, it must always return the same answer. */
  constructor(isListed: (table: TableActor) => boolean) {
    this.#isListed = isListed
  }

  /** Number of public tables with a game under way. */
  get size(): number {
    return this.#attended.size + this.#deserted.size
  }

  /** Returns at most `count` tables, beginning with the index `from`. */
  page(from: number, count: number): readonly TableActor[] {
    const attended = this.#attended.sliceBack(from, count)
    const left = count - attended.length
    return left > 0 ? [...attended, ...this.#deserted.sliceBack(Math.max(0, from - this.#attended.size), left)] : attended
  }

  /**
   * Moves a table to its position in the list: after its opening or its end, after its first observer has subscribed, or after its
   * last observer has left.
   */
  update(table: TableActor): void {
    // an outcome means the end of the game here, because the event `ended` follows the last move immediately
    const open = table.isPublished && !table.closed && !table.state.outcome && this.#isListed(table)
    this.#put(table, open ? (table.observers.length > 0 ? 'attended' : 'deserted') : undefined)
  }

  remove(table: TableActor): void {
    this.#put(table, undefined)
  }

  #put(table: TableActor, listed: TableActor['listed']): void {
    const before = table.listed
    if (before === listed) return
    table.listed = listed
    if (before) this.#list(before).delete(table.id)
    if (listed) this.#list(listed).set(table.id, table)
  }

  #list(listed: 'attended' | 'deserted'): OrderedList<TableActor> {
    return listed === 'attended' ? this.#attended : this.#deserted
  }
}
