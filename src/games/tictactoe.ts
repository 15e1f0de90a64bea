import type { Game, Outcome, SeatNumber } from './game.ts'

/** The symbols of the two players (TJC notes, program 8: player 0 is the letter O). */
const SYMBOLS = ['O', 'X'] as const
const FREE = '-'

/** Board is a square of cells written row by row, `-` for a free one; `last` is the cell that was marked last. */
export interface Board {
  readonly cells: string
  readonly size: number
  readonly first: SeatNumber
  readonly last?: number
}

/** tictactoe: two players, a square of any size, a whole row, column or diagonal wins. Moves are cells, counted from 1. */
export const tictactoe: Game<Board, number, Board, { size?: number; first?: SeatNumber }> = {
  name: 'tictactoe',
  seats: { min: 2, max: 2 },
  setup: ({ size = 3, first = 0 }) => ({ cells: FREE.repeat(size * size), size, first }),
  toMove: (board) => (winner(board) === undefined && board.cells.includes(FREE) ? [turn(board)] : []),
  play(board, seat, cell) {
    if (winner(board) !== undefined || !board.cells.includes(FREE)) return { refused: 'the game is over' }
    if (seat !== turn(board)) return { refused: 'it is the other player’s turn' }
    if (!(cell >= 1 && cell <= board.cells.length && Number.isInteger(cell)))
      return { refused: `there is no cell ${cell}; they go from 1 to ${board.cells.length}` }
    if (board.cells[cell - 1] !== FREE) return { refused: `cell ${cell} is taken by ${board.cells[cell - 1]}` }
    return { ...board, cells: board.cells.slice(0, cell - 1) + SYMBOLS[seat] + board.cells.slice(cell), last: cell }
  },
  outcome(board): Outcome | undefined {
    const seat = winner(board)
    if (seat !== undefined) return { winners: [seat] }
    return board.cells.includes(FREE) ? undefined : { winners: [] }
  },
  view: (board) => board,
  *moves(board) {
    if (winner(board) !== undefined) return
    for (let cell = 1; cell <= board.cells.length; cell++) if (board.cells[cell - 1] === FREE) yield cell
  },
  notation: {
    parse: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : { refused: 'type the number of a free cell' }),
    print: String,
    render({ cells, size }) {
      const width = String(cells.length).length
      const shown = [...cells].map((cell, at) => ` ${(cell === FREE ? String(at + 1) : cell).padEnd(width)} `)
      const rows = Array.from({ length: size }, (_, row) => `${shown.slice(row * size, (row + 1) * size).join('|')}\n`)
      return rows.join(`${'-'.repeat((width + 3) * size - 1)}\n`)
    },
  },
}

/** Whose mark a cell bears. */
export function symbolOf({ cells }: Board, cell: number): SeatNumber | undefined {
  const seat = SYMBOLS.indexOf(cells[cell - 1] as 'O' | 'X')
  return seat < 0 ? undefined : seat
}

function turn({ cells, first }: Board): SeatNumber {
  let marked = first
  for (const cell of cells) if (cell !== FREE) marked++
  return marked % 2
}

function winner(board: Board): SeatNumber | undefined {
  const { cells, size, last } = board
  if (last === undefined) return undefined
  const symbol = cells[last - 1]
  const row = Math.floor((last - 1) / size)
  const column = (last - 1) % size
  const whole = (start: number, step: number) => {
    for (let n = 0, at = start; n < size; n++, at += step) if (cells[at] !== symbol) return false
    return true
  }
  const won =
    whole(row * size, 1) ||
    whole(column, size) ||
    (row === column && whole(0, size + 1)) ||
    (row + column === size - 1 && whole(size - 1, size - 1))
  return won ? symbolOf(board, last) : undefined
}
