const net = require('node:net')
const readline = require('node:readline')

const socket = net.connect(Number(process.argv[3]), process.argv[2])
const keyboard = readline.createInterface({ input: process.stdin, output: process.stdout })
const stop = () => {
  keyboard.close()
  socket.end()
}

keyboard.on('close', () => socket.end())
socket.on('error', stop)
socket.on('close', stop)
readline.createInterface({ input: socket }).on('line', (line) => {
  if (line !== 'CHOOSE') console.log(line)
  if (line === 'CHOOSE') {
    keyboard.question('Scissor (1), Paper (2) or Stone (3), QUIT to leave: ', (hand) => {
      socket.write(`${hand}\n`)
      if (hand === 'QUIT') stop()
    })
  }
  if (line.startsWith('END') || line === 'QUIT') stop()
})
