const net = require('net')
const readline = require('readline')

const keyboard = readline.createInterface({ input: process.stdin, output: process.stdout })
const socket = net.connect(process.argv[3], process.argv[2])
const chunks = []

function ask() {
  keyboard.question('Your guess: ', (guess) => socket.write(guess + '\n'))
}

socket.on('data', (chunk) => chunks.push(chunk))
// now all data are there
socket.on('end', () => {
  const lines = Buffer.concat(chunks).toString().split('\n')
  for (const line of lines) {
    if (line === 'GUESS') ask()
    else console.log(line)
  }
})
