const { connect } = require('net')
const { createInterface } = require('readline')

const socket = connect(Number(process.env.PORT), process.env.HOST)
const letters = [...'ETAOINSHRDLU']
const say = (text) => socket.write(text + '\n')

createInterface({ input: socket }).on('line', (line) => {
  console.log(line)
  if (/^(WORD|AT|MISS)/.test(line)) say(letters.shift() || 'QUIT')
  if (line.startsWith('END')) say('QUIT')
})
say('Start')
