import { toError } from '../base/errors.ts'
import { type ReadTable, type TableEvent, type TableId, type TableLog, VersionConflict } from '../hall/ports.ts'
import type { OnStoreError } from './error.ts'
import { decodeEvent, encodeEvent, OpeningCache } from './events.ts'
import { Followers } from './followers.ts'
import type { GroupCommit, WriteJob } from './group-commit.ts'

/** AppendBatch is one append in encoded form: `count` events, the first of them with the number `expected` + 1. */
export interface AppendBatch {
  readonly table: TableId
  readonly expected: number
  readonly count: number
  /** The beginning of the first event's line, if that is an opening, because many openings share it; otherwise empty. */
  readonly prefix: string
  /** The events as text without `beginning`: a line each, with a line break before it. */
  readonly lines: string
  /** How the table ends with these events; `undefined` if it does not end. */
  readonly endKind: EndKind | undefined
}

/** EndKind is how a table ends: `counts` if its result counts for the ladder, otherwise `ended`. */
export type EndKind = 'ended' | 'counts'

/** EventStore stores the events of a log as text. Memory and SQLite implement it. */
export interface EventStore {
  /** Returns the highest number of a table; 0 if there is no table. */
  highestTable(): TableId
  /** Appends events if the last event of the table has the number `expected`; returns whether it has. Called by `GroupCommit`. */
  append(addition: AppendBatch): boolean
  /** Returns all events of tables as text, a line each, with a line break before it; an Error for a table that cannot be read. */
  read(tables: readonly TableId[]): ReadonlyMap<TableId, string | Error>
  /** Returns the tables that have not ended, ascending. */
  listUnfinished(): readonly TableId[]
  /** Returns the rated tables that ended after the table `after`, in the order of their ends; `undefined` if `after` has not ended. */
  listRatedEnded(after: TableId | undefined): readonly TableId[] | undefined
}

/** Tables that are read in one step; all their events are in memory at the same time. */
const TOGETHER = 2000

/** EventLog is a `TableLog` that stores its events in an `EventStore`, and notifies followers. */
export class EventLog implements TableLog {
  readonly #place: Place
  readonly #commits: GroupCommit
  #next: TableId

  constructor(store: EventStore, commits: GroupCommit) {
    this.#place = { store, followers: new Followers(), openings: new OpeningCache() }
    this.#commits = commits
    this.#next = store.highestTable() + 1
  }

  newTable(): TableId {
    return this.#next++
  }

  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined {
    try {
      const append = new Append(this.#place, table, expected, events, then)
      if (table >= this.#next) this.#next = table + 1
      this.#commits.enqueue(append)
      return append.bytes
    } catch (reason) {
      queueMicrotask(() => then(toError(reason)))
      return undefined
    }
  }

  async read(table: TableId, after: number): Promise<readonly TableEvent[]> {
    const lines = this.#place.store.read([table]).get(table) ?? ''
    if (lines instanceof Error) throw lines
    return decodeEvents(table, lines).slice(after)
  }

  async *readAll(tables: readonly TableId[]): AsyncIterable<ReadTable> {
    for (let from = 0; from < tables.length; from += TOGETHER) {
      for (const [table, lines] of this.#place.store.read(tables.slice(from, from + TOGETHER))) yield readTable(table, lines)
    }
  }

  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    return this.#place.followers.add(table, then)
  }

  /** Checks whether a table has followers. */
  isFollowed(table: TableId): boolean {
    return this.#place.followers.has(table)
  }

  async unfinished(): Promise<readonly TableId[]> {
    return this.#place.store.listUnfinished()
  }

  /** Resolves to the rated tables that ended after `after`. Rejects with a RangeError if `after` has not ended. */
  async ended(after?: TableId): Promise<readonly TableId[]> {
    const tables = this.#place.store.listRatedEnded(after)
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

/** Approximate bytes of an append without its events: its head, and its part of the pages of the store. */
const HEAD = 40
/** Length of a line below which each character counts as a byte, because counting bytes costs more than writing most lines. */
const SHORT = 64

/** Place is the target of appends: their store, and the followers to notify. */
interface Place {
  readonly store: EventStore
  readonly followers: Followers
  readonly openings: OpeningCache
}

/** Append is an append in the queue of a GroupCommit. Its constructor throws a RangeError or a TypeError for invalid events. */
class Append implements WriteJob, AppendBatch {
  readonly table: TableId
  readonly expected: number
  readonly count: number
  readonly prefix: string
  readonly lines: string
  readonly endKind: EndKind | undefined
  /** Approximate bytes on the disk. */
  readonly bytes: number
  readonly #place: Place
  readonly #events: readonly TableEvent[]
  readonly #then: (failure?: Error) => void
  #failure: Error | undefined

  constructor(place: Place, table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void) {
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
      const start = place.openings.encodePrefix(table, event)
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
    this.#place = place
    this.#events = events
    this.#then = then
  }

  write(): void {
    this.#failure = this.#place.store.append(this) ? undefined : new VersionConflict(this.table, this.expected)
  }

  fail(reason: unknown): void {
    this.#failure = toError(reason)
  }

  finish(onError: OnStoreError): void {
    if (!this.#failure && this.count > 0) this.#place.followers.notify(this.table, this.#events, onError)
    try {
      this.#then(this.#failure)
    } catch (error) {
      onError(error)
    }
  }
}
