import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Effort } from '../../src/games/ai/effort.ts'
import { warmUpSearch } from '../../src/games/ai/house.ts'
import { findBestMove } from '../../src/games/ai/search.ts'
import { seededRandom } from '../../src/games/random.ts'
import { type Board, tictactoe } from '../../src/games/tictactoe.ts'

test('in any span, all searches together use at most the saved time, the span’s share, and the minimum of each search', () => {
  const steps = fc.array(fc.record({ pause: fc.nat(200), used: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 200 })
  fc.assert(
    fc.property(steps, (searches) => {
      let now = 0
      let used = 0
      const effort = new Effort(() => now)
      for (const { pause, used: share } of searches) {
        now += pause
        const { allowed } = effort
        expect(allowed).toBeGreaterThanOrEqual(500)
        expect(allowed).toBeLessThanOrEqual(16_000)
        // both phases of a search
        const moves = Math.floor(2 * allowed * share)
        effort.spend(moves)
        used += moves
      }
      expect(used).toBeLessThanOrEqual(64_000 + 500 * now + 1000 * searches.length)
    }),
  )
})

test('after a pause the house searches as deep as before', () => {
  let now = 0
  const effort = new Effort(() => now)
  expect(effort.allowed).toBe(16_000)
  effort.spend(1_000_000)
  expect(effort.allowed).toBe(500)
  now += 128
  expect(effort.allowed).toBe(16_000)
})

/** Tic-tac-toe with a count of the tried moves, without a memory of earlier searches. */
function counting() {
  const tried = { moves: 0 }
  const play: typeof tictactoe.play = (...given) => {
    tried.moves++
    return tictactoe.play(...given)
  }
  return { game: { ...tictactoe, moves: tictactoe.moves ?? (() => []), whole: (board: Board) => board, play }, tried }
}

test.each([4, 6, 10, 20])('sixty simultaneous searches on boards of %i x %i cells cost little more than four', (size) => {
  const { game, tried } = counting()
  const random = seededRandom(size)
  const effort = new Effort(() => 0)
  for (let n = 0; n < 60; n++) findBestMove(game, tictactoe.setup({ size }, random), random, effort)
  expect(tried.moves).toBeLessThan(64_000 + 60 * 1500)
})

test('the house takes a win and blocks a loss on a board of 4 x 4 with any budget of its search', () => {
  const { game } = counting()
  const effort = new Effort(() => 0)
  effort.spend(1_000_000)
  const near: Board = { cells: 'OOO-XX-X--------', size: 4, turn: 1 }
  expect(findBestMove(game, near, seededRandom(1), effort)).toBe(7)
  expect(findBestMove(game, { ...near, cells: 'OOO-X--X--X-----' }, seededRandom(1), effort)).toBe(4)
})

test('after a rehearsal the house searches no more in a small game', async () => {
  const { game, tried } = counting()
  await warmUpSearch(game, () => ({}), seededRandom(1))
  const once = tried.moves
  expect(once).toBeGreaterThan(0)
  findBestMove(game, tictactoe.setup({}, seededRandom(1)), seededRandom(1))
  expect(tried.moves).toBe(once)
})
