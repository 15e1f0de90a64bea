const net = require('node:net')

const client = new net.Socket()
client.setEncoding('utf8')
let low = 1
let high = 100
let guess

client.connect(Number(process.env.PORT), process.env.HOST)

client.on('data', (message) => {
  switch (message.trim()) {
    case 'GUESS':
      guess = Math.floor((low + high) / 2)
      client.write(`${guess}\n`)
      break
    case 'LOW':
      low = guess + 1
      break
    case 'HIGH':
      high = guess - 1
      break
    case 'WIN':
      console.log('won with', guess)
      client.end()
      break
    case 'GAMEOVER':
      console.log('lost')
      client.end()
      break
  }
})
client.on('error', (e) => console.log(e.code))
