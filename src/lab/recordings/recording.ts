import type { Side } from '../../protocol/message-spec.ts'
import type { Address } from '../../wire/transport.ts'

/** ByteRange is the part of a segment from one index up to another. */
export type ByteRange = readonly [from: number, to: number]

interface EntryBase {
  /** Number of the connection in its recording. */
  readonly connection: number
  /** Time in whole microseconds since the Unix epoch. */
  readonly at: number
  /** Sentences about this entry, such as the violation that a monitor found in it. */
  readonly comments?: readonly string[]
}

/** ConnectionOpening is the beginning of a connection; over UDP, the first datagram of a client begins the connection. */
export interface ConnectionOpening extends EntryBase {
  readonly type: 'open'
  readonly transport: 'tcp' | 'udp'
  readonly client: Address
  readonly server: Address
  /** True if the recording begins in the middle of the connection. */
  readonly isPartial?: boolean
}

/**
 * RecordedSegment has the bytes that one side sent together, as far as the recorder can know: a read of a tap, a packet of a capture, a
 * datagram.
 */
export interface RecordedSegment extends EntryBase {
  readonly type: 'segment'
  readonly from: Side
  /** The bytes; over TCP at least one byte. */
  readonly bytes: Uint8Array
  /** Parts of `bytes` that a recorder has written in place of secrets, ascending and without overlaps. */
  readonly masked?: readonly ByteRange[]
  /** Number of bytes that this side sent before this entry, and that the recording lacks. */
  readonly missing?: number
}

/** ConnectionEnding is the end of one side of a TCP connection: `fin` if the side sends no more bytes, `reset` if it has ended both directions. */
export interface ConnectionEnding extends EntryBase {
  readonly type: 'end'
  readonly from: Side
  readonly how: 'fin' | 'reset'
  /** Number of bytes that this side sent before this entry, and that the recording lacks. */
  readonly missing?: number
}

/**
 * RecordingEntry is one event on the wire: an opening, a segment or an ending. Recorders write each entry when it happens, so they
 * never hold a whole recording in memory.
 */
export type RecordingEntry = ConnectionOpening | RecordedSegment | ConnectionEnding

/** Recording has the entries of a file. */
export interface Recording {
  /** All entries, ascending by time. */
  readonly entries: readonly RecordingEntry[]
  /** Sentences about data that the file lacks, such as missing bytes. */
  readonly warnings: readonly string[]
}

/** RecordedConnection is one connection of a recording, with its segments and ends in order. */
export interface RecordedConnection {
  readonly opening: ConnectionOpening
  readonly entries: readonly (RecordedSegment | ConnectionEnding)[]
}

/** RecordingError is the error for a file that is not a readable recording, or for an entry that a format cannot store. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
}

/** Groups entries by connection, in the order of the openings. Throws a RecordingError for an entry that comes before its opening. */
export function groupConnections(entries: Iterable<RecordingEntry>): readonly RecordedConnection[] {
  const connections = new Map<number, { opening: ConnectionOpening; entries: (RecordedSegment | ConnectionEnding)[] }>()
  for (const entry of entries) {
    if (entry.type === 'open') {
      if (connections.has(entry.connection)) throw new RecordingError(`connection ${entry.connection} opens twice`)
      connections.set(entry.connection, { opening: entry, entries: [] })
      continue
    }
    const connection = connections.get(entry.connection)
    if (!connection) throw new RecordingError(`connection ${entry.connection} has an entry before it opens`)
    connection.entries.push(entry)
  }
  return [...connections.values()]
}
