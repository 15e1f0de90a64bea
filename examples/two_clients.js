// Runs two slow clients of tjc/guess at the same time: node two_clients.js HOST PORT [SECONDS TO THINK]
//
// Start this program against an iterative server and against a concurrent server, and look at the second column.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { lines } from './js/lines.js'

const [host, port, pause = '0.5'] = process.argv.slice(2)
if (!(Number(port) <= 65535)) {
  console.error('usage: node two_clients.js HOST PORT [SECONDS TO THINK]')
  process.exit(1)
}
const start = performance.now()

/** Prints an event of one of the two clients, in its column, with the time. */
function print(column, what) {
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${seconds.padStart(5)} s  ${' '.repeat(16 * column)}${what}`)
}

/** Guesses 10, 20, 30, 40, 50, with a pause before each guess. */
async function play(column) {
  const socket = connect({ host, port: Number(port) })
  socket.on('connect', () => print(column, 'connected'))
  let guess = 0
  for await (const line of lines(socket)) {
    print(column, line)
    if (line !== 'GUESS') continue
    await sleep(Number(pause) * 1000)
    guess += 10
    print(column, `  ${guess}`)
    socket.write(`${guess}\n`)
  }
  print(column, 'the end')
  socket.end()
}

try {
  await Promise.all([play(0), play(1)])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
