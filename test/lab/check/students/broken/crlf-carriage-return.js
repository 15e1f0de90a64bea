const net = require('net')
const os = require('os')

// the end of a line, for every system
const EOL = os.platform() === 'win32' ? os.EOL : '\r'

const socket = net.connect(process.env.PORT, process.env.HOST)
let rest = ''
socket.on('data', (data) => {
  const lines = (rest + data).split('\n')
  rest = lines.pop()
  for (const line of lines) {
    console.log('<', line)
    if (line === 'GUESS') socket.write(42 + EOL)
    if (line === 'WIN' || line === 'GAMEOVER') socket.end()
  }
})
