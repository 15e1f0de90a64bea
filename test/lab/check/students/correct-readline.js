const net = require('node:net')
const readline = require('node:readline')

const socket = net.connect(Number(process.env.PORT), process.env.HOST)
const lines = readline.createInterface({ input: socket })
lines.on('line', (word) => {
  console.log(word)
  if (word === 'GUESS') socket.write('50\n')
  if (word === 'WIN' || word === 'GAMEOVER') socket.end()
})
