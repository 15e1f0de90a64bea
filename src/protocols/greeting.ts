import { quoted } from '../wire/text.ts'
import { literals } from '../wire/unframed.ts'
import { type Automaton, client, server } from './automaton.ts'
import type { Program, Protocol } from './protocol.ts'

const GREETING = 'Hi Server'
const ANSWER = 'Hello in return!'

/** Milliseconds that a greeting which is begun may take to go on. */
const PATIENCE = 250

const automaton = {
  messages: {
    hi: client(GREETING, { accepts: /^.*$/s, free: true, about: 'whatever the client says, the server is friendly' }),
    hello: server(ANSWER, { accepts: /^.*$/s, free: true }),
  },
  start: 'start',
  states: {
    start: { hi: 'greeted' },
    greeted: { hello: 'end' },
    end: {},
  },
  automatic: { server: true, client: true },
} as const satisfies Automaton

type Name = keyof typeof automaton.messages

/** Nobody shows anything: what was said can be seen on the wire alone. */
const greeting: Protocol<Name> = {
  name: 'greeting',
  title: 'the client greets, the server greets back',
  automaton,
  framing: () => ({ toServer: literals([GREETING], PATIENCE), toClient: literals([ANSWER]) }),

  async server(peer) {
    await peer.receive()
    peer.send('hello')
  },

  async client(peer) {
    peer.send('hi')
    const { text } = await peer.receive()
    if (text !== ANSWER) peer.note(`expected ${quoted(ANSWER)}`)
  },
}

/** FH slides: the "Hello-world" client and server. */
export const programs: readonly Program<Name>[] = [
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
