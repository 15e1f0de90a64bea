import { type ReadTable, type TableEvent, type TableId, type TableLog, VersionConflict } from '../hall/ports.ts'
import type { Commits, Job, OnTrouble } from './commits.ts'
import { decodeEvent, encodeEvent, Openings } from './events.ts'
import { Followers } from './followers.ts'

/** Addition is what one append brings to a shelf: `count` events, the first of them with the number `expected` + 1. */
export interface Addition {
  readonly table: TableId
  readonly expected: number
  readonly count: number
  /** How the first event's line begins, where it is one that others have too; else nothing. */
  readonly beginning: string
  /** The events as text, a line each, with a line break before it, without that beginning. */
  readonly lines: string
  /** Where the table ends with it, and, if so, whether it counts for the ladder. */
  readonly ending: Ending | undefined
}

/** Ending is how a table has ended: so that it counts for the ladder, or not. */
export type Ending = 'ended' | 'counts'

/** Shelf is where the events of a log lie, as text: what memory and a database do each in its own way. */
export interface Shelf {
  /** The highest number that a table has, 0 where there is none. */
  highest(): TableId
  /** Adds events behind a table's last one where that has the expected number; answers whether it has. For `Commits`. */
  add(addition: Addition): boolean
  /** The events of tables from the first, as lines of text with a line break before each; an Error for those that cannot be read. */
  read(tables: readonly TableId[]): ReadonlyMap<TableId, string | Error>
  /** The tables that have not ended, in order. */
  unfinished(): readonly TableId[]
  /** The tables that have ended and count, in the order in which they did; `undefined` where `after` has not ended. */
  ended(after: TableId | undefined): readonly TableId[] | undefined
}

/** Tables that are read together: all their events are in memory at the same time. */
const TOGETHER = 2000

/** Log is a `TableLog` whose events lie on a shelf. */
export class Log implements TableLog {
  readonly #place: Place
  readonly #commits: Commits
  #next: TableId

  constructor(shelf: Shelf, commits: Commits) {
    this.#place = { shelf, followers: new Followers(), openings: new Openings() }
    this.#commits = commits
    this.#next = shelf.highest() + 1
  }

  newTable(): TableId {
    return this.#next++
  }

  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined {
    try {
      const append = new Append(this.#place, table, expected, events, then)
      if (table >= this.#next) this.#next = table + 1
      this.#commits.take(append)
      return append.bytes
    } catch (reason) {
      queueMicrotask(() => then(asError(reason)))
      return undefined
    }
  }

  async read(table: TableId, after: number): Promise<readonly TableEvent[]> {
    const lines = this.#place.shelf.read([table]).get(table) ?? ''
    if (lines instanceof Error) throw lines
    return eventsOf(table, lines).slice(after)
  }

  async *readAll(tables: readonly TableId[]): AsyncIterable<ReadTable> {
    for (let from = 0; from < tables.length; from += TOGETHER) {
      for (const [table, lines] of this.#place.shelf.read(tables.slice(from, from + TOGETHER))) yield readTable(table, lines)
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
    return this.#place.shelf.unfinished()
  }

  /** The tables that have ended and count; rejects with a RangeError where `after` has not ended. */
  async ended(after?: TableId): Promise<readonly TableId[]> {
    const tables = this.#place.shelf.ended(after)
    if (!tables) throw new RangeError(`table ${after} has not ended, so none can be said to have ended after it`)
    return tables
  }
}

function readTable(table: TableId, lines: string | Error): ReadTable {
  if (lines instanceof Error) return { table, failure: lines }
  try {
    return { table, events: eventsOf(table, lines) }
  } catch (reason) {
    return { table, failure: asError(reason) }
  }
}

/** The events of a table's lines. Throws a StoreError where one of them is none. */
export function eventsOf(table: TableId, text: string): TableEvent[] {
  const [, ...lines] = text.split('\n')
  let before: number | undefined
  return lines.map((line, at) => {
    const event = decodeEvent(table, at + 1, line, before)
    before = event.at
    return event
  })
}

/** Bytes that an append takes beside its events, about: what it is of, and its part of the store's own pages. */
const HEAD = 40
/** Characters of a line below which each counts as a byte: to look at them costs more than to write most lines. */
const SHORT = 64

/** Place is where appends go, and who hears of them. */
interface Place {
  readonly shelf: Shelf
  readonly followers: Followers
  readonly openings: Openings
}

/** An append on its way. Its constructor throws a RangeError or a TypeError, with a sentence, for what cannot be kept. */
class Append implements Job, Addition {
  readonly table: TableId
  readonly expected: number
  readonly count: number
  readonly beginning: string
  readonly lines: string
  readonly ending: Ending | undefined
  /** Bytes that it takes, about. */
  readonly bytes: number
  readonly #place: Place
  readonly #events: readonly TableEvent[]
  readonly #then: (failure?: Error) => void
  #failure: Error | undefined

  constructor(place: Place, table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void) {
    if (!Number.isSafeInteger(table) || table < 1) throw new RangeError(`the number of a table is a whole number from 1, not ${table}`)
    let ending: Ending | undefined
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
      const start = place.openings.beginningOf(table, event)
      if (before === undefined) beginning = start
      else lines += start
      lines += line
      before = event.at
      bytes += start.length + (line.length < SHORT ? line.length : Buffer.byteLength(line))
    }
    this.table = table
    this.expected = expected
    this.count = events.length
    this.beginning = beginning
    this.lines = lines
    this.ending = ending
    this.bytes = bytes
    this.#place = place
    this.#events = events
    this.#then = then
  }

  write(): void {
    this.#failure = this.#place.shelf.add(this) ? undefined : new VersionConflict(this.table, this.expected)
  }

  fail(reason: unknown): void {
    this.#failure = asError(reason)
  }

  settle(onTrouble: OnTrouble): void {
    if (!this.#failure && this.count > 0) this.#place.followers.tell(this.table, this.#events, onTrouble)
    try {
      this.#then(this.#failure)
    } catch (error) {
      onTrouble(error)
    }
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
