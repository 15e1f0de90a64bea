// Guess the number, server (book, chapter 5)
const net = require('net')

const server = net.createServer((socket) => {
  const secret = 1 + Math.floor(Math.random() * 100)
  console.log('Connected by', socket.remoteAddress)
  socket.on('data', (data) => {
    const guess = parseInt(data.toString())
    if (guess === secret) socket.write('Exactly! You win!')
    else if (guess < secret) socket.write('Too small!')
    else socket.write('Too big!')
  })
  socket.on('end', () => console.log('Disconnected'))
})
server.listen(Number(process.env.PORT), process.env.HOST)
