import type { Clock } from '../base/clock.ts'
import { parseSpan } from '../base/durations.ts'
import { type Automaton, defineAutomaton } from '../protocol/automaton.ts'
import { type HostTexts, type Options, type Program, type Protocol, readOption } from '../protocol/definition.ts'
import { server } from '../protocol/message-spec.ts'
import type { FlagOption, TextOption } from '../protocol/option.ts'
import type { Peer } from '../protocol/peer.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { lines } from '../wire/framing/lines.ts'
import { recvOnce } from '../wire/framing/recv.ts'
import { decode, encode } from '../wire/text.ts'
import { pythonAddress, pythonBytes } from './python/values.ts'

/** Words has the texts in which the programs differ. Characters up to U+00FF stand for bytes. */
interface Words {
  /** Formats the received bytes for the client's console. */
  readonly shows: (bytes: string) => string
  /** True if the message ends with a line end; false if the message ends with the end of the stream. */
  readonly line: boolean
}

type Name = 'hello'
type State = 'start' | 'end'

const HELLO = 'Hello from server'

/** Makes the client treat the result of one `recv` as the whole message, like the first client of the TJC notes. */
const oneRecv: FlagOption = {
  kind: 'flag',
  name: 'recvOnce',
  spelling: 'recv-once',
  about: 'hello: treat the first recv() as the whole text, as the worksheet’s first client does',
  side: 'client',
}

/** Number of bytes in the first write, if the program sends two writes. */
const split: TextOption<number> = {
  kind: 'text',
  name: 'split',
  metavar: 'n',
  about: 'hello-split: bytes in the first piece',
  side: 'server',
  expected: 'a number of bytes',
  parse: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
}

/** Milliseconds between the two writes. */
const delay: TextOption<number> = {
  kind: 'text',
  name: 'delay',
  metavar: 'time',
  about: 'hello-split: pause between the two pieces; a bare number is milliseconds',
  side: 'server',
  expected: 'a time such as 100ms, 2s or 1m',
  parse: (text) => parseSpan(text, 'ms'),
}

const hello: Protocol<Name, State, Words> = {
  name: 'hello',
  title: 'the server sends a greeting and closes',
  automaton: automaton(`${HELLO}\n`),
  framing: framed(),

  async server(peer, { options, clock }) {
    const first = readOption(options, split)
    if (first === undefined) peer.send('hello')
    else await peer.sendInPieces('hello', first, () => pause(readOption(options, delay) ?? 0, clock, peer))
  },

  async client(peer, { console, options, words }) {
    const { text } = await peer.receive()
    // the server of the slides sends its hello without a line end, and this client accepts such a hello
    const whole = text.endsWith('\n') || text === HELLO
    if (words.line && !readOption(options, oneRecv) && !whole) {
      throw new Disconnected('finished', `the server closed the connection in the middle of its line, after ${pythonBytes(text)}`)
    }
    console.say(words.shows(text))
  },
}

const slides: Protocol<Name, State, Words> = {
  ...hello,
  name: 'hello-slides',
  title: 'the server sends a greeting without a line end',
  automaton: automaton(HELLO),
  framing: framed('no end: it has not closed its side'),
}

/** Returns the framings of a hello; `lacks` names the missing part of an incomplete message, by default a line end. */
function framed(lacks?: string): Protocol['framing'] {
  const toClient = lines({ keepEnd: true, code: 'bytes', ...(lacks === undefined ? {} : { lacks }) })
  return (options) => ({ toServer: lines(), toClient: readOption(options, oneRecv) ? recvOnce(1024, 'bytes') : toClient })
}

/** Returns an automaton that accepts any text as the hello. */
function automaton(text: string): Automaton<Name, State> {
  return defineAutomaton({
    messages: { hello: server(text, { accepts: /^.+$/s, free: true }) },
    start: 'start',
    states: { start: { hello: 'end' }, end: {} },
    automatic: { server: true },
  })
}

/**
 * Waits for `ms` milliseconds. A reset ends the wait. The wait continues if the client closes only its sending side, because such a client
 * still reads.
 */
function pause(ms: number, clock: Clock, peer: Peer<Name, State>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve)
    peer.connection.whenPeerClosed(({ reason }) => {
      if (reason === 'finished') return
      cancel()
      resolve()
    })
  })
}

function checkSplit(options: Options): string | undefined {
  const first = readOption(options, split) ?? 1
  return first >= 1 ? undefined : `the first piece has at least 1 byte, not ${first}`
}

const asBytes: Words = { shows: pythonBytes, line: true }
const asText: Words = { shows: (bytes) => decode(encode(bytes, 'bytes')), line: true }

const single = { takes: [oneRecv] } as const
const inPieces = {
  takes: [oneRecv, split, delay],
  defaults: { split: 8, delay: 100 },
  check: checkSplit,
} as const

const greets: HostTexts = { connected: (client) => `Connected to: ${pythonAddress(client)}` }

/** TJC notes: programs 1, 2, 5, 6 and 7; C8 slides: opening, projects 1, 2 and 3, and assignment 1. */
export const programs: readonly Program<Name, State, Words>[] = [
  {
    ...single,
    name: 'tjc/hello',
    source: '000 programs 1, 2 and 6',
    protocol: hello,
    words: asBytes,
    port: 12345,
    servePort: 12345,
    host: { connected: (client) => `Connected to ${pythonAddress(client)}` },
    join: { asks: true },
  },
  {
    ...inPieces,
    name: 'tjc/hello-split',
    source: '000 program 5',
    protocol: hello,
    words: asBytes,
    port: 12345,
    servePort: 12360,
    host: {},
    join: { asks: true },
  },
  {
    ...single,
    name: 'tjc/iterative',
    source: '000 program 7',
    protocol: hello,
    words: asBytes,
    port: 12345,
    servePort: 12362,
    host: { clients: Number.POSITIVE_INFINITY },
    join: { asks: true },
  },
  {
    ...single,
    name: 'c8/hello-slides',
    source: '001 opening slides',
    protocol: slides,
    words: { ...asText, line: false },
    port: 12345,
    servePort: 12365,
    host: greets,
    join: { asks: true },
  },
  {
    ...single,
    name: 'c8/hello',
    source: '001 project 1',
    protocol: hello,
    words: asText,
    port: 12345,
    servePort: 12366,
    host: greets,
    join: { asks: true },
  },
  {
    ...single,
    name: 'c8/two-clients',
    source: '001 assignment 1',
    protocol: hello,
    words: asText,
    port: 12345,
    servePort: 12367,
    host: { ...greets, clients: 2 },
    join: { asks: true },
  },
  {
    ...inPieces,
    name: 'c8/hello-split',
    source: '001 project 2',
    protocol: hello,
    words: asText,
    port: 12345,
    servePort: 12368,
    host: greets,
    join: {},
  },
  {
    ...single,
    name: 'c8/iterative',
    source: '001 project 3',
    protocol: hello,
    words: asText,
    port: 12345,
    servePort: 12371,
    host: {
      ...greets,
      clients: Number.POSITIVE_INFINITY,
      listening: () => 'Type Ctrl-F6 or close the shell to terminate the server.',
      eachTime: true,
    },
    join: {},
  },
]
