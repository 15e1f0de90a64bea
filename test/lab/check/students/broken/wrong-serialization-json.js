const net = require('net')
const readline = require('readline')

const socket = net.connect(process.env.PORT, process.env.HOST)
const send = (message) => socket.write(`${JSON.stringify(message)}\n`)

socket.on('connect', () => send({ type: 'START' }))
readline.createInterface({ input: socket }).on('line', (line) => {
  console.log(line)
  const [word] = line.split(' ')
  if (word === 'WORD' || word === 'AT' || word === 'MISS') send({ type: 'LETTER', letter: 'e' })
  if (word === 'END') send({ type: 'QUIT' })
})
