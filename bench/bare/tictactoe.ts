// Tic-tac-toe against a perfect player, as written by hand on node:net: all its moves are worked out at the start.
import { onLines, serve } from './lines.ts'

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

/** The best cells of every board on which the server (O) is to move; it chooses among them by chance. */
const best = new Map<string, readonly number[]>()
const known = new Map<string, number>()
value('---------', 'O')

serve((socket) => {
  let board = '---------'
  move()
  onLines(socket, (line) => {
    const cell = /^MOVE([1-9])$/.exec(line)?.[1]
    if (cell === undefined || board[Number(cell) - 1] !== '-') {
      socket.resetAndDestroy()
      return
    }
    board = mark(board, Number(cell) - 1, 'X')
    if (over(board)) socket.end()
    else move()
  })

  function move(): void {
    const cells = best.get(board) ?? []
    const cell = cells[Math.floor(Math.random() * cells.length)] ?? 0
    board = mark(board, cell, 'O')
    if (over(board)) socket.end(`MOVE${cell + 1}\n`, 'latin1')
    else socket.write(`MOVE${cell + 1}\n`, 'latin1')
  }
})

function mark(board: string, cell: number, player: string): string {
  return board.slice(0, cell) + player + board.slice(cell + 1)
}

function wins(board: string): boolean {
  return ROWS.some(([a, b, c]) => board[a] !== '-' && board[a] === board[b] && board[b] === board[c])
}

function over(board: string): boolean {
  return !board.includes('-') || wins(board)
}

/** What a board is worth to the player who is to move: a win is worth more the sooner it comes. */
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
