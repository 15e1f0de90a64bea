import { toError } from '../base/errors.ts'
import type { LeaseId, ReadTable, TableEvent, TableId, TableLog } from '../hall/ports.ts'
import { Append, decodeEvents, readTable } from './append.ts'
import { OpeningCache } from './event-codec.ts'
import type { EventStore } from './event-store.ts'
import { Followers } from './followers.ts'
import type { GroupCommit } from './group-commit.ts'
import type { TableClaims } from './memory-leases.ts'

/** Maximum number of tables that the log reads in one step; the events of all these tables are in memory at the same time. */
const TOGETHER = 2000

/** EventLog is a `TableLog` that stores its events in an `EventStore` and notifies followers. */
export class EventLog implements TableLog {
  readonly #store: EventStore
  readonly #commits: GroupCommit
  readonly #followers = new Followers()
  readonly #openings = new OpeningCache()
  readonly #claims: TableClaims
  #next: TableId

  constructor(store: EventStore, commits: GroupCommit, claims: TableClaims) {
    this.#store = store
    this.#commits = commits
    this.#claims = claims
    this.#next = store.highestTable() + 1
  }

  newTable(lease?: LeaseId): TableId | Promise<TableId> {
    try {
      if (lease !== undefined) this.#claims.open(this.#next, lease)
      return this.#next++
    } catch (reason) {
      return Promise.reject(toError(reason))
    }
  }

  async claim(tables: readonly TableId[], lease: LeaseId): Promise<readonly TableId[]> {
    return this.#claims.claim(tables, lease)
  }

  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined {
    try {
      const append = new Append(table, expected, events, this.#openings, this.#followers, then)
      if (table >= this.#next) this.#next = table + 1
      this.#commits.append(append)
      return append.bytes
    } catch (reason) {
      queueMicrotask(() => then(toError(reason)))
      return undefined
    }
  }

  async read(table: TableId, after: number): Promise<readonly TableEvent[]> {
    const lines = this.#store.read([table]).get(table) ?? ''
    if (lines instanceof Error) throw lines
    return decodeEvents(table, lines).slice(after)
  }

  async *readAll(tables: readonly TableId[]): AsyncIterable<ReadTable> {
    for (let from = 0; from < tables.length; from += TOGETHER) {
      for (const [table, lines] of this.#store.read(tables.slice(from, from + TOGETHER))) yield readTable(table, lines)
    }
  }

  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    return this.#followers.add(table, then)
  }

  /** Checks whether a table has followers. */
  isFollowed(table: TableId): boolean {
    return this.#followers.has(table)
  }

  async unfinished(): Promise<readonly TableId[]> {
    return this.#store.listUnfinished()
  }

  /** Resolves to the rated tables that ended after `after`. Rejects with a RangeError if the table `after` has not ended. */
  async ended(after?: TableId): Promise<readonly TableId[]> {
    const tables = this.#store.listRatedEnded(after)
    if (!tables) throw new RangeError(`table ${after} has not ended, so the tables that ended after it are unknown`)
    return tables
  }
}
