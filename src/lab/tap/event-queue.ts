import type { Clock } from '../../base/clock.ts'
import type { Side } from '../../protocol/automaton.ts'
import type { RecordingEntry } from '../recordings/recording.ts'

interface EventBase {
  readonly connection: number
  /** Time in whole microseconds since the Unix epoch. */
  readonly at: number
}

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

/** TapEvent is an event that a tap has seen, or an act of the tap itself. */
export type TapEvent = RecordingEntry | ConnectionClosing | SentOn | FaultNotice

/**
 * Milliseconds for which the tap gathers events. A person sees no difference, and the judge is faster with a batch than with single events.
 */
const GATHERED = 5
/**
 * Milliseconds in one turn of the event loop, and the number of events between two checks of the time. A message on the wire does not wait
 * longer than this time.
 */
const SHARE = 1
const PART = 8
/**
 * Limit of events that wait, and of their bytes. Beyond it, the judge processes a part of them with each new event, so that the senders have to wait.
 */
const MOST = 16_384
const MOST_BYTES = 8 * 1024 * 1024

/**
 * EventQueue stores the events of a tap until it calls `take` with them. The tap passes bytes on immediately, and shows and records them a
 * few milliseconds later, in batches, in the same order. No event is lost, and the number of events that wait is limited.
 */
export class EventQueue {
  readonly #clock: Clock
  readonly #take: (event: TapEvent) => void
  #waiting: TapEvent[] = []
  /** Index of the next event in `#waiting`. */
  #next = 0
  #bytes = 0
  #cancel: (() => void) | undefined

  constructor(clock: Clock, take: (event: TapEvent) => void) {
    this.#clock = clock
    this.#take = take
  }

  push(event: TapEvent): void {
    this.#waiting.push(event)
    if (event.type === 'segment') this.#bytes += event.bytes.length
    if (this.#waiting.length - this.#next > MOST || this.#bytes > MOST_BYTES) this.#takePart()
    else this.#cancel ??= this.#clock.after(GATHERED, this.#run)
  }

  /** Takes all events that wait. */
  drain(): void {
    while (this.#next < this.#waiting.length) this.#takePart()
    this.#cancel?.()
    this.#cancel = undefined
  }

  readonly #run = (): void => {
    this.#cancel = undefined
    this.#takePart()
    if (this.#next < this.#waiting.length) this.#cancel ??= this.#clock.after(0, this.#run)
  }

  /** Takes events until their share of this turn is over, and at least one. */
  #takePart(): void {
    const until = performance.now() + SHARE
    do {
      const end = Math.min(this.#next + PART, this.#waiting.length)
      while (this.#next < end) this.#takeNext()
    } while (this.#next < this.#waiting.length && performance.now() < until)
    if (this.#next < this.#waiting.length) return
    this.#waiting = []
    this.#next = 0
  }

  #takeNext(): void {
    const event = this.#waiting[this.#next++]
    if (!event) return
    if (event.type === 'segment') this.#bytes -= event.bytes.length
    this.#take(event)
  }
}
