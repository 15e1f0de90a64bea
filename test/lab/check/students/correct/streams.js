// Hangman client with streams
const net = require('node:net')
const { Transform } = require('node:stream')

/** Cuts a stream of bytes into lines. */
class Lines extends Transform {
  constructor() {
    super({ readableObjectMode: true })
    this.decoder = new TextDecoder()
    this.rest = ''
  }

  _transform(chunk, _encoding, done) {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split('\n')
    this.rest = lines.pop()
    for (const line of lines) this.push(line.replace(/\r$/, ''))
    done()
  }
}

const letters = [...'etaoinshrdlcumwfgypbvkjxqz']
const socket = net.connect(Number(process.env.PORT), process.env.HOST)
const lines = socket.pipe(new Lines())
let missing = new Set()

function say(text) {
  if (socket.writable) socket.write(`${text}\n`)
}

socket.on('connect', () => say('START'))
socket.on('error', (error) => {
  console.log('The connection is broken:', error.code)
  socket.destroy()
})
socket.on('end', () => socket.end())

lines.on('data', (line) => {
  console.log(line)
  const [word, ...numbers] = line.split(' ')
  if (word === 'WORD') missing = new Set(Array.from({ length: Number(numbers[0]) }, (_, at) => String(at + 1)))
  if (word === 'AT') for (const number of numbers) missing.delete(number)
  const isOver = (word === 'AT' && missing.size === 0) || (word === 'MISS' && numbers[0] === '0')
  if (['WORD', 'AT', 'MISS', 'ERROR'].includes(word) && !isOver) say(letters.shift() ?? 'QUIT')
  if (word === 'END') say('QUIT')
})
