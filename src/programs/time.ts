import { client, clientCloses, defineAutomaton, server } from '../protocol/automaton.ts'
import type { Program, Protocol } from '../protocol/definition.ts'
import { receiveUntilClosed } from '../protocol/roles.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { segments } from '../wire/framing/unframed.ts'
import { quoteText } from '../wire/text.ts'
import { strftime } from './python/strftime.ts'

/** Milliseconds after which the client takes silence for an empty answer, because a stream cannot carry an empty message. */
const NO_ANSWER = 2000

const automaton = defineAutomaton({
  messages: {
    format: client('{format}', { example: '%H:%M:%S', free: true }),
    answer: server('{text}', { example: '13:05:09', free: true, about: 'if the answer is empty, the server sends nothing' }),
    closed: clientCloses,
  },
  start: 'start',
  states: {
    start: { format: 'asked', closed: 'end' },
    asked: { answer: 'answered', format: 'asked', closed: 'end' },
    // without framing, an answer may arrive in pieces, or after the next format
    answered: { answer: 'answered', format: 'asked', closed: 'end' },
    end: {},
  },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const time: Protocol<Name, State> = {
  name: 'time',
  title: 'the time, in the format that is asked for',
  automaton,
  framing: () => ({ toServer: segments(), toClient: segments() }),

  async server(peer, { options, clock }) {
    const next = () => receiveUntilClosed(peer, 'closed')
    for (let format = await next(); format !== undefined; format = await next()) {
      peer.send('answer', strftime(format, options.now ?? new Date(clock.now())))
    }
  },

  async client(peer, { person, options, clock }) {
    let unanswered: string | undefined
    for (let asked = 0; ; asked++) {
      const format = options.formats ? options.formats[asked] : await person.ask('Format: ', '')
      if (!format) break
      // discard late answers to earlier formats, so that they do not count for this format
      while (await peer.receiveWithin(0, clock)) unanswered = undefined
      peer.send('format', format)
      const answer = await peer.receiveWithin(NO_ANSWER, clock)
      if (!answer && !canBeEmpty(format, new Date(clock.now()))) unanswered ??= format
      person.say(answer?.text)
    }
    if (unanswered === undefined) return
    throw new Disconnected(
      'late',
      `no answer came to ${quoteText(unanswered)} within ${NO_ANSWER / 1000} s; expected the time in that format`,
    )
  },
}

/** Checks whether the answer to a format can be empty, because some systems have no text for the time zone, AM and PM. */
function canBeEmpty(format: string, now: Date): boolean {
  return strftime(format.replace(/%[ZzpP]/g, ''), now) === ''
}

/** FH slides: "Processing Client Requests". */
export const programs: readonly Program<Name, State>[] = [
  {
    name: 'fh/time',
    source: '003 "Processing Client Requests"',
    protocol: time,
    words: undefined,
    port: 5050,
    servePort: 5050,
    takes: ['formats', 'now'],
    clientTakes: ['formats'],
    host: { udp: true },
    join: {},
  },
]
