import type { TableEvent, TableId } from '../hall/ports.ts'
import type { OnTrouble } from './commits.ts'

/** Follower is called with the events of a table; without `tell` it has gone. */
interface Follower {
  tell: ((events: readonly TableEvent[]) => void) | undefined
}

/** Followers are those who want to know what is kept, table by table. */
export class Followers {
  readonly #of = new Map<TableId, readonly Follower[]>()

  /** Calls `then` with what is kept of a table from now on, until the answer is called. */
  add(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    const follower: Follower = { tell: then }
    const others = this.#of.get(table)
    this.#of.set(table, others ? [...others, follower] : [follower])
    return () => {
      follower.tell = undefined
      this.#remove(table, follower)
    }
  }

  /** Checks whether a table has followers. */
  has(table: TableId): boolean {
    return this.#of.has(table)
  }

  /** Calls those who follow a table now. What one of them throws goes to `onTrouble`, and keeps it from nobody else. */
  tell(table: TableId, events: readonly TableEvent[], onTrouble: OnTrouble): void {
    for (const follower of this.#of.get(table) ?? []) {
      try {
        follower.tell?.(events)
      } catch (error) {
        onTrouble(error)
      }
    }
  }

  #remove(table: TableId, follower: Follower): void {
    const left = this.#of.get(table)?.filter((other) => other !== follower)
    if (left?.length) this.#of.set(table, left)
    else this.#of.delete(table)
  }
}
