import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseMove } from '../../src/games/ai/house.ts'
import { findBestMove } from '../../src/games/ai/search.ts'
import { defineTurnGame } from '../../src/games/define.ts'
import { isRefusal, type Random } from '../../src/games/game.ts'
import { seededRandom } from '../../src/games/random.ts'
import { type Board, tictactoe } from '../../src/games/tictactoe.ts'

/** Returns a new tic-tac-toe without a memory of earlier searches, with a count of the tried moves. */
function counting() {
  const tried = { moves: 0 }
  const game = {
    ...tictactoe,
    moves: tictactoe.moves ?? (() => []),
    whole: (board: Board) => board,
    play(board: Board, seat: number, cell: number, random: Random) {
      tried.moves++
      return tictactoe.play(board, seat, cell, random)
    },
  }
  return { game, tried }
}

function after(board: Board, cell: number, random: Random): Board {
  const next = tictactoe.play(board, board.turn, cell, random)
  if (isRefusal(next)) throw new Error(next.refused)
  return next
}

test('a game that was searched completely once is solved from then on, in every position', () => {
  const { game, tried } = counting()
  const start = tictactoe.setup({}, seededRandom(1))
  findBestMove(game, start, seededRandom(1))
  const once = tried.moves
  expect(once).toBeGreaterThan(0)
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed)
      for (let board = start; !tictactoe.outcome(board); ) {
        const cell = findBestMove(game, board, random)
        board = after(board, cell, random)
        const free = [...(tictactoe.moves?.(board, board.turn) ?? [])]
        if (!tictactoe.outcome(board)) board = after(board, random.choice(free), random)
      }
      expect(tried.moves).toBe(once)
    }),
  )
})

test('the house never loses at tic-tac-toe, and wins immediately if a move wins', () => {
  let chances = 0
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0, 1), (seed, house) => {
      const random = seededRandom(seed)
      let board = tictactoe.setup({}, random)
      while (!tictactoe.outcome(board)) {
        const free = [...(tictactoe.moves?.(board, board.turn) ?? [])]
        const cell = board.turn === house ? findBestMove(counted, board, random) : random.choice(free)
        const winning = free.filter((one) => after(board, one, random).winner === house)
        if (board.turn === house && winning.length > 0) {
          chances++
          expect(winning).toContain(cell)
        }
        board = after(board, cell, random)
      }
      expect(tictactoe.outcome(board)?.winners).not.toContain(1 - house)
    }),
  )
  expect(chances).toBeGreaterThan(10)
})

const counted = counting().game

test.each([4, 5, 8, 12, 20])('on a board of %i x %i cells the house searches so few moves that a server can serve others', (size) => {
  const { game, tried } = counting()
  const random = seededRandom(size)
  let board = tictactoe.setup({ size }, random)
  for (let n = 0; n < 12; n++) {
    tried.moves = 0
    board = after(board, findBestMove(game, board, random), random)
    expect(tried.moves).toBeLessThan(50_000)
  }
})

test('on larger boards the house wins immediately if a move wins, blocks a loss, and hardly ever loses to random moves', () => {
  const { game } = counting()
  const random = seededRandom(7)
  const near: Board = { cells: 'OOO-XX-X--------', size: 4, turn: 1 }
  expect(findBestMove(game, near, random)).toBe(7)
  expect(findBestMove(game, { ...near, cells: 'OOO-X--X--X-----' }, random)).toBe(4)
  let lost = 0
  for (let played = 0; played < 20; played++) {
    let board = tictactoe.setup({ size: 4 }, random)
    while (!tictactoe.outcome(board)) {
      const free = [...(tictactoe.moves?.(board, board.turn) ?? [])]
      board = after(board, board.turn === played % 2 ? findBestMove(game, board, random) : random.choice(free), random)
    }
    if (tictactoe.outcome(board)?.winners.includes(1 - (played % 2))) lost++
  }
  expect(lost).toBe(0)
})

test('the house takes the winning move of a seat that moves twice, and not the move that wins for the opponent', () => {
  // seat 0 moves twice: 1 and then 2 win, everything else loses
  const game = defineTurnGame<{ readonly made: readonly number[]; readonly turn: number }, number>({
    name: 'twice',
    setup: () => ({ made: [], turn: 0 }),
    move: ({ made, turn }, _, move) => ({ made: [...made, move], turn }),
    next: ({ made }) => (made.length < 2 ? 0 : 1),
    outcome: ({ made }) => (made.length < 3 ? undefined : { winners: [made[0] === 1 && made[1] === 2 ? 0 : 1] }),
    moves: () => [1, 2, 3],
    notation: { parse: Number, print: String, render: ({ made }) => made.join(' ') },
  })
  const start = game.setup({}, seededRandom(1))
  for (let seed = 1; seed <= 10; seed++) {
    const first = chooseMove(game, 0, start, seededRandom(seed))
    const next = game.play(start, 0, first, seededRandom(seed))
    if (isRefusal(next)) throw new Error(next.refused)
    expect([first, game.toMove(next), chooseMove(game, 0, next, seededRandom(seed))]).toEqual([1, [0], 2])
  }
})
