// The guessing game for many players
const net = require('net')

let player
let secret
let tries
let rest

function send(text) {
  if (player.writable) player.write(text + '\n')
}

function judge(guess) {
  tries++
  if (guess === secret) {
    send('WIN')
    player.end()
    return
  }
  send(guess < secret ? 'LOW' : 'HIGH')
  if (tries < 5) send('GUESS')
  else {
    send('GAMEOVER')
    player.end()
  }
}

net
  .createServer((socket) => {
    player = socket
    secret = 1 + Math.floor(Math.random() * 100)
    tries = 0
    rest = ''
    socket.on('error', () => {})
    socket.on('data', (data) => {
      rest += data
      while (rest.includes('\n')) {
        const line = rest.slice(0, rest.indexOf('\n'))
        rest = rest.slice(line.length + 1)
        judge(Number(line))
      }
    })
    send('GUESS')
  })
  .listen(process.env.PORT, process.env.HOST)
