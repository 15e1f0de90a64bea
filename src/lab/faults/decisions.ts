import type { Side } from '../../protocol/message-spec.ts'

/*
 * A generator of random numbers would give the next number to the code that asks next. In a stream, each read would take a number, and
 * the number of reads depends on the network. So two runs with the same seed would cut the same bytes at different offsets. Here no random
 * number depends on an earlier number: a decision is a hash of the seed, the connection, the sender, the kind of decision, and the offset
 * of a byte or the number of a message. The same question always has the same answer.
 */

/** FaultDecision is the kind of a decision; each kind has random numbers of its own. */
export type FaultDecision = 'piece' | 'piece delay' | 'message delay' | 'inside' | 'lose' | 'duplicate' | 'reorder'

const CODES: Readonly<Record<FaultDecision, number>> = {
  piece: 1,
  'piece delay': 2,
  'message delay': 3,
  inside: 4,
  lose: 5,
  duplicate: 6,
  reorder: 7,
}
const WORD = 2 ** 32

/** FaultDecisions are the random decisions about the bytes of one side of one connection. */
export class FaultDecisions {
  readonly #key: number

  constructor(seed: number, connection: number, sender: Side) {
    this.#key = mix(mix(mix(0, seed), connection), sender === 'server' ? 1 : 2)
  }

  /** Returns a random whole number from `low` to `high` for a place: an offset, or the number of a message. */
  between(what: FaultDecision, place: number, low: number, high: number): number {
    return low + Math.floor(this.#fraction(what, place) * (high - low + 1))
  }

  /**
   * Decides whether an event happens at a place, which is an offset or the number of a message. `percent` is the probability of the event.
   */
  happens(what: FaultDecision, place: number, percent: number): boolean {
    return this.#fraction(what, place) * 100 < percent
  }

  #fraction(what: FaultDecision, place: number): number {
    return (mix(mix(mix(this.#key, CODES[what]), place % WORD), Math.floor(place / WORD)) >>> 0) / WORD
  }
}

/** Mixes a number into a hash of 32 bits (the finalizer of MurmurHash3). */
function mix(hash: number, value: number): number {
  let mixed = (Math.imul(hash, 31) ^ value) + 0x9e3779b9
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
