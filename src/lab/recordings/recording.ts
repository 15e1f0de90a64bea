import type { Side } from '../../protocol/automaton.ts'
import type { Address } from '../../wire/transport.ts'

/** ByteRange is the part of a segment from one index to another. */
export type ByteRange = readonly [from: number, to: number]

interface EntryBase {
  /** Number of the connection in its recording. */
  readonly connection: number
  /** Time in whole microseconds since the Unix epoch. */
  readonly at: number
  /** Sentences about this entry, such as the violation that a monitor found in it. */
  readonly comments?: readonly string[]
}

/** ConnectionOpening is the beginning of a connection; of UDP, it comes with the first datagram of a client. */
export interface ConnectionOpening extends EntryBase {
  readonly type: 'open'
  readonly transport: 'tcp' | 'udp'
  readonly client: Address
  readonly server: Address
  /** True if the recording begins in the middle of the connection. */
  readonly isPartial?: boolean
}

/** RecordedSegment is what one side sent at once, as far as the recorder can know: a read of a tap, a packet of a capture, a datagram. */
export interface RecordedSegment extends EntryBase {
  readonly type: 'segment'
  readonly from: Side
  /** The bytes: of TCP at least one. */
  readonly bytes: Uint8Array
  /** Parts of `bytes` that stand for secrets and are not what was sent, ascending and apart. */
  readonly masked?: readonly ByteRange[]
  /** Number of bytes of this side that were sent before this entry and are not recorded. */
  readonly missing?: number
}

/** ConnectionEnding is the end of one side of a TCP connection: `fin` if it sends no more, `reset` if it ended both directions. */
export interface ConnectionEnding extends EntryBase {
  readonly type: 'end'
  readonly from: Side
  readonly how: 'fin' | 'reset'
  /** Number of bytes of this side that were sent before this entry and are not recorded. */
  readonly missing?: number
}

/** RecordingEntry is one thing that happened on the wire. Recorders write entries as they come, so a recording is never held whole. */
export type RecordingEntry = ConnectionOpening | RecordedSegment | ConnectionEnding

/** Recording is what a reader found in a file. */
export interface Recording {
  /** All entries, ascending by time. */
  readonly entries: readonly RecordingEntry[]
  /** Sentences about what the file does not show, such as missing bytes. */
  readonly warnings: readonly string[]
}

/** RecordedConnection is one connection of a recording, with its segments and ends in order. */
export interface RecordedConnection {
  readonly opening: ConnectionOpening
  readonly entries: readonly (RecordedSegment | ConnectionEnding)[]
}

/** RecordingError is the error for a file that cannot be read as a recording, or an entry that a format cannot hold. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
}

/** Groups entries by connection, in the order of the openings. Throws a RecordingError for an entry before its opening. */
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
