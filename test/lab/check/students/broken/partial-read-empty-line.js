const net = require('node:net')

const PAGE = '<h1>It works</h1>'
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`

net
  .createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', (error) => console.log(error.message))
    socket.on('data', (chunk) => {
      if (chunk.includes('\r\n\r\n')) socket.end(ANSWER)
    })
    socket.on('end', () => socket.end(ANSWER))
  })
  .listen(Number(process.argv[2]), '127.0.0.1')
