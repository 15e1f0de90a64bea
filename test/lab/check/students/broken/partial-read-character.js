// Chat client
const net = require('net')
const readline = require('readline')

const [host, port] = process.argv.slice(2)
const rl = readline.createInterface({ input: process.stdin, output: process.stdout })
const socket = net.createConnection(Number(port), host)

let buffer = ''
socket.on('data', (data) => {
  buffer += data.toString()
  let end = buffer.indexOf('\n')
  while (end >= 0) {
    const line = buffer.slice(0, end)
    buffer = buffer.slice(end + 1)
    console.log('Other:', line)
    rl.question('You: ', (text) => socket.write(text + '\n'))
    end = buffer.indexOf('\n')
  }
})
socket.on('end', () => {
  rl.close()
  socket.end()
})
socket.on('error', (err) => {
  console.log(err.message)
  rl.close()
})
