import { defineAutomaton } from '../protocol/automaton.ts'
import type { Program, Protocol } from '../protocol/definition.ts'
import { client, server } from '../protocol/message-spec.ts'
import { lines } from '../wire/framing/lines.ts'
import { pythonAddress } from './python/values.ts'

const automaton = defineAutomaton({
  messages: {
    hello: server('Hello from server', { accepts: /^.*$/s, free: true }),
    answer: client('Hello from client', { accepts: /^.*$/s, free: true }),
  },
  start: 'start',
  states: { start: { hello: 'answering' }, answering: { answer: 'end' }, end: {} },
  automatic: { server: true, client: true },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const bothWays: Protocol<Name, State, undefined> = {
  name: 'both-ways',
  title: 'the server sends a greeting, then the client sends a greeting',
  automaton,
  framing: () => ({ toServer: lines({ keepCr: true }), toClient: lines({ keepCr: true }) }),

  async server(peer, { console }) {
    peer.send('hello')
    const { text } = await peer.receive()
    console.say(`${text}\n`)
  },

  async client(peer, { console }) {
    const { text } = await peer.receive()
    console.say(`${text}\n`)
    peer.send('answer')
  },
}

/** C8 slides, assignment 2. */
export const programs: readonly Program<Name, State, undefined>[] = [
  {
    name: 'c8/both-ways',
    source: '001 assignment 2',
    protocol: bothWays,
    words: undefined,
    port: 12345,
    servePort: 12369,
    host: { connected: (client) => `Connected to: ${pythonAddress(client)}` },
    join: {},
  },
]
