import type { Clock } from '../../base/clock.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { FaultDecisions } from './decisions.ts'
import type { MessageFinder } from './message-finder.ts'
import type { LaneRule } from './resolve.ts'

/**
 * NotifyFault is called with a sentence that describes the effect of a fault to people. `isLossy` is true if the receiver does not get
 * exactly the bytes that were sent, in their order. A later mistake of a program may then be a consequence of the fault.
 */
export type NotifyFault = (sentence: string, isLossy: boolean) => void

/** Lane delivers the bytes of one direction of a connection with its faults. */
export interface Lane {
  /** Number of bytes that have arrived and that the lane has not delivered yet. */
  readonly waiting: number
  /** True if the lane holds as many bytes as it may, so that the transport should stop reading. */
  readonly isFull: boolean
  /** Queues bytes that have arrived. The caller must not change the bytes afterwards. */
  take(bytes: Uint8Array): void
  /**
   * Runs an action after the lane has delivered everything that arrived before this call. With `always`, the action runs even if the lane
   * never delivers these bytes.
   */
  behind(act: () => void, always?: boolean): void
  /** Pauses the delivery, or continues it. */
  hold(held: boolean): void
  /** Drops all bytes in the lane, and delivers no further byte. It runs only the actions that always run. */
  stop(): void
}

/** LaneOptions has the faults of one direction, and the callbacks of its lane. */
export interface LaneOptions {
  readonly rules: readonly LaneRule[]
  readonly decisions: FaultDecisions
  readonly clock: Clock
  /** Finds the messages; `undefined` if no fault depends on messages. */
  readonly finder: MessageFinder | undefined
  /** Passes bytes on to the receiver. */
  readonly pass: (bytes: Uint8Array) => void
  /** The side that sends the bytes. */
  readonly sender: Side
  /** Called when a fault has an effect that looks like an act of a program. */
  readonly notify: NotifyFault
  /** Ends this direction of the connection. */
  readonly finish: () => void
  /** Resets the connection in both directions. */
  readonly reset: () => void
  /** Called when fewer bytes wait than before. */
  readonly drained: () => void
}
