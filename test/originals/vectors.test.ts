import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { chance } from '../../src/games/random.ts'
import { tictactoe } from '../../src/games/tictactoe.ts'
import { pythonBytes, pythonInt } from '../../src/programs/python/values.ts'
import { originals } from '../support/originals.ts'

function vectors(name: string) {
  return JSON.parse(readFileSync(join(originals ?? '', 'vectors', `${name}.json`), 'utf8'))
}

describe.skipIf(!originals)('facts measured on the originals', () => {
  test('boards have the same rendering, winner, fullness and legal cells', () => {
    const { boards } = vectors('tictactoe')
    expect(boards.length).toBeGreaterThan(100)
    for (const { N, moves, render, winner, full, valid } of boards) {
      let board = tictactoe.setup({ size: N }, chance)
      for (const cell of moves) {
        const next = tictactoe.play(board, board.turn, cell, chance)
        if (isRefusal(next)) throw new Error(`${JSON.stringify(moves)}: ${next.refused}`)
        board = next
      }
      expect(tictactoe.notation.render(board)).toBe(render)
      expect(board.winner ?? null).toBe(winner)
      expect(!board.cells.includes('-')).toBe(full)
      const free = [...board.cells].flatMap((mark, at) => (mark === '-' ? [at + 1] : []))
      expect(free).toEqual(valid)
    }
  })

  test('int() accepts the same texts, with the same numbers', () => {
    const { cases } = vectors('int')
    expect(cases.length).toBeGreaterThan(10)
    for (const { text, int } of cases) expect({ text, int: pythonInt(text) ?? null }).toEqual({ text, int })
  })

  test('bytes literals are the same', () => {
    const { cases } = vectors('bytes_repr')
    expect(cases.length).toBeGreaterThan(10)
    for (const { bytes, repr } of cases) expect(pythonBytes(bytes)).toBe(repr)
  })
})
