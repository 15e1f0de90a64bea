const net = require('net')
const readline = require('readline')

const rl = readline.createInterface({ input: process.stdin, output: process.stdout })
const socket = net.connect({ host: process.argv[2], port: Number(process.argv[3]) })
let rest = ''

function askForGuess() {
  rl.setPrompt('Guess: ')
  rl.prompt()
  rl.on('line', (line) => {
    socket.write(line + '\n')
  })
}

socket.on('data', (data) => {
  const lines = (rest + data).split('\n')
  rest = lines.pop()
  lines.forEach((line) => {
    console.log(line)
    if (line === 'GUESS') askForGuess()
    if (line === 'WIN' || line === 'GAMEOVER') {
      rl.close()
      socket.end()
    }
  })
})
