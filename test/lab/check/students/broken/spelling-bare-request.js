const net = require('node:net')

const [host, port] = process.argv.slice(2)
const socket = net.connect(Number(port), host, () => socket.write(`GET / HTTP/1.1\nHost: ${host}\n\n`))
socket.on('data', (chunk) => process.stdout.write(chunk))
socket.on('end', () => socket.end())
