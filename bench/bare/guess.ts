// Guess a number in five tries, written by hand on node:net.
import { onLines, serve } from './lines.ts'

serve((socket, recorded) => {
  const secret = recorded === undefined ? 1 + Math.floor(Math.random() * 100) : Number(recorded)
  let left = 5
  socket.write('GUESS\n', 'latin1')
  onLines(socket, (line) => {
    if (left === 0) return
    const guess = Number.parseInt(line, 10)
    if (Number.isNaN(guess)) {
      socket.write('Please enter number 1 to 100\nGUESS\n', 'latin1')
      return
    }
    left--
    if (guess === secret) {
      left = 0
      socket.end('WIN\n', 'latin1')
    } else if (left === 0) {
      socket.end(guess < secret ? 'LOW\nGAMEOVER\n' : 'HIGH\nGAMEOVER\n', 'latin1')
    } else {
      socket.write(guess < secret ? 'LOW\nGUESS\n' : 'HIGH\nGUESS\n', 'latin1')
    }
  })
})
