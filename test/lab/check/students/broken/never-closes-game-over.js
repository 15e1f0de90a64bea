// High-low server that closes the connection of a winner only
const net = require('node:net')

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  const secret = 1 + Math.floor(Math.random() * 100)
  let tries = 0
  let rest = ''

  function judge(line) {
    const guess = Number(line)
    if (guess === secret) return socket.end('WIN\n')
    socket.write(guess < secret ? 'LOW\n' : 'HIGH\n')
    tries++
    // the client of the worksheet loses lines that arrive together
    setTimeout(() => socket.write(tries === 5 ? 'GAMEOVER\n' : 'GUESS\n'), 150)
  }

  socket.on('data', (chunk) => {
    rest += chunk.toString()
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 1)
      judge(line)
    }
  })
  socket.on('error', () => socket.destroy())
  socket.write('GUESS\n')
})

server.listen(Number(process.argv[3]), process.argv[2])
