const net = require('node:net')
const readline = require('node:readline')

const socket = net.connect(Number(process.env.PORT), process.env.HOST)
const lines = readline.createInterface({ input: socket })
socket.write('Start\n')
lines.on('line', (line) => console.log(line))
