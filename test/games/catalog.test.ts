import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseMove } from '../../src/games/ai/house.ts'
import { isRefusal } from '../../src/games/game.ts'
import { type AnyGame, games, shippedGames } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'

/** The setup of a game; most games need none. */
const OPTIONS: Readonly<Record<string, unknown>> = {
  quiz: { questions: [{ text: 'Which?', options: ['this', 'that'], right: 0, explanation: 'so it is' }], count: 1 },
}

const roundTrip = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Returns a random legal move, or else the house's. */
function someMove(game: AnyGame, state: unknown, seat: number, seed: number): unknown {
  const legal = [...(game.moves?.(state, seat) ?? [])]
  return legal.length > 0 ? legal[seed % legal.length] : chooseMove(game, seat, game.view(state, seat), seededRandom(seed))
}

describe.each([...games])('%s', (name, game) => {
  test('states and moves are plain data, and the game continues the same after JSON', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(), { maxLength: 30 }), (seed, picks) => {
        let state = game.setup(OPTIONS[name] ?? {}, seededRandom(seed))
        for (const pick of picks) {
          expect(roundTrip(state)).toEqual(state)
          const seat = game.toMove(state)[pick % Math.max(1, game.toMove(state).length)]
          if (seat === undefined || game.outcome(state)) break
          const move = someMove(game, state, seat, pick)
          expect(roundTrip(move)).toEqual(move)
          const next = game.play(state, seat, move, seededRandom(pick))
          if (isRefusal(next)) throw new Error(next.refused)
          expect(game.play(roundTrip(state), seat, roundTrip(move), seededRandom(pick))).toEqual(next)
          state = next
        }
      }),
    )
  })
})

describe('the catalog', () => {
  test.each(shippedGames.entries.map((entry) => [entry.name, entry] as const))(
    '%s: the entry describes the game correctly',
    async (_, { game, settings, moves, setup }) => {
      expect(games.get(game.name)).toBe(game)
      // a cell that may be taken is not an example
      const example = /such as (\S+)|^(\S+) for/.exec(moves)?.slice(1).find(Boolean) ?? (game.name === 'tictactoe' ? '5' : '')
      expect(isRefusal(game.notation.parse(example))).toBe(false)
      for (const info of Object.values(settings)) {
        expect(info.min).toBeLessThanOrEqual(info.usual)
        expect(info.usual).toBeLessThanOrEqual(info.max)
      }
      for (const bound of ['min', 'usual', 'max'] as const) {
        const chosen = Object.fromEntries(Object.entries(settings).map(([setting, info]) => [setting, info[bound]]))
        expect(game.outcome(game.setup(await setup(chosen, {}), seededRandom(1)))).toBeUndefined()
      }
    },
  )
})
