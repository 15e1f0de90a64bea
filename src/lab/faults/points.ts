import { formatCount } from '../../base/counts.ts'
import { formatSpan } from '../../base/durations.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { placeInside } from './cuts.ts'
import type { FaultDecisions } from './decisions.ts'
import type { LaneRule } from './resolve.ts'
import { specOf, type Verb } from './verbs.ts'

/** FaultPoint is a fault that happens at one offset of a stream. */
export interface FaultPoint {
  /** The rule, as the user wrote it. */
  readonly rule: string
  readonly offset: number
  readonly verb: Verb
  /** Milliseconds of a stall; `undefined` for a stall without an end. */
  readonly time: number | undefined
}

/** MessagePlace has the offsets of a message in its direction, and its number. */
export interface MessagePlace {
  readonly message: number
  readonly start: number
  readonly end: number
}

/** FaultPoints has the known points of one direction, in the order of their offsets. */
export class FaultPoints {
  readonly #decisions: FaultDecisions
  #known: FaultPoint[]

  constructor(rules: readonly LaneRule[], decisions: FaultDecisions) {
    this.#decisions = decisions
    this.#known = []
    for (const { text: rule, verb, value, moment } of rules) {
      if (specOf(verb).kind !== 'point' || (moment && 'place' in moment)) continue
      const number = typeof value === 'number' ? value : undefined
      const isStall = verb === 'stall'
      const offset = moment?.byte ?? (isStall ? 0 : (number ?? 0))
      this.#insert({ rule, offset, verb, time: isStall ? number : undefined })
    }
  }

  /** The next point; `undefined` without a known point. */
  get first(): FaultPoint | undefined {
    return this.#known[0]
  }

  /** Adds the points of the rules that apply at a message. */
  add(rules: readonly LaneRule[], { message, start, end }: MessagePlace): void {
    for (const { text: rule, verb, value, moment } of rules) {
      if (specOf(verb).kind !== 'point' || !moment || !('place' in moment)) continue
      const inside = () => placeInside(this.#decisions, message, start, end)
      const offset = moment.place === 'before' ? start : moment.place === 'after' ? end : inside()
      this.#insert({ rule, offset, verb, time: typeof value === 'number' ? value : undefined })
    }
  }

  /** Removes and returns the next point; `undefined` without a known point. */
  shift(): FaultPoint | undefined {
    return this.#known.shift()
  }

  #insert(point: FaultPoint): void {
    const at = this.#known.findIndex(({ offset }) => offset > point.offset)
    this.#known.splice(at < 0 ? this.#known.length : at, 0, point)
  }
}

/** Formats the notice that the stream has reached a point. Without the notice, people could blame a program for the effect of the fault. */
export function formatPoint({ rule, offset, verb, time }: FaultPoint, sender: Side): string {
  const effects: Readonly<Record<string, string>> = {
    reset: 'resets the connection',
    'half-close': `ends the output of the ${sender}`,
    stop: `drops all further bytes of the ${sender}`,
    stall: `stalls the bytes of the ${sender}${time === undefined ? '' : ` for ${formatSpan(time)}`}`,
  }
  return `the fault "${rule}" ${effects[verb]}, after ${formatCount(offset, 'byte')}`
}
