import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

// chosen by hand, to try the program out
const secret = 99
let tries = 5

createServer((socket) => {
  socket.on('error', (error) => console.log(error.message))
  socket.write('GUESS\n')
  const lines = createInterface({ input: socket })
  lines.on('error', (error) => console.log(error.message))
  lines.on('line', (line) => {
    tries--
    const guess = Number(line)
    if (guess === secret) socket.end('WIN\n')
    else if (tries > 0) socket.write(`${guess < secret ? 'LOW' : 'HIGH'}\nGUESS\n`)
    else socket.end(`${guess < secret ? 'LOW' : 'HIGH'}\nGAMEOVER\n`)
    if (guess === secret || tries === 0) tries = 5
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
