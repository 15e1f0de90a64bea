// Tic-tac-toe for the servers written by hand: it computes the best cells of every board at the start.
const ROWS: readonly (readonly [number, number, number])[] = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
]

export const FREE = '---------'

/** The best cells of every board on which O is to move. */
const best = new Map<string, readonly number[]>()
const known = new Map<string, number>()
value(FREE, 'O')

/** Returns a board with one more cell marked. */
export function mark(board: string, cell: number, player: string): string {
  return board.slice(0, cell) + player + board.slice(cell + 1)
}

export function over(board: string): boolean {
  return !board.includes('-') || wins(board)
}

/** Returns the recorded cell, which must be among the best cells for O, or a random cell among the best. */
export function bestCell(board: string, recorded?: number): number {
  const cells = best.get(board) ?? []
  if (recorded !== undefined && !cells.includes(recorded)) throw new RangeError(`the recorded move ${recorded} is not one of ${cells}`)
  return recorded ?? cells[Math.floor(Math.random() * cells.length)] ?? 0
}

function wins(board: string): boolean {
  return ROWS.some(([a, b, c]) => board[a] !== '-' && board[a] === board[b] && board[b] === board[c])
}

/** Returns the value of a board for the player to move; an early win is worth more. */
function value(board: string, player: 'O' | 'X'): number {
  const before = known.get(board)
  if (before !== undefined) return before
  const free = [...board].map((_, cell) => cell).filter((cell) => board[cell] === '-')
  let highest = wins(board) ? -1 - free.length : 0
  if (!over(board)) {
    const values = free.map((cell) => -value(mark(board, cell, player), player === 'O' ? 'X' : 'O'))
    highest = Math.max(...values)
    if (player === 'O')
      best.set(
        board,
        free.filter((_, at) => values[at] === highest),
      )
  }
  known.set(board, highest)
  return highest
}
