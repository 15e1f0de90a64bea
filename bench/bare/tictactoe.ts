// Tic-tac-toe against a perfect player, written by hand on node:net; it computes all its moves at the start.
import { bestCell, FREE, mark, over } from '../rules.ts'
import { onLines, serve } from './lines.ts'

serve((socket, recorded) => {
  let board = FREE
  let moves = 0
  move()
  onLines(socket, (line) => {
    const cell = /^MOVE([1-9])$/.exec(line)?.[1]
    if (cell === undefined || board[Number(cell) - 1] !== '-') {
      socket.resetAndDestroy()
      return
    }
    board = mark(board, Number(cell) - 1, 'X')
    moves++
    if (over(board)) socket.end()
    else move()
  })

  function move(): void {
    const cell = bestCell(board, recorded === undefined ? undefined : Number(recorded[moves]) - 1)
    board = mark(board, cell, 'O')
    moves++
    if (over(board)) socket.end(`MOVE${cell + 1}\n`, 'latin1')
    else socket.write(`MOVE${cell + 1}\n`, 'latin1')
  }
})
