import { defineAutomaton } from '../protocol/automaton.ts'
import type { Program, Protocol } from '../protocol/definition.ts'
import { client, server } from '../protocol/message-spec.ts'
import { literals } from '../wire/framing/unframed.ts'
import { quoteText } from '../wire/text.ts'

const GREETING = 'Hi Server'
const ANSWER = 'Hello in return!'

/** Milliseconds for which a side waits for the rest of a partial greeting. */
const REST_TIMEOUT = 250

const automaton = defineAutomaton({
  messages: {
    hi: client(GREETING, { accepts: /^.*$/s, free: true, about: 'the server accepts any text' }),
    hello: server(ANSWER, { accepts: /^.*$/s, free: true }),
  },
  start: 'start',
  states: {
    start: { hi: 'greeted' },
    greeted: { hello: 'end' },
    end: {},
  },
  automatic: { server: true, client: true },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

/** As in the FH slides, neither side prints a text. */
const greeting: Protocol<Name, State> = {
  name: 'greeting',
  title: 'the client greets, the server greets back',
  automaton,
  framing: () => ({ toServer: literals([GREETING], REST_TIMEOUT), toClient: literals([ANSWER]) }),

  async server(peer) {
    await peer.receive()
    peer.send('hello')
  },

  async client(peer) {
    peer.send('hi')
    const { text } = await peer.receive()
    if (text !== ANSWER) peer.report(`expected ${quoteText(ANSWER)}`)
  },
}

/** FH slides: the "Hello-world" client and server. */
export const programs: readonly Program<Name, State>[] = [
  {
    name: 'fh/hello',
    source: '003 "Hello-world" TCP client and server',
    protocol: greeting,
    words: undefined,
    port: 9000,
    servePort: 9000,
    host: { udp: true },
    join: {},
  },
]
