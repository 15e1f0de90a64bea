const net = require('net')
const { stdin, stdout } = require('process')
const rl = require('readline').createInterface({ input: stdin, output: stdout })

const socket = net.connect({ host: process.argv[2], port: Number(process.argv[3]) })
let received = ''

function step(word) {
  if (word === 'GUESS') {
    rl.question('Number? ', (n) => socket.write(`${n}\n`))
  } else if (word === 'LOW' || word === 'HIGH') {
    console.log(`The number was too ${word === 'LOW' ? 'small' : 'big'}.`)
  } else {
    console.log(word === 'WIN' ? 'Yes!' : 'No more tries.')
    rl.close()
    socket.end()
  }
}

socket.on('data', (chunk) => {
  received += chunk
  // wait for a whole line
  if (received.includes('\n')) {
    const line = received.split('\n')[0]
    received = ''
    step(line)
  }
})
