import { JetStreamApiError } from '@nats-io/jetstream'
import { toError } from '../../base/errors.ts'
import {
  LeaseExpired,
  type LeaseId,
  type ReadTable,
  type TableEvent,
  type TableId,
  type TableLog,
  VersionConflict,
} from '../../hall/ports.ts'
import { Append, decodeEvents, readTable } from '../append.ts'
import { type OnStoreError, StoreError } from '../error.ts'
import { OpeningCache } from '../event-codec.ts'
import { Followers } from '../followers.ts'
import type { Timers } from '../outage.ts'
import type { ReplicatedMeeting } from './replicated-meeting.ts'
import type { NewMessage, TableMessage, TableStreams, TableTail } from './table-streams.ts'

/*
 * Each server that has a seat or a watcher at a table decides commands itself, and appends the events with the version on which the decision
 * builds. So this log has to answer three questions for each append.
 *
 * Did it succeed? The engine compares the sequence number of the table's last message. If the acknowledgment of an append is lost, the server
 * publishes the message again with the same id: the engine drops the second message, or refuses it because the first message is the table's
 * last message. A refusal is therefore a conflict only if no message after the expected version has the id of the append.
 *
 * Which message does the engine have to compare? A server knows the end (`TableTail`) of each table that it follows from the messages of the
 * partition. For any other table, it reads the table's last message first.
 *
 * When do followers receive the events? Followers receive all events of a table in order. The server's own message comes back with the
 * messages of its partition, before or after its acknowledgment. If the acknowledgment is first, and the followers have received all earlier
 * events, they receive the server's own events immediately; otherwise with the message. Either way, they receive the objects that were
 * appended, because the actor that has decided the events has their states already.
 */

/** Milliseconds that an append waits for its acknowledgment, and milliseconds until the next try. */
const ACKNOWLEDGMENT = 2000
const RETRY = 250
/** Number of table numbers that a server reserves together. */
const BLOCK = 1000
/** Code of the engine's refusal of a message because the last message of its subject has another sequence number. */
const WRONG_LAST_SEQUENCE = 10071

/** OpenTable is a table that has followers on this server, or appends in progress. */
interface OpenTable {
  readonly queue: Append[]
  isSending: boolean
  /** The message that the server has published, and that the followers have not received. */
  inFlight: { readonly id: string; readonly append: Append; readonly done: PromiseWithResolvers<void> } | undefined
  /** The end of its log, as this server knows it; `undefined` if this server has read no message of the table. */
  tail: TableTail | undefined
  /** Number of the last event that followers have received; `undefined` if they have received no event. */
  delivered: number | undefined
}

/** Block has table numbers that this server has reserved: from `next` up to, not including, `end`. */
interface Block {
  next: TableId
  end: TableId
}

export interface JetStreamTablesOptions {
  readonly streams: TableStreams
  readonly meeting: ReplicatedMeeting
  /** An id that no other process has, and that this process has never had before. */
  readonly process: string
  readonly timers: Timers
  readonly onError: OnStoreError
}

/** JetStreamTables is a log of tables in streams of NATS JetStream, which several servers append to and follow. */
export class JetStreamTables implements TableLog {
  readonly isShared = true
  readonly #options: JetStreamTablesOptions
  readonly #followers = new Followers()
  readonly #openings = new OpeningCache()
  readonly #tables = new Map<TableId, OpenTable>()
  readonly #blocks = new Map<LeaseId | undefined, Block>()
  readonly #ends: (() => Promise<unknown>)[] = []
  #appends = 0
  #isClosed = false
  #pending = 0
  #whenIdle: (() => void) | undefined

  private constructor(options: JetStreamTablesOptions) {
    this.#options = options
  }

  /** Opens the log; resolves when the log follows all partitions. */
  static async open(options: JetStreamTablesOptions): Promise<JetStreamTables> {
    const log = new JetStreamTables(options)
    const { streams } = options
    for (const partition of streams.partitions) log.#ends.push(await streams.follow(partition, (message) => log.#receive(message)))
    return log
  }

