// A Colyseus server with a room of tic-tac-toe against a perfect player, in the usual style of that framework.
import { Room, Server } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { obey } from '../control.ts'
import { bestCell, FREE, mark, over } from '../rules.ts'

class TicTacToe extends Room {
  maxClients = 1
  #board = FREE

  onCreate() {
    this.onMessage('move', (client, cell) => {
      if (!Number.isInteger(cell) || this.#board[cell] !== '-') return client.leave()
      this.#board = mark(this.#board, cell, 'X')
      if (over(this.#board)) client.send('over')
      else this.#answer(client)
    })
  }

  onJoin(client) {
    this.#answer(client)
  }

  #answer(client) {
    const cell = bestCell(this.#board)
    this.#board = mark(this.#board, cell, 'O')
    client.send('move', cell)
    if (over(this.#board)) client.send('over')
  }
}

const transport = new WebSocketTransport()
const server = new Server({ transport, greet: false, gracefullyShutdown: false })
server.define('tictactoe', TicTacToe)
await server.listen(0, '127.0.0.1')
obey(transport.server.address().port)
