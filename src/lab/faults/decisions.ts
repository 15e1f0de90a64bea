import type { Side } from '../../protocol/automaton.ts'

/*
 * A generator of random numbers gives the next number to whatever asks next. In a stream that would be the next read, and how
 * many reads there are depends on the network, so the same seed would cut the same bytes at other places. Here no number has a
 * predecessor: a decision is a hash of the seed, the connection, the sender, what is decided, and where: the offset of a byte, or
 * the number of a message. Asked twice, it has the same answer.
 */

/** FaultDecision is what is drawn; each has numbers of its own. */
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

  /** Returns a whole number from `low` to `high`, decided at a place: an offset or a number. */
  between(what: FaultDecision, place: number, low: number, high: number): number {
    return low + Math.floor(this.#fraction(what, place) * (high - low + 1))
  }

  /** Decides at a place whether something happens that has a probability in percent. */
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
