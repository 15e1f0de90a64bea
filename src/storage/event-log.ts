import { toError } from '../base/errors.ts'
import type { LeaseId, ReadTable, TableEvent, TableId, TableLog } from '../hall/ports.ts'
import type { OnStoreError } from './error.ts'
import { decodeEvent, encodeEvent, OpeningCache } from './event-codec.ts'
import type { EndKind, EventStore } from './event-store.ts'
import { Followers } from './followers.ts'
import type { AppendJob, GroupCommit } from './group-commit.ts'
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

function readTable(table: TableId, lines: string | Error): ReadTable {
  if (lines instanceof Error) return { table, failure: lines }
  try {
    return { table, events: decodeEvents(table, lines) }
  } catch (reason) {
    return { table, failure: toError(reason) }
  }
}

/** Decodes the lines of a table. Throws a StoreError for a line that is not an event. */
export function decodeEvents(table: TableId, text: string): TableEvent[] {
  const [, ...lines] = text.split('\n')
  let before: number | undefined
  return lines.map((line, at) => {
    const event = decodeEvent(table, at + 1, line, before)
    before = event.at
    return event
  })
}

/**
 * Approximate bytes of an append without the events: the head of the append, and the share of the append in the overhead of the store's
 * pages.
 */
const HEAD = 40
/**
 * If a line is shorter than this length, the log counts each character as one byte, because counting the bytes takes longer than writing
 * most lines.
 */
const SHORT = 64

/**
 * Append is an append to a table's log, with the followers and the caller that it notifies. The constructor throws a RangeError or a
 * TypeError for invalid events.
 */
class Append implements AppendJob {
  readonly table: TableId
  readonly expected: number
  readonly count: number
  readonly prefix: string
  readonly lines: string
  readonly endKind: EndKind | undefined
  /** Approximate bytes on the disk. */
  readonly bytes: number
  readonly #followers: Followers
  readonly #events: readonly TableEvent[]
  readonly #then: (failure?: Error) => void
  #failure: Error | undefined

  constructor(
    table: TableId,
    expected: number,
    events: readonly TableEvent[],
    openings: OpeningCache,
    followers: Followers,
    then: (failure?: Error) => void,
  ) {
    if (!Number.isSafeInteger(table) || table < 1) throw new RangeError(`the number of a table must be a whole number from 1, not ${table}`)
    let ending: EndKind | undefined
    let beginning = ''
    let lines = ''
    let before: number | undefined
    let bytes = HEAD
    let n = expected
    for (const event of events) {
      n++
      if (event.n !== n) throw new RangeError(`the event of table ${table} to append has the number ${event.n}, and should have ${n}`)
      if (event.type === 'ended') ending ??= event.counts ? 'counts' : 'ended'
      const line = encodeEvent(table, event, before)
      const start = openings.encodePrefix(table, event)
      if (before === undefined) beginning = start
      else lines += start
      lines += line
      before = event.at
      bytes += start.length + (line.length < SHORT ? line.length : Buffer.byteLength(line))
    }
    this.table = table
    this.expected = expected
    this.count = events.length
    this.prefix = beginning
    this.lines = lines
    this.endKind = ending
    this.bytes = bytes
    this.#followers = followers
    this.#events = events
    this.#then = then
  }

  fail(reason: unknown): void {
    this.#failure = toError(reason)
  }

  finish(onError: OnStoreError): void {
    if (!this.#failure && this.count > 0) this.#followers.notify(this.table, this.#events, onError)
    try {
      this.#then(this.#failure)
    } catch (error) {
      onError(error)
    }
  }
}
