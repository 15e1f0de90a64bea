// Registers, and answers every question with A: node quiz_client.js HOST PORT [NAME] [PASSWORD]
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [host, port, name = 'eve', password = 'apple-pie-7'] = process.argv.slice(2)
const socket = connect({ host, port: Number(port) })
const send = (line) => socket.write(`${line}\n`)

/** The action of this client for each message. The client does nothing for the options A, B and so on. */
const handlers = {
  Welcome: () => send('START 1'),
  QUESTION: (line) => console.log(line),
  'ANSWER?': () => send('A'),
  RIGHT: () => console.log('right'),
  WRONG: () => console.log('wrong'),
  RANK: () => send('QUIT'),
  ERROR: (line) => {
    console.error(line)
    socket.end()
  },
}

send(JSON.stringify({ register: name, password }))
for await (const line of createInterface({ input: socket })) {
  const [word] = line.split(' ')
  if (Object.hasOwn(handlers, word)) handlers[word](line)
}
