// Guess server that counts its tries down from three
const net = require('node:net')

const server = net.createServer((socket) => {
  const secret = 41
  let tries = 3
  let rest = ''

  function judge(line) {
    const guess = parseInt(line, 10)
    if (Number.isNaN(guess)) socket.write('Please enter number 1 to 100\n')
    else if (guess === secret) return socket.end('WIN\n')
    else socket.write(guess < secret ? 'LOW\n' : 'HIGH\n')
    tries--
    if (tries === 0) socket.end('GAMEOVER\n')
    else socket.write('GUESS\n')
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
