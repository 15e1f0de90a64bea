const net = require('net')
const readline = require('readline/promises')

async function main() {
  const rl = readline.createInterface({ input: process.stdin, output: process.stdout })
  const socket = net.connect(process.argv[3], process.argv[2])
  socket.setEncoding('utf8')
  socket.on('data', async (text) => {
    for (const word of text.split('\n')) {
      if (word) console.log('server:', word)
      if (word === 'GUESS') {
        const guess = await rl.question('guess? ')
        socket.write(guess + '\n')
        socket.end()
      }
    }
  })
  socket.on('close', () => rl.close())
}

main()
