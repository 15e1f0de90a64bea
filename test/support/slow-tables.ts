import type { Store } from '../../src/hall/ports.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'

/** SlowTables is a store that hands out numbers of tables when the test says so. */
export interface SlowTables {
  readonly store: Store
  /** Number of requests for a table's number that wait. */
  readonly waiting: number
  /** Lets requests wait again. */
  hold(): void
  /** Answers all requests that wait, and all that come; with a reason, rejects those that wait. */
  answer(reason?: Error): void
}

/** Opens a store whose numbers of tables come late, as from a server far away. */
export function openSlowTables(store = memoryStore()): SlowTables {
  const { tables } = store
  let requests: PromiseWithResolvers<void>[] = []
  let isOpen = false
  return {
    store: {
      ...store,
      tables: {
        async newTable(lease) {
          const request = Promise.withResolvers<void>()
          if (isOpen) request.resolve()
          else requests.push(request)
          await request.promise
          return tables.newTable(lease)
        },
        claim: (...which) => tables.claim(...which),
        append: (...addition) => tables.append(...addition),
        read: (...which) => tables.read(...which),
        readAll: (which) => tables.readAll(which),
        follow: (...who) => tables.follow(...who),
        unfinished: () => tables.unfinished(),
        ended: (after) => tables.ended(after),
      },
    },
    get waiting() {
      return requests.length
    },
    hold() {
      isOpen = false
    },
    answer(reason) {
      isOpen = reason === undefined
      for (const request of requests) {
        if (reason) request.reject(reason)
        else request.resolve()
      }
      requests = []
    },
  }
}
