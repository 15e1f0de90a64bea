import type { Side } from '../../protocol/message-spec.ts'
import type { ConnectionEnding, ConnectionOpening, RecordedSegment } from '../recordings/recording.ts'

interface EventBase {
  readonly connection: number
  /** Time in whole microseconds since the Unix epoch. */
  readonly at: number
}

/** TapSegment has the bytes of one read, or one datagram. */
export type TapSegment = Pick<RecordedSegment, 'type' | 'connection' | 'at' | 'from' | 'bytes'>

/** ConnectionClosing is the end of a connection, after both sides have closed it. */
export interface ConnectionClosing extends EventBase {
  readonly type: 'closed'
}

/** SentOn is a write that passes on bytes of a side, on a connection with faults. */
export interface SentOn extends EventBase {
  readonly type: 'sent on'
  readonly from: Side
  /** Number of bytes. */
  readonly length: number
}

/** FaultNotice is a sentence on the effect of a fault of the tap. */
export interface FaultNotice extends EventBase {
  readonly type: 'fault'
  readonly sentence: string
  /** True if a later mistake of a program may be a consequence. */
  readonly isLossy: boolean
}

/** TimePassing is a time up to which the tap has seen no further event, for pauses that end messages. */
export interface TimePassing extends Pick<EventBase, 'at'> {
  readonly type: 'time'
}

/** TapEvent is an event that a tap has seen, or an act of the tap itself. */
export type TapEvent = ConnectionOpening | TapSegment | ConnectionEnding | ConnectionClosing | SentOn | FaultNotice | TimePassing
