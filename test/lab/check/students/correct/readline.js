const net = require('node:net')
const readline = require('node:readline/promises')

const keyboard = readline.createInterface({ input: process.stdin, output: process.stdout })
const socket = net.connect(Number(process.argv[3]), process.argv[2])

/** Ends the program in order. */
function leave(why) {
  if (why) console.log(why)
  keyboard.close()
  socket.destroy()
}

async function main() {
  for await (const word of readline.createInterface({ input: socket })) {
    if (word === 'GUESS') {
      const guess = await keyboard.question('Your guess: ')
      socket.write(`${Number.parseInt(guess, 10)}\n`)
    } else console.log(word)
    if (word === 'WIN' || word === 'GAMEOVER') break
  }
  leave()
}

keyboard.on('close', () => socket.end())
socket.on('error', (error) => leave(error.message))
socket.on('close', () => leave())
main().catch((error) => leave(error.message))
