const net = require('net')
const readline = require('readline')

const socket = net.connect(Number(process.argv[3]), process.argv[2])
const rl = readline.createInterface({ input: process.stdin, output: socket })
const lines = readline.createInterface({ input: socket })

lines.on('line', (line) => {
  console.log(line)
  if (line === 'GUESS') rl.question('Enter your guess: ', (answer) => socket.write(answer + '\n'))
  if (line === 'WIN' || line === 'GAMEOVER') {
    rl.close()
    socket.end()
  }
})
