import { describe, expect, test } from 'vitest'
import { coin } from '../../src/games/coin.ts'
import { isRefusal, type Random } from '../../src/games/game.ts'
import { type Guessing, guessing } from '../../src/games/guessing.ts'
import { games } from '../../src/games/index.ts'
import { chance } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { Seed } from '../../src/hall/ports.ts'
import { newSeed, toDraws } from '../../src/hall/seeds.ts'
import { decide, type TableState, toOpenedTable } from '../../src/hall/table.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { predictMathRandom } from '../support/predict-random.ts'
import { TestClock } from '../support/test-clock.ts'

/** The number of games that the attacker plays, and of later games of others. */
const OWN = 110
const OTHERS = 10
/** The number of the attacker's guesses at a coin. */
const TOSSES = 60

/** The former random source, from `Math.random`. */
const once: Random = {
  integer: (low, high) => low + Math.floor(Math.random() * (high - low + 1)),
  choice: (from) => from[Math.floor(Math.random() * from.length)] as (typeof from)[number],
}

/** Returns the secret numbers of a number of games of guess in a hall, one after the other. */
async function numbersIn(random: Random, count: number): Promise<number[]> {
  const onError = (sentence: string, reason: unknown) => {
    throw new Error(sentence, { cause: reason })
  }
  const hall = new Hall({ store: memoryStore(), games, clock: new TestClock(), random, onError })
  const seats = [{ person: 'guest:eve', name: 'eve' }]
  const tables = await Promise.all(Array.from({ length: count }, () => hall.open(guessing.name, { options: { tries: 7 }, seats })))
  return tables.map(({ state }) => (state.position as Guessing).secret)
}

/** Opens a table of head or tail with this seed, and returns the first tosses, as a player sees them by guessing head. */
function tossesOf(seed: Seed, count: number): boolean[] {
  const seats = [{ person: 'guest:eve', name: 'eve' }]
  const opening = { type: 'opened', game: 'coin', options: undefined, state: coin.setup(undefined, chance), seed, seats } as const
  let table: TableState = toOpenedTable({ ...opening, rated: false, private: false, clock: {}, n: 1, at: 0 }, coin)
  return Array.from({ length: count }, () => {
    const steps = decide(table, { type: 'play', seat: 0, move: 'H' }, 0)
    table = isRefusal(steps) ? table : (steps[0]?.state ?? table)
    return (table.position as { last?: boolean }).last === true
  })
}

/** Returns the first seed without a version, from `from` on, with these tosses. */
function seedOf(tosses: readonly boolean[], from: number, count: number): number | undefined {
  for (let seed = from; seed < from + count; seed++) {
    if (tosses.every((head, at) => (toDraws(seed, at + 2).integer(0, 1) === 0) === head)) return seed
  }
  return undefined
}

describe('a player who computes the next random numbers', () => {
  test('predicts the secret numbers of others after 110 games, if they come from Math.random', async () => {
    const numbers = await numbersIn(once, OWN + OTHERS)
    expect(predictMathRandom(numbers.slice(0, OWN), 100, OTHERS)).toEqual(numbers.slice(OWN))
  })

  test('predicts none of the numbers of the secure generator', async () => {
    expect(predictMathRandom(await numbersIn(chance, OWN), 100, OTHERS)).toBeUndefined()
  })

  test('finds the seed of a table without a version from its tosses, and all later tosses from the seed', () => {
    const seed = chance.integer(0, 2 ** 31 - 1)
    const tosses = tossesOf(seed, 2 * TOSSES)
    // a search of all 2³¹ takes half a minute
    const found = seedOf(tosses.slice(0, TOSSES), Math.max(0, seed - 100_000), 200_000)
    expect(found).toBe(seed)
    expect(tossesOf(found ?? 0, 2 * TOSSES)).toEqual(tosses)
  })

  test('learns nothing about other tosses from visible tosses: at equal events, tables with other seeds toss differently', () => {
    const tosses = tossesOf(newSeed(chance), TOSSES)
    expect(seedOf(tosses, 0, 200_000)).toBeUndefined()
    // 60 known tosses predict the next one no better than a guess: 400 tables, ± 5 standard deviations
    const again = Array.from({ length: 400 }, () => tossesOf(newSeed(chance), 2))
    const same = again.filter(([first, second]) => first === second).length
    expect(Math.abs(same - 200)).toBeLessThan(50)
  })
})
