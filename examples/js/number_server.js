// Serves book/guess: node number_server.js HOST PORT [SECRET]        (PORT 0: any free port)
//
// One thread serves many clients at the same time, because no code here waits for a client: the server handles each event immediately.
// The server calls the function below once for each client, and the variables of a client are local to that call.
import { createServer } from 'node:net'

const [host, port, fixed] = process.argv.slice(2)
if (!(Number(port) <= 65535)) {
  console.error('usage: node number_server.js HOST PORT [SECRET]')
  process.exit(1)
}
let clients = 0

const server = createServer((socket) => {
  const name = `client ${++clients}`
  const secret = Number(fixed ?? 1 + Math.floor(Math.random() * 100))

  // This protocol does not mark the end of a message: the bytes of one read are one guess.
  socket.on('data', (piece) => {
    const text = piece.toString().trim()
    const guess = text === '' ? Number.NaN : Number(text)
    if (!Number.isInteger(guess)) socket.write('Guesses must be an integer. Try again...')
    else if (guess < secret) socket.write('Too small!')
    else if (guess > secret) socket.write('Too big!')
    else socket.write('Exactly! You win!')
  })
  // The client closes the connection. Without a listener for 'error', a single reset connection would end the server.
  socket.on('error', () => {})
  socket.on('close', () => console.log(name, 'has left'))
})

server.listen({ host, port: Number(port) }, () => console.log('Listening on', host, server.address().port))
