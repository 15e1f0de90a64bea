import type { TableEvent, TableId } from '../hall/ports.ts'
import type { OnStoreError } from './error.ts'

/** Follower is a callback for the events of a table; after the removal of the follower, `notify` is `undefined`. */
interface Follower {
  notify: ((events: readonly TableEvent[]) => void) | undefined
}

/** Followers has the callbacks for persisted events, by table. */
export class Followers {
  readonly #of = new Map<TableId, readonly Follower[]>()

  /** Adds `then` as a callback for the events of a table that the log persists from now on. Returns a function that unsubscribes. */
  add(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    const follower: Follower = { notify: then }
    const others = this.#of.get(table)
    this.#of.set(table, others ? [...others, follower] : [follower])
    return () => {
      follower.notify = undefined
      this.#remove(table, follower)
    }
  }

  /** Checks whether a table has followers. */
  has(table: TableId): boolean {
    return this.#of.has(table)
  }

  /** Calls the followers of a table. Passes exceptions of followers to `onError`, and continues with the next follower. */
  notify(table: TableId, events: readonly TableEvent[], onError: OnStoreError): void {
    for (const follower of this.#of.get(table) ?? []) {
      try {
        follower.notify?.(events)
      } catch (error) {
        onError(error)
      }
    }
  }

  #remove(table: TableId, follower: Follower): void {
    const left = this.#of.get(table)?.filter((other) => other !== follower)
    if (left?.length) this.#of.set(table, left)
    else this.#of.delete(table)
  }
}
