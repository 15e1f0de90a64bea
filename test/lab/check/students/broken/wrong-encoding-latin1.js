const net = require('net')
const readline = require('readline')

const PORT = process.argv[3] || 6789
const HOST = process.argv[2] || '127.0.0.1'

const keyboard = readline.createInterface({ input: process.stdin, output: process.stdout })
const server = net.connect(PORT, HOST)
const incoming = readline.createInterface({ input: server })

incoming.on('line', (line) => {
  console.log(`friend> ${line}`)
  keyboard.question('me> ', (answer) => {
    server.write(Buffer.from(`${answer}\n`, 'latin1'))
  })
})
server.on('error', () => {})
server.on('close', () => {
  console.log('bye')
  keyboard.close()
})
