import { toError } from '../base/errors.ts'
import type { ReadTable, TableEvent, TableId } from '../hall/ports.ts'
import type { OnStoreError } from './error.ts'
import { decodeEvent, encodeEvent, type OpeningCache } from './event-codec.ts'
import type { EndKind } from './event-store.ts'
import type { Followers } from './followers.ts'
import type { AppendJob } from './group-commit.ts'

/** Decodes lines of a table, from the event `first` on. Throws a StoreError for a line that is not an event. */
export function decodeEvents(table: TableId, text: string, first = 1): TableEvent[] {
  const [, ...lines] = text.split('\n')
  let before: number | undefined
  return lines.map((line, at) => {
    const event = decodeEvent(table, first + at, line, before)
    before = event.at
    return event
  })
}

/** Decodes all lines of a table, or returns the error of a failed read. */
export function readTable(table: TableId, lines: string | Error): ReadTable {
  if (lines instanceof Error) return { table, failure: lines }
  try {
    return { table, events: decodeEvents(table, lines) }
  } catch (reason) {
    return { table, failure: toError(reason) }
  }
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
export class Append implements AppendJob {
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
