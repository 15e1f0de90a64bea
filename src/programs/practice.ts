import { defineAutomaton } from '../protocol/automaton.ts'
import type { Program, Protocol } from '../protocol/definition.ts'
import { client } from '../protocol/message-spec.ts'
import { lines } from '../wire/framing/lines.ts'
import { pythonAddress, pythonBytes } from './python/values.ts'

const automaton = defineAutomaton({
  messages: { hello: client('Hello from client\n', { accepts: /^.+$/s, free: true }) },
  start: 'start',
  states: { start: { hello: 'end' }, end: {} },
  automatic: { client: true },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const practice: Protocol<Name, State, undefined> = {
  name: 'practice',
  title: 'the client sends a greeting and closes',
  automaton,
  // if the client closes the connection after a line without a line end, the server also shows that line
  framing: () => ({ toServer: lines({ keepEnd: true, code: 'bytes' }), toClient: lines() }),

  async server(peer, { console }) {
    const { text } = await peer.receive()
    console.say(pythonBytes(text))
  },

  async client(peer) {
    peer.send('hello')
  },
}

/** TJC notes, exercise 1, programs 3 and 4. */
export const programs: readonly Program<Name, State, undefined>[] = [
  {
    name: 'tjc/practice',
    source: '000 exercise 1, programs 3 and 4',
    protocol: practice,
    words: undefined,
    port: 12345,
    servePort: 12361,
    host: { address: '0.0.0.0', connected: (client) => `Connected to: ${pythonAddress(client)}` },
    join: { asks: true },
  },
]
