const net = require('net')

const socket = net.connect(process.argv[3], process.argv[2])
const chunks = []
socket.on('data', (chunk) => chunks.push(chunk))
// now all data are there
socket.on('end', () => {
  const lines = Buffer.concat(chunks).toString().split('\n')
  for (const line of lines) {
    if (line === 'GUESS') socket.write('50\n')
    else console.log(line)
  }
  socket.end()
})