  async newTable(lease?: LeaseId): Promise<TableId> {
    if (lease !== undefined && !this.#options.meeting.holds(lease)) throw new LeaseExpired(lease)
    const known = this.#blocks.get(lease)
    if (known && known.next < known.end) return known.next++
    const first = await this.#options.meeting.reserve(BLOCK, lease)
    const block = this.#blocks.get(lease)
    // another call may have reserved a block meanwhile; the numbers of this block are then not used
    if (!block || block.next >= block.end) this.#blocks.set(lease, { next: first, end: first + BLOCK })
    return this.newTable(lease)
  }

  claim(tables: readonly TableId[], lease: LeaseId): Promise<readonly TableId[]> {
    return this.#options.meeting.attend(tables, lease)
  }

  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number | undefined {
    try {
      if (this.#isClosed) throw new StoreError('closed', 'the store is closed: it accepts no more writes')
      const append = new Append(table, expected, events, this.#openings, this.#followers, then)
      for (const block of this.#blocks.values()) if (table >= block.next && table < block.end) block.next = table + 1
      const open = this.#open(table)
      open.queue.push(append)
      this.#pending++
      if (!open.isSending) void this.#send(table, open)
      return append.bytes
    } catch (reason) {
      queueMicrotask(() => then(toError(reason)))
      return undefined
    }
  }

  async read(table: TableId, after: number): Promise<readonly TableEvent[]> {
    const { streams } = this.#options
    const { sequence } = await streams.readTail(table)
    if (sequence === 0) return []
    const lines: string[] = []
    for await (const message of streams.read(table, sequence)) lines.push(message.lines())
    return decodeEvents(table, lines.join('')).slice(after)
  }

  async *readAll(tables: readonly TableId[]): AsyncIterable<ReadTable> {
    const { streams } = this.#options
    const wanted = new Set(tables)
    for (const partition of streams.partitions) {
      const lines = new Map<TableId, string>()
      for await (const message of streams.readAll(partition)) {
        if (wanted.has(message.table)) lines.set(message.table, `${lines.get(message.table) ?? ''}${message.lines()}`)
      }
      for (const table of tables) if (streams.partitionOf(table) === partition) yield readTable(table, lines.get(table) ?? '')
    }
  }

  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    const open = this.#open(table)
    open.delivered ??= open.tail?.version
    const end = this.#followers.add(table, then)
    return () => {
      end()
      this.#close(table, open)
    }
  }

  async unfinished(): Promise<readonly TableId[]> {
    const { streams } = this.#options
    const tables: TableId[] = []
    for (const partition of streams.partitions) {
      for await (const { table, end } of streams.readTails(partition)) if (end === undefined) tables.push(table)
    }
    return tables.sort((one, other) => one - other)
  }

  async ended(after?: TableId): Promise<readonly TableId[]> {
    const { streams } = this.#options
    const ends = new Map<TableId, TableMessage>()
    for (const partition of streams.partitions) {
      for await (const message of streams.readHeaders(partition)) {
        if (message.end !== undefined && !ends.has(message.table)) ends.set(message.table, message)
      }
    }
    const inOrder = [...ends.values()].sort((one, other) => Number(one.time - other.time) || one.table - other.table)
    const start = after === undefined ? 0 : inOrder.findIndex(({ table }) => table === after) + 1
    if (start === 0 && after !== undefined)
      throw new RangeError(`table ${after} has not ended, so the tables that ended after it are unknown`)
    return inOrder.slice(start).flatMap(({ table, end }) => (end === 'counts' ? [table] : []))
  }

  /** Finishes earlier appends, refuses later appends, and ends the calls of followers. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve))
    await Promise.all(this.#ends.splice(0).map((end) => end()))
  }

  #open(table: TableId): OpenTable {
    const open = this.#tables.get(table) ?? { queue: [], isSending: false, inFlight: undefined, tail: undefined, delivered: undefined }
    this.#tables.set(table, open)
    return open
  }

  /** Forgets a table that has no followers and no appends in progress. */
  #close(table: TableId, open: OpenTable): void {
    if (open.queue.length === 0 && !open.isSending && !this.#followers.has(table)) this.#tables.delete(table)
  }

  /** Sends the appends of a table, one message after the other. */
  async #send(table: TableId, open: OpenTable): Promise<void> {
    open.isSending = true
    for (let append = open.queue.shift(); append; append = open.queue.shift()) {
      try {
        await this.#sendOne(append, open)
      } catch (reason) {
        append.fail(reason)
        this.#finish(append)
      }
    }
    open.isSending = false
    this.#close(table, open)
  }

  /** Sends an append; rejects with a VersionConflict if the log has other events after the expected version. */
  async #sendOne(append: Append, open: OpenTable): Promise<void> {
    const { streams, process } = this.#options
    const { table, expected, count, endKind } = append
    // an append without events is a question about the version, which this server may not know
    if (open.tail?.version !== expected || count === 0) open.tail = await this.#retry(() => streams.readTail(table))
    if (open.tail.version !== expected) throw new VersionConflict(table, expected)
    if (count === 0) return this.#finish(append)
    const { sequence: after, end = endKind } = open.tail
    const message = { table, first: expected + 1, version: expected + count, end, id: `${process}-${++this.#appends}` }
    const flight = { id: message.id, append, done: Promise.withResolvers<void>() }
    open.inFlight = flight
    try {
      const sequence = await Promise.race([this.#publish(message, after, append), flight.done.promise])
      // otherwise, the message of the partition came first
      if (sequence === undefined || open.inFlight !== flight) return
      if (open.tail.sequence < sequence) open.tail = { version: message.version, sequence, end }
      const isNext = open.delivered === undefined || open.delivered === expected || !this.#followers.has(table)
      if (isNext) this.#land(open, message.version)
      else await flight.done.promise
    } finally {
      if (open.inFlight === flight) open.inFlight = undefined
    }
  }

  /** Passes the events of the message in flight to the followers, and calls back its caller. */
  #land(open: OpenTable, version: number): void {
    const flight = open.inFlight
    open.inFlight = undefined
    open.delivered = version
    if (!flight) return
    this.#finish(flight.append)
    flight.done.resolve()
  }

  /** Publishes a message; resolves to its sequence. Publishes it again until the engine has accepted or refused it. */
  async #publish(message: NewMessage, after: number, append: Append): Promise<number> {
    const { streams } = this.#options
    const { table, expected, prefix, lines } = append
    const sequence = await this.#retry(async () => {
      try {
        return await streams.publish(message, after, prefix + lines, ACKNOWLEDGMENT)
      } catch (reason) {
        if (!(reason instanceof JetStreamApiError) || reason.code !== WRONG_LAST_SEQUENCE) throw reason
        return undefined
      }
    })
    if (sequence !== undefined) return sequence
    // the acknowledgment of an earlier try may have been lost
    const tail = await this.#retry(() => streams.readTail(table))
    for await (const { id, sequence: found } of streams.read(table, tail.sequence)) if (id === message.id) return found
    const open = this.#tables.get(table)
    if (open) open.tail = tail
    throw new VersionConflict(table, expected)
  }

  /** Calls a function until it succeeds; waits before each further try. Rejects after `close`. */
  async #retry<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act()
      } catch (reason) {
        if (this.#isClosed) throw toError(reason)
        await new Promise<void>((resolve) => void this.#options.timers.after(RETRY, resolve))
      }
    }
  }

  /** Processes a message of a partition: passes its events to the followers of its table, if they have not received them. */
  #receive(message: TableMessage): void {
    const { table, first, version, sequence, end } = message
    const open = this.#tables.get(table)
    if (!open) return
    if (open.tail && open.tail.sequence < sequence) open.tail = { version, sequence, end }
    if (open.inFlight?.id === message.id) return this.#land(open, version)
    const delivered = open.delivered ?? first - 1
    if (version <= delivered || !this.#followers.has(table)) return
    open.delivered = version
    this.#followers.notify(table, decodeEvents(table, message.lines(), first).slice(delivered - first + 1), this.#options.onError)
  }

  /** Calls back the caller of an append; first passes its events to the followers, if it has succeeded. */
  #finish(append: Append): void {
    append.finish(this.#options.onError)
    this.#pending--
    if (this.#pending === 0) this.#whenIdle?.()
  }
}
