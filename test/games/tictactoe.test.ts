import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findBestMove, isSearchable } from '../../src/games/ai/search.ts'
import { isRefusal } from '../../src/games/game.ts'
import { chance, seededRandom } from '../../src/games/random.ts'
import { type Board, tictactoe } from '../../src/games/tictactoe.ts'

function boardAfter(moves: readonly number[], size = 3): Board {
  let board = tictactoe.setup({ size }, chance)
  for (const cell of moves) {
    const next = tictactoe.play(board, board.turn, cell, chance)
    if (isRefusal(next)) throw new Error(next.refused)
    board = next
  }
  return board
}

describe('tic-tac-toe: the rules', () => {
  test('the whole tree has 255,168 games: the first player wins 131,184, the second 77,904, and 46,080 are draws', () => {
    const ends = { first: 0, second: 0, nobody: 0 }
    const count = (board: Board): void => {
      const outcome = tictactoe.outcome(board)
      if (outcome) ends[outcome.winners[0] === 0 ? 'first' : outcome.winners[0] === 1 ? 'second' : 'nobody']++
      for (const cell of tictactoe.moves?.(board, board.turn) ?? []) count(tictactoe.play(board, board.turn, cell, chance) as Board)
    }
    count(boardAfter([]))
    expect(ends).toEqual({ first: 131_184, second: 77_904, nobody: 46_080 })
    expect(ends.first + ends.second + ends.nobody).toBe(255_168)
  })

  test.each([
    ['a row', [1, 4, 2, 5, 3], 0],
    ['a column', [1, 2, 4, 5, 9, 8], 1],
    ['the falling diagonal', [1, 2, 5, 3, 9], 0],
    ['the rising diagonal', [1, 3, 2, 5, 4, 7], 1],
    ['the last free cell', [9, 8, 5, 6, 3, 2, 4, 1, 7], 0],
  ])('%s wins', (_what, moves, winner) => {
    expect(tictactoe.outcome(boardAfter(moves.slice(0, -1)))).toBeUndefined()
    expect(tictactoe.outcome(boardAfter(moves))).toEqual({ winners: [winner] })
    expect(tictactoe.toMove(boardAfter(moves))).toEqual([])
  })

  test('a full board without a line is a draw', () => {
    expect(tictactoe.outcome(boardAfter([9, 3, 4, 1, 7, 5, 2, 8, 6]))).toEqual({ winners: [] })
  })

  test('a refused move returns a sentence, and changes nothing', () => {
    const board = boardAfter([5])
    const refused = (seat: number, cell: number) => tictactoe.play(board, seat, cell, chance)
    expect(refused(0, 1)).toEqual({ refused: 'it is the other player’s turn' })
    expect(refused(1, 5)).toEqual({ refused: 'cell 5 is taken by O' })
    for (const cell of [0, -1, 10, 1.5, Number.NaN])
      expect(refused(1, cell)).toEqual({ refused: `there is no cell ${cell}; cells go from 1 to 9` })
    expect(tictactoe.play(boardAfter([1, 4, 2, 5, 3]), 1, 9, chance)).toEqual({ refused: 'the game is over' })
  })

  test('either seat can begin; seat 0 has O', () => {
    const board = tictactoe.setup({ first: 1 }, chance)
    expect(tictactoe.toMove(board)).toEqual([1])
    expect(tictactoe.play(board, 1, 5, chance)).toMatchObject({ cells: '----X----', turn: 0 })
  })
})

describe('tic-tac-toe: notation', () => {
  test('prints boards of every size', () => {
    expect(tictactoe.notation.render(boardAfter([5, 1]))).toBe(' X | 2 | 3 \n-----------\n 4 | O | 6 \n-----------\n 7 | 8 | 9 \n')
    expect(tictactoe.notation.render(boardAfter([16, 3], 4))).toBe(
      ` 1  | 2  | X  | 4  \n${'-'.repeat(19)}\n 5  | 6  | 7  | 8  \n${'-'.repeat(19)}\n 9  | 10 | 11 | 12 \n${'-'.repeat(19)}\n 13 | 14 | 15 | O  \n`,
    )
  })

  test('parses a move, prints it, and parses it again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (cell) => {
        expect(tictactoe.notation.parse(tictactoe.notation.print(cell))).toBe(cell)
      }),
    )
    for (const text of ['', 'a', '-1', '1.5', '5x']) expect(isRefusal(tictactoe.notation.parse(text))).toBe(true)
  })

  test('shows marks and numbers at their cells in any game of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer(), (size, seed) => {
        const random = seededRandom(seed)
        let board = tictactoe.setup({ size }, random)
        while (!tictactoe.outcome(board)) {
          const cells = [...(tictactoe.moves?.(board, board.turn) ?? [])]
          expect(cells).toHaveLength([...board.cells].filter((mark) => mark === '-').length)
          board = tictactoe.play(board, board.turn, random.choice(cells), random) as Board
          const shown = tictactoe.notation
            .render(board)
            .split(/[|\n]/)
            .map((cell) => cell.trim())
          const written = shown.filter((cell) => cell !== '' && !cell.startsWith('-'))
          expect(written).toEqual([...board.cells].map((mark, at) => (mark === '-' ? String(at + 1) : mark)))
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('the house, one search for every game without secrets', () => {
  test('never loses on 3 × 3, against any moves of the opponent', () => {
    if (!isSearchable(tictactoe)) throw new Error('tic-tac-toe is an open game')
    const game = tictactoe
    for (const us of [0, 1]) {
      const tried = new Set<string>()
      const tryAll = (board: Board): void => {
        if (tried.has(board.cells)) return
        tried.add(board.cells)
        const outcome = game.outcome(board)
        if (outcome) return expect(outcome.winners).not.toEqual([1 - us])
        const cells = board.turn === us ? [findBestMove(game, board, seededRandom(7))] : [...game.moves(board, board.turn)]
        for (const cell of cells) tryAll(game.play(board, board.turn, cell, chance) as Board)
      }
      tryAll(boardAfter([]))
      expect(tried.size).toBeGreaterThan(50)
    }
  })

  test.each([
    ['takes a win', [1, 5, 2, 9], 3, 3],
    ['prevents one', [1, 9, 2], 3, 3],
    ['takes a win on 4 × 4', [1, 5, 2, 6, 3, 9], 4, 4],
    ['prevents one on 5 × 5', [1, 10, 2, 20, 3, 25, 4], 5, 5],
  ])('%s', (_what, moves, expected, size) => {
    if (!isSearchable(tictactoe)) throw new Error('tic-tac-toe is an open game')
    expect(findBestMove(tictactoe, boardAfter(moves, size), seededRandom(3))).toBe(expected)
  })
})
