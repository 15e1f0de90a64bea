import { defineAutomaton } from '../protocol/automaton.ts'
import { type Program, type Protocol, readOption } from '../protocol/definition.ts'
import { client, clientCloses, server } from '../protocol/message-spec.ts'
import type { TextOption } from '../protocol/option.ts'
import { receiveUntilClosed } from '../protocol/roles.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { segments } from '../wire/framing/unframed.ts'
import { quoteText } from '../wire/text.ts'
import { strftime } from './python/strftime.ts'

/** Milliseconds of silence that the client treats as an empty answer, because an empty answer has no bytes that could arrive. */
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
    // without framing, an answer may arrive in pieces, or after the client has sent the next format
    answered: { answer: 'answered', format: 'asked', closed: 'end' },
    end: {},
  },
  talk: () => [],
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

/** Formats that the client sends without asking a person for them. */
const formats: TextOption<readonly string[]> = {
  kind: 'text',
  name: 'formats',
  spelling: 'format',
  metavar: 'format',
  about: 'time: ask for this format (may be repeated)',
  side: 'client',
  expected: 'a format such as %H:%M',
  repeats: true,
  parse: (text, earlier = []) => [...earlier, text],
}

/** The time that replaces the time of the clock. */
const now: TextOption<Date> = {
  kind: 'text',
  name: 'now',
  metavar: 'time',
  about: 'use this time as the present, 2024-02-29T13:05:09',
  side: 'server',
  expected: 'a time such as 2024-02-29T13:05:09',
  emptyIsAbsent: true,
  parse(text) {
    const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? new Date(text) : undefined
    // the Date constructor treats February 30 as a day in March
    return date?.getDate() === Number(text.slice(8, 10)) ? date : undefined
  },
}

const time: Protocol<Name, State> = {
  name: 'time',
  title: 'the time, in the format that the client sends',
  automaton,
  framing: () => ({ toServer: segments(), toClient: segments() }),

  async server(peer, { options, clock }) {
    const next = () => receiveUntilClosed(peer, 'closed')
    const given = readOption(options, now)
    for (let format = await next(); format !== undefined; format = await next()) {
      peer.send('answer', strftime(format, given ?? new Date(clock.now())))
    }
  },

  async client(peer, { console, options, clock }) {
    let unanswered: string | undefined
    const given = readOption(options, formats)
    for (let asked = 0; ; asked++) {
      const format = given ? given[asked] : await console.ask('Format: ', '')
      if (!format) break
      // discards late answers to earlier formats, so that the client does not treat them as the answer to this format
      while (await peer.receiveWithin(0, clock)) unanswered = undefined
      peer.send('format', format)
      const answer = await peer.receiveWithin(NO_ANSWER, clock)
      if (!answer && !canBeEmpty(format, new Date(clock.now()))) unanswered ??= format
      console.say(answer?.text)
    }
    if (unanswered === undefined) return
    throw new Disconnected(
      'late',
      `no answer to ${quoteText(unanswered)} arrived within ${NO_ANSWER / 1000} s; expected the time in that format`,
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
    takes: [formats, now],
    host: { udp: true },
    join: {},
  },
]
