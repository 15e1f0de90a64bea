const net = require('node:net')

const socket = net.connect(Number(process.env.PORT), process.env.HOST)
const state = { board: Array(9).fill(' ') }

function freeCell() {
  return state.bord.indexOf(' ') + 1
}

let rest = ''
socket.on('data', (data) => {
  rest += data
  while (rest.includes('\n')) {
    const line = rest.slice(0, rest.indexOf('\n'))
    rest = rest.slice(line.length + 1)
    if (line === 'END') return socket.end()
    state.board[line.slice(4) - 1] = 'O'
    const cell = freeCell()
    state.board[cell - 1] = 'X'
    socket.write(`MOVE${cell}\n`)
  }
})
