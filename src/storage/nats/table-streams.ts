import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node'
import type { TableId } from '../../hall/ports.ts'
import type { EndKind } from '../event-store.ts'

/*
 * The logs of tables are in streams, one for each partition; more partitions divide the work among the nodes of the engine. Each table has a
 * subject of its own, `tables.<partition>.<table>`, and each append is one message. The headers of a message say which events it has and how
 * the table has ended, so a server can list tables without their events. The engine accepts an append only if the last message of the
 * subject has the expected sequence number, so of two appends at the same version exactly one succeeds.
 */

/** Names of the headers. */
const FIRST = 'Parlor-First'
const LAST = 'Parlor-Last'
const END = 'Parlor-End'
const ID = 'Nats-Msg-Id'

/** Milliseconds that the engine retains a consumer that no process reads. */
const INACTIVE = 10_000

/** TableTail is the end of a table's log. */
export interface TableTail {
  /** Number of the last event; 0 for a table without events. */
  readonly version: number
  /** Sequence number of the last message in its stream; 0 without a message. */
  readonly sequence: number
  /** The way in which the table has ended; `undefined` for a table that continues. */
  readonly end: EndKind | undefined
}

/** The end of the log of a table that has no events. */
const EMPTY_TAIL: TableTail = { version: 0, sequence: 0, end: undefined }

/** TableMessage is one message of a table: the events of one append. */
export interface TableMessage extends TableTail {
  readonly table: TableId
  /** Number of its first event. */
  readonly first: number
  /** Time at which the engine stored the message, in nanoseconds since the Unix epoch. */
  readonly time: bigint
  /** Id that the appending process has given the message. */
  readonly id: string
  /** Returns the events as lines, each with a line break before it; empty for a message that was read without its events. */
  lines(): string
}

/** NewMessage is a message that the engine has not stored yet. */
export type NewMessage = Omit<TableMessage, 'sequence' | 'time' | 'lines'>

/** TableStreamsOptions has the connection of the streams, and the settings of new streams. */
export interface TableStreamsOptions {
  readonly connection: NatsConnection
  /** Number of streams. It never changes for one engine. */
  readonly partitions: number
  /** Number of nodes of the engine that store each message. */
  readonly replicas: number
}

/** TableStreams reads and writes the messages of all tables. */
export class TableStreams {
  readonly #partitions: number
  readonly #client: JetStreamClient
  readonly #manager: JetStreamManager

  private constructor({ connection, partitions }: TableStreamsOptions, manager: JetStreamManager) {
    this.#partitions = partitions
    this.#client = jetstream(connection)
    this.#manager = manager
  }

  /** Opens the streams; creates those that the engine does not have. */
  static async open(options: TableStreamsOptions): Promise<TableStreams> {
    const manager = await jetstreamManager(options.connection)
    for (let partition = 0; partition < options.partitions; partition++) {
      await manager.streams.add({
        name: `TABLES_${partition}`,
        subjects: [`tables.${partition}.*`],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        num_replicas: options.replicas,
      })
    }
    return new TableStreams(options, manager)
  }

  /** Returns the partition of a table. */
  partitionOf(table: TableId): number {
    return table % this.#partitions
  }

  /** The numbers of all partitions. */
  get partitions(): readonly number[] {
    return Array.from({ length: this.#partitions }, (_, partition) => partition)
  }

  /**
   * Publishes a message of a table whose last message has the sequence `after`; resolves to the sequence of the message. Rejects with an
   * error of the library: the code 10071 means that the last message has another sequence.
   */
  async publish(message: NewMessage, after: number, lines: string, timeout: number): Promise<number> {
    const { table, first, version, end, id } = message
    const header = headers()
    header.set(FIRST, String(first))
    header.set(LAST, String(version))
    if (end !== undefined) header.set(END, end)
    const expect = { lastSubjectSequence: after }
    const { seq } = await this.#client.publish(this.#subject(table), lines, { msgID: id, headers: header, expect, timeout })
    return seq
  }

  /** Resolves to the end of the log of a table. */
  async readTail(table: TableId): Promise<TableTail> {
    const stored = await this.#manager.streams.getMessage(`TABLES_${this.partitionOf(table)}`, { last_by_subj: this.#subject(table) })
    return stored ? { ...readHeader(stored.header), sequence: stored.seq } : EMPTY_TAIL
  }

  /** Reads the messages of a table up to the message `until`. */
  async *read(table: TableId, until: number): AsyncIterable<TableMessage> {
    for await (const message of this.#messages(this.partitionOf(table), { filter: this.#subject(table) })) {
      yield message
      if (message.sequence >= until) return
    }
  }

  /** Reads all messages of a partition that are in its stream now. */
  readAll(partition: number): AsyncIterable<TableMessage> {
    return this.#messages(partition, {})
  }

  /** Reads all messages of a partition that are in its stream now, without their events. */
  readHeaders(partition: number): AsyncIterable<TableMessage> {
    return this.#messages(partition, { areHeaders: true })
  }

  /** Reads the last message of each table of a partition, without its events. */
  readTails(partition: number): AsyncIterable<TableMessage> {
    return this.#messages(partition, { areHeaders: true, areLast: true })
  }

  /** Calls `then` with each message of a partition that the engine stores from now on; returns a function that ends the calls. */
  async follow(partition: number, then: (message: TableMessage) => void): Promise<() => Promise<unknown>> {
    const stream = `TABLES_${partition}`
    const { state } = await this.#manager.streams.info(stream)
    // a start by number, because the library loses messages if it has to restart a consumer of new messages before the first message
    const start = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: state.last_seq + 1 }
    const consumer = await this.#client.consumers.get(stream, start)
    const messages = await consumer.consume({ expires: 10_000, idle_heartbeat: 1000, callback: (message) => then(toMessage(message)) })
    return () => messages.close()
  }

  /** Reads messages until no message is left. */
  async *#messages(
    partition: number,
    { filter, areHeaders = false, areLast = false }: { filter?: string; areHeaders?: boolean; areLast?: boolean },
  ): AsyncIterable<TableMessage> {
    const stream = `TABLES_${partition}`
    const info = await this.#manager.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: areLast ? DeliverPolicy.LastPerSubject : DeliverPolicy.All,
      headers_only: areHeaders,
      inactive_threshold: INACTIVE * 1_000_000,
      mem_storage: true,
      num_replicas: 1,
      filter_subject: filter ?? `tables.${partition}.*`,
    })
    try {
      let left = info.num_pending
      if (left === 0) return
      const consumer = await this.#client.consumers.get(stream, info.name)
      for await (const message of await consumer.fetch({ max_messages: left, expires: INACTIVE })) {
        yield toMessage(message)
        if (--left === 0) return
      }
    } finally {
      await this.#manager.consumers.delete(stream, info.name)
    }
  }

  #subject(table: TableId): string {
    return `tables.${this.partitionOf(table)}.${table}`
  }
}

function readHeader(header: MsgHdrs): Omit<TableMessage, 'table' | 'sequence' | 'time' | 'lines'> {
  const end = header.get(END)
  return {
    first: Number(header.get(FIRST)),
    version: Number(header.get(LAST)),
    end: end === 'counts' || end === 'ended' ? end : undefined,
    id: header.get(ID),
  }
}

function toMessage(message: JsMsg): TableMessage {
  const { headers: header = headers(), seq, subject } = message
  return {
    ...readHeader(header),
    table: Number(subject.split('.').at(-1)),
    sequence: seq,
    time: message.timestampNanos,
    lines: () => message.string(),
  }
}
