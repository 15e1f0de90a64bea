// Tic-tac-toe for the benchmark: all best cells are worked out at the start.
const ROWS = ['012', '345', '678', '036', '147', '258', '048', '246'].map((row) => [...row].map(Number))
const best = new Map()
const known = new Map()

export const FREE = '---------'

export function marked(board, cell, player) {
  return board.slice(0, cell) + player + board.slice(cell + 1)
}

export function over(board) {
  return !board.includes('-') || wins(board)
}

/** One of the best cells for O. */
export function bestCell(board) {
  const cells = best.get(board) ?? []
  return cells[Math.floor(Math.random() * cells.length)] ?? 0
}

function wins(board) {
  return ROWS.some(([a, b, c]) => board[a] !== '-' && board[a] === board[b] && board[b] === board[c])
}

function value(board, player) {
  const before = known.get(board)
  if (before !== undefined) return before
  const free = [...board].map((_, cell) => cell).filter((cell) => board[cell] === '-')
  let highest = wins(board) ? -1 - free.length : 0
  if (!over(board)) {
    const values = free.map((cell) => -value(marked(board, cell, player), player === 'O' ? 'X' : 'O'))
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

value(FREE, 'O')
