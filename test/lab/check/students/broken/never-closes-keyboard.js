const net = require('net')
const readline = require('readline')

const keyboard = readline.createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' })
const socket = net.connect({ host: process.env.HOST, port: process.env.PORT })
const server = readline.createInterface({ input: socket })

server.on('line', (word) => {
  if (word === 'GUESS') keyboard.prompt()
  else console.log({ LOW: 'higher!', HIGH: 'lower!', WIN: 'right!', GAMEOVER: 'no tries are left' }[word])
  if (word === 'WIN' || word === 'GAMEOVER') socket.end()
})
keyboard.on('line', (guess) => socket.write(guess + '\n'))
