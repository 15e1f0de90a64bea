// Plays tjc/guess by halving: node guess_client.js HOST PORT
import { connect } from 'node:net'
import { lines } from './lines.js'

const [host, port] = process.argv.slice(2)
if (!(Number(port) <= 65535)) {
  console.error('usage: node guess_client.js HOST PORT')
  process.exit(1)
}
const socket = connect({ host, port: Number(port) })

let low = 1
let high = 100
let guess = 0
let over = false

/** The action for each message of the server. */
const words = {
  GUESS() {
    guess = Math.floor((low + high) / 2)
    socket.write(`${guess}\n`)
  },
  LOW() {
    console.log(guess, 'is too low')
    low = guess + 1
  },
  HIGH() {
    console.log(guess, 'is too high')
    high = guess - 1
  },
  WIN() {
    console.log(guess, 'is right')
    over = true
  },
  GAMEOVER() {
    console.log('no guess is left; the number was from', low, 'to', high)
    over = true
  },
}

try {
  for await (const word of lines(socket)) {
    if (!Object.hasOwn(words, word)) throw new Error(`the server sent ${JSON.stringify(word)}, which is not a word of this protocol`)
    words[word]()
  }
  if (!over) throw new Error('the connection ended before the game did')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
socket.end()
