import type { Random } from './game.ts'

/** Chance as the platform has it. */
export const chance: Random = {
  integer: (low, high) => low + Math.floor(Math.random() * (high - low + 1)),
  choice: (from) => pick(from, Math.floor(Math.random() * from.length)),
}

/** Chance that repeats: everything follows from the seed (mulberry32). */
export function seeded(seed: number): Random {
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
 * Chance whose choices are given, as in a lesson: the texts of `choices` in turn, and from the start again. A choice
 * that is not among the texts to choose from throws a RangeError that says so.
 */
export function given(choices: readonly string[], otherwise: Random = chance): Random {
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
  if (one === undefined) throw new RangeError('there is nothing to choose from')
  return one
}
