import type { Transition } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Raw } from '../../wire/text.ts'
import type { BySide } from './sides.ts'
import type { Place } from './violation.ts'

/** PassedMessage is a message that has passed the monitor. */
export interface PassedMessage extends Place {
  readonly number: number
  readonly from: Side
  readonly text: string
  readonly raw: Raw | undefined
}

/** Passed is a message that has passed, or the closing of a side, which has the number 0. */
export interface Passed extends PassedMessage {
  readonly closes: boolean
  /** True if the receiver drops the message, because it is illegal or too late. */
  isDropped: boolean
  /** True if the message passed before its sender had the turn, so the receiver read the message later. */
  wasEarly: boolean
  /** True if it was early, and has no verdict yet. */
  isEarly: boolean
  /** True if the judge has judged it as legal. The receiver may still refuse it, if it crossed a message of the receiver. */
  isAccepted: boolean
}

/** Taken is a message in an ordering, with its transition if it takes a transition. */
export interface Taken {
  readonly passed: Passed
  readonly step: Transition | undefined
  readonly before: string
  /** The state after the message, with the transitions of that state. */
  readonly after: string
  readonly steps: readonly Transition[]
  /** Number of messages of the other side that passed before this message, but come after it in the ordering. */
  readonly unseen: number
  /** Whether the message is the protocol's refusal, and the number of the message that it refuses, if the judge knows that number. */
  readonly isRefusal: boolean
  readonly refuses: number | undefined
}

/** Ordering is one order of the messages so far, and the state to which it leads. Messages that are not in the ordering wait. */
export interface Ordering {
  readonly state: string
  readonly steps: readonly Transition[]
  /** Number of messages of each side in the ordering. */
  readonly taken: BySide<number>
  /** Last message of each side in the ordering, without the dropped messages. */
  readonly last: BySide<Taken | undefined>
  /** Last message of each side that took a transition. */
  readonly legal: BySide<Taken | undefined>
  /** Early messages in the ordering that have no verdict yet. */
  readonly late: readonly Taken[]
  /** Numbers of the client's dropped messages that the server has not refused yet. */
  readonly unrefused: readonly number[]
  /** The side whose illegal message this ordering replaces by a legal message; `undefined` if there is none. */
  readonly assumed: Side | undefined
  /** Number of improbable events in the ordering: a closing that is not a transition, a refusal before the refusal of an older message. */
  readonly doubts: number
}

/** Up to this number of orderings, it is faster to compare them one by one than to make a key for each ordering. */
export const FEW = 8

/** OrderingSet has orderings that differ in their state, in the messages that they have taken, or in their assumptions. */
export class OrderingSet {
  readonly all: Ordering[]
  #keys: Set<string> | undefined

  /** The caller knows that the orderings differ. */
  constructor(all: readonly Ordering[]) {
    this.all = [...all]
  }

  /** Adds an ordering. Returns false if the set has it already. */
  add(ordering: Ordering): boolean {
    if (this.all.length > FEW) {
      this.#keys ??= new Set(this.all.map(keyOf))
      const key = keyOf(ordering)
      if (this.#keys.has(key)) return false
      this.#keys.add(key)
    } else for (const one of this.all) if (isSame(one, ordering)) return false
    this.all.push(ordering)
    return true
  }
}

function isSame(one: Ordering, two: Ordering): boolean {
  return (
    one.taken.client === two.taken.client &&
    one.taken.server === two.taken.server &&
    one.state === two.state &&
    one.unrefused.length === two.unrefused.length &&
    one.doubts === two.doubts &&
    one.assumed === two.assumed
  )
}

function keyOf({ state, taken, unrefused, assumed, doubts }: Ordering): string {
  return `${taken.client} ${taken.server} ${unrefused.length} ${doubts} ${assumed} ${state}`
}

/** Checks whether one of the better orderings covers another ordering. */
export function isCovered(better: readonly Ordering[], other: Ordering): boolean {
  for (const one of better) if (covers(one, other)) return true
  return false
}

/**
 * Checks whether a better ordering allows everything that another ordering allows: it has the same state, and it has at least as many
 * messages of each side.
 */
function covers(better: Ordering, other: Ordering): boolean {
  return (
    better.state === other.state &&
    better.taken.client >= other.taken.client &&
    better.taken.server >= other.taken.server &&
    better.unrefused.length === other.unrefused.length
  )
}
