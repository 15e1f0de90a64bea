// Plays fh/hangman and tries the frequent letters of English first: node hangman_client.js HOST PORT
import { connect } from 'node:net'
import { lines } from './lines.js'

const [host, port] = process.argv.slice(2)
if (!(Number(port) <= 65535)) {
  console.error('usage: node hangman_client.js HOST PORT')
  process.exit(1)
}
const socket = connect({ host, port: Number(port) })

const letters = [...'etaoinshrdlcumwfgypbvkjxqz']
let shown = []
let letter = ''
let over = false

function say(line) {
  socket.write(`${line}\n`)
}

/** Declines a further game; the server then closes the connection. */
function quit() {
  over = true
  say('QUIT')
}

/** Sends the next letter. The client sends nothing else before the answer arrives. */
function guess() {
  letter = letters.shift() ?? ''
  if (letter === '') quit()
  else say(letter)
}

/** The action for each message of the server. */
const words = {
  WORD(length) {
    shown = Array(Number(length)).fill('_')
    guess()
  },
  AT(...positions) {
    for (const position of positions) shown[Number(position) - 1] = letter
    console.log(letter, shown.join(''))
    // If no letter is missing, the server itself sends the next message: END.
    if (shown.includes('_')) guess()
  },
  MISS(left) {
    console.log(letter, 'is not in it;', left, 'left')
    if (left !== '0') guess()
  },
  END(how, word) {
    console.log(how, word)
    quit()
  },
}

try {
  say('START')
  for await (const line of lines(socket)) {
    const [word, ...rest] = line.split(' ')
    if (!Object.hasOwn(words, word)) throw new Error(`the server sent ${JSON.stringify(line)}`)
    words[word](...rest)
  }
  if (!over) throw new Error('the connection ended before the game did')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
socket.end()
