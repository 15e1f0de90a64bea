// hangman client that ends after a lost game only
const net = require('node:net')
const readline = require('node:readline')

const socket = net.connect(Number(process.argv[3]), process.argv[2])
const keyboard = readline.createInterface({ input: process.stdin, output: process.stdout })
let word = []
let letter = ''
let rest = ''

function ask() {
  keyboard.question('Your letter, or QUIT: ', (text) => {
    letter = text
    socket.write(`${text}\n`)
    if (text === 'QUIT') leave()
  })
}

function leave() {
  keyboard.removeAllListeners('close')
  keyboard.close()
  socket.end()
}

function handle(line) {
  const [kind, ...fields] = line.split(' ')
  if (kind === 'END') {
    console.log(fields[0] === 'WON' ? `Right! It is ${fields[1]}` : `Hanged! It was ${fields[1]}`)
    if (fields[0] === 'LOST') leave()
    return
  }
  if (kind === 'WORD') word = Array(Number(fields[0])).fill('_')
  if (kind === 'AT') for (const place of fields) word[place - 1] = letter
  console.log(kind === 'AT' || kind === 'WORD' ? word.join(' ') : line)
  if (word.includes('_') && line !== 'MISS 0') ask()
}

socket.setEncoding('utf8')
socket.write('START\n')
socket.on('data', (chunk) => {
  rest += chunk
  for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
    const line = rest.slice(0, end)
    rest = rest.slice(end + 1)
    handle(line)
  }
})
keyboard.on('close', () => socket.end('QUIT\n'))
