import type { Clock } from '../../base/clock.ts'
import type { Side } from '../../protocol/automaton.ts'
import type { FaultDecisions } from './decisions.ts'
import type { MessageFinder } from './message-finder.ts'
import type { LaneRule } from './resolve.ts'

/** Lane is one direction of a connection, with its faults. */
export interface Lane {
  /** Number of bytes that have arrived and are not delivered yet. */
  readonly waiting: number
  /** True if so much waits that nothing more should arrive. */
  readonly isFull: boolean
  /** Takes bytes that have arrived. They must not change afterwards. */
  take(bytes: Uint8Array): void
  /** Runs an action after everything that has arrived so far. With `always` it runs also if the lane delivers nothing more. */
  behind(act: () => void, always?: boolean): void
  /** Holds the delivery, or lets it continue. */
  hold(held: boolean): void
  /** Drops everything in the lane, and delivers nothing more except actions that always run. */
  stop(): void
}

/** LaneOptions has the faults of one direction, and where its bytes go. */
export interface LaneOptions {
  readonly rules: readonly LaneRule[]
  readonly decisions: FaultDecisions
  readonly clock: Clock
  /** Finds the messages; `undefined` if no fault depends on them. */
  readonly finder: MessageFinder | undefined
  /** Delivers bytes. */
  readonly pass: (bytes: Uint8Array) => void
  /** The side that sends the bytes. */
  readonly sender: Side
  /** Called with a sentence when a fault does something that a user could take for an act of a program. */
  readonly notify: (sentence: string) => void
  /** Ends this direction. */
  readonly finish: () => void
  /** Resets the connection. */
  readonly reset: () => void
  /** Called when fewer bytes wait than before. */
  readonly drained: () => void
}
