const net = require('net')
const readline = require('readline')

const rl = readline.createInterface({ input: process.stdin, output: process.stdout, prompt: 'Guess: ' })
const socket = net.connect({ host: process.argv[2], port: Number(process.argv[3]) })
const guesses = []
let rest = ''

rl.on('line', (line) => {
  guesses.push(line)
  socket.write(guesses.join('\n') + '\n')
})

socket.on('data', (data) => {
  const lines = (rest + data).split('\n')
  rest = lines.pop()
  lines.forEach((line) => {
    console.log(line)
    if (line === 'GUESS') rl.prompt()
    if (line === 'WIN' || line === 'GAMEOVER') {
      rl.close()
      socket.end()
    }
  })
})
