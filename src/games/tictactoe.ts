import type { Game, SeatNumber } from './game.ts'

/** The symbols of the two players (TJC notes, program 8: player 0 is the letter O). */
const SYMBOLS = ['O', 'X']
const FREE = '-'
/** Maximum size of a board that the front door shows with lines between its rows. */
const LINED = 11

/** Board is the state of a game: a square of cells, row by row; a free cell is `-`. Moves number the cells from 1. */
export interface Board {
  readonly cells: string
  /** Number of cells in a row. */
  readonly size: number
  /** The seat whose turn it is; after the end of the game, the seat whose turn would be next. */
  readonly turn: SeatNumber
  /** The cell that the other player marked last. */
  readonly last?: number
  readonly winner?: SeatNumber
}

/** tictactoe: two players mark cells of a square in turn; a player with a full row, column or diagonal wins. */
export const tictactoe: Game<Board, number, Board, { size?: number; first?: SeatNumber }> = {
  name: 'tictactoe',
  aliases: ['ttt', 'tic', 'tic-tac-toe', 'tic tac toe', 'noughts'],
  title: 'tic-tac-toe: three marks in a row win; on a larger board, a full row',
  rules:
    'Two players put their marks, O and X, into the cells of a square board in turn. O begins. On the board of 3 by 3 cells, three marks in a row, a column or a diagonal win; on a larger board, a full row, column or diagonal wins. A full board without such a line is a draw.',
  moveHint: 'the number of a free cell',
  settings: { size: { min: 2, max: 20, usual: 3, about: 'cells in a row' } },
  options: ({ size = 3 }) => (size === 3 ? {} : { size }),
  screen: {
    marks: SYMBOLS,
    board: (board) => (board.size > LINED ? renderDense(board) : undefined),
    last: ({ last, turn }) => (last === undefined ? undefined : { seat: 1 - turn, move: String(last) }),
  },
  seats: { min: 2, max: 2 },
  setup: ({ size = 3, first = 0 }) => ({ cells: FREE.repeat(size * size), size, turn: first }),
  toMove: (board) => (isOver(board) ? [] : [board.turn]),
  play(board, seat, cell) {
    const { cells, size, turn } = board
    const mark = cells[cell - 1]
    if (isOver(board)) return { refused: 'the game is over' }
    if (seat !== turn) return { refused: 'it is the other player’s turn' }
    if (mark === undefined) return { refused: `there is no cell ${cell}; cells go from 1 to ${cells.length}` }
    if (mark !== FREE) return { refused: `cell ${cell} is taken by ${mark}` }
    const marked = cells.slice(0, cell - 1) + SYMBOLS[seat] + cells.slice(cell)
    const next = { cells: marked, size, turn: 1 - seat, last: cell }
    return isWin(marked, size, cell - 1) ? { ...next, winner: seat } : next
  },
  outcome: (board) => (isOver(board) ? { winners: board.winner === undefined ? [] : [board.winner] } : undefined),
  view: (board) => board,
  whole: (board) => board,
  key: ({ cells, turn }) => cells + turn,
  *moves({ cells, winner }) {
    if (winner === undefined) for (let at = 0; at < cells.length; at++) if (cells[at] === FREE) yield at + 1
  },
  notation: {
    parse: (text) => (/^\d+$/.test(text) ? Number(text) : { refused: 'type the number of a free cell' }),
    print: String,
    render({ cells, size }) {
      const width = String(cells.length).length
      const shown = [...cells].map((mark, at) => ` ${(mark === FREE ? String(at + 1) : mark).padEnd(width)} `)
      const rows = Array.from({ length: size }, (_, row) => `${shown.slice(row * size, (row + 1) * size).join('|')}\n`)
      return rows.join(`${'-'.repeat((width + 3) * size - 1)}\n`)
    },
  },
}

/** Renders a large board without lines: 20 cells in a row fit on a terminal. */
function renderDense({ cells, size }: Board): string {
  const width = String(cells.length).length
  const shown = [...cells].map((mark, at) => (mark === FREE ? String(at + 1) : mark).padStart(width))
  return Array.from({ length: size }, (_, row) => shown.slice(row * size, (row + 1) * size).join(' ')).join('\n')
}

function isOver({ cells, winner }: Board): boolean {
  return winner !== undefined || !cells.includes(FREE)
}

/** Checks whether the cell with the index `at`, from 0, completes a row, a column or a diagonal. */
function isWin(cells: string, size: number, at: number): boolean {
  const row = Math.floor(at / size)
  const column = at % size
  if (isSame(cells, size, row * size, 1) || isSame(cells, size, column, size)) return true
  return (row === column && isSame(cells, size, 0, size + 1)) || (row + column === size - 1 && isSame(cells, size, size - 1, size - 1))
}

/** Checks whether `size` cells have the same mark; the first cell is `from`, and the cells are `step` apart. */
function isSame(cells: string, size: number, from: number, step: number): boolean {
  for (let n = 1; n < size; n++) if (cells[from + n * step] !== cells[from]) return false
  return true
}
