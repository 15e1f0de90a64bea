import type { Random } from './game.ts'

const WORDS = 2 ** 32
/**
 * Number of words that one call of the platform's generator fills. The number is large, because the overhead of a call takes as much time
 * as some thousand words.
 */
const POOL = 4096

/**
 * WordRandom makes numbers from random words of 32 bits. Every number of a range is equally likely: the generator discards words
 * above the largest multiple of the size of the range and takes the next word. Throws a RangeError if the range is empty or its
 * limits are not safe integers.
 */
export abstract class WordRandom implements Random {
  /** Returns the next word, from 0 to 2³² - 1. */
  protected abstract word(): number

  integer(low: number, high: number): number {
    const count = high - low + 1
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && count >= 1 && count <= 2 ** 53)) {
      throw new RangeError(`there is no whole number from ${low} to ${high}`)
    }
    return low + (count <= WORDS ? this.#below(count) : this.#farBelow(count))
  }

  choice<T>(from: readonly T[]): T {
    return pick(from, from.length === 0 ? 0 : this.#below(from.length))
  }

  /** Returns a number from 0 to `count` - 1; `count` is at most 2³². */
  #below(count: number): number {
    const end = WORDS - (WORDS % count)
    for (;;) {
      const word = this.word()
      if (word < end) return word % count
    }
  }

  /** Does the same as `below` for a `count` up to 2⁵³. */
  #farBelow(count: number): number {
    const end = 2 ** 53 - (2 ** 53 % count)
    for (;;) {
      const bits = (this.word() >>> 11) * WORDS + this.word()
      if (bits < end) return bits % count
    }
  }
}

/** PlatformRandom uses the platform's cryptographically secure generator, and erases each word after use. */
class PlatformRandom extends WordRandom {
  readonly #pool = new Uint32Array(POOL)
  #left = 0

  protected word(): number {
    if (this.#left === 0) {
      globalThis.crypto.getRandomValues(this.#pool)
      this.#left = POOL
    }
    const word = this.#pool[--this.#left] ?? 0
    this.#pool[this.#left] = 0
    return word
  }
}

/** The unpredictable source of secrets, seeds, sealed choices and shuffles. */
export const chance: Random = new PlatformRandom()

/**
 * Returns a reproducible source: all results follow from the seed (mulberry32). A few results reveal the seed, and so all other
 * results. The source is only for tests, and for the logs of tables from the time before seeds had versions.
 */
export function seededRandom(seed: number): Random {
  return new Seeded(seed)
}

class Seeded implements Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  integer(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1))
  }

  choice<T>(from: readonly T[]): T {
    return pick(from, Math.floor(this.#next() * from.length))
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    const state = this.#state
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Returns a source for demonstrations in a lesson: its `choice` returns the texts of `choices` in turn, and begins again after the
 * last text. Throws a RangeError if the next text is not among the items.
 */
export function scriptedRandom(choices: readonly string[], otherwise: Random = chance): Random {
  let used = 0
  return {
    integer: (low, high) => otherwise.integer(low, high),
    choice(from) {
      const text = pick(choices, used++ % choices.length)
      const found = from.find((one) => String(one).toLowerCase() === text.toLowerCase())
      if (found === undefined) throw new RangeError(`${JSON.stringify(text)} is not one of ${from.join(', ')}`)
      return found
    },
  }
}

function pick<T>(from: readonly T[], index: number): T {
  const one = from[index]
  if (one === undefined) throw new RangeError('there are no items')
  return one
}
