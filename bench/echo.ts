import { defineAutomaton } from '../src/protocol/automaton.ts'
import type { Program, Protocol } from '../src/protocol/definition.ts'
import { client, clientCloses, server } from '../src/protocol/message-spec.ts'
import { lines } from '../src/wire/framing/lines.ts'

const automaton = defineAutomaton({
  messages: { line: client('{text}', { example: 'Hello' }), echo: server('{text}', { example: 'Hello' }), closes: clientCloses },
  start: 'listening',
  states: { listening: { line: 'answering', closes: 'end' }, answering: { echo: 'listening' }, end: {} },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const protocol: Protocol<Name, State, undefined> = {
  name: 'echo',
  title: 'the server returns every line',
  automaton,
  framing: () => ({ toServer: lines(), toClient: lines() }),

  async server(peer) {
    for (;;) {
      const { name, text } = await peer.receive()
      if (name === 'closes') return
      peer.send('echo', text)
    }
  },

  async client(peer, { console }) {
    for (;;) {
      peer.send('line', await console.ask(''))
      console.say((await peer.receive()).text)
    }
  },
}

/** echo returns each line. It is a minimal conversation, so the benchmark measures the rest of the server. */
export const echo: Program<Name, State, undefined> = {
  name: 'bench/echo',
  source: 'the benchmark',
  protocol,
  words: undefined,
  port: 7,
  servePort: 7,
  host: {},
  join: {},
}
