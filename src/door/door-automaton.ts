import { defineAutomaton } from '../protocol/automaton.ts'
import { client, clientCloses, server } from '../protocol/message-spec.ts'
import { findDoorSecrets } from './door-secrets.ts'
import { findDoorTalk } from './door-talk.ts'

/** The automaton of the front door: both sides may send lines at any time, and both sides may close the connection. */
export const automaton = defineAutomaton({
  messages: {
    line: client('{line}', { example: 'play tictactoe', about: 'a command, a move, or the answer to a question' }),
    text: server('{text}', { example: 'Your move: the number of a free cell.', about: 'a line for people to read' }),
    closed: clientCloses,
    ended: { from: 'server', text: '', example: '', closes: true, about: 'the server closes the connection' },
  },
  start: 'open',
  states: { open: { line: 'open', text: 'open', closed: 'end', ended: 'end' }, end: {} },
  // the server accepts every line; only a client that exceeds a limit of the server receives a refusal
  refusal: 'text',
  secrets: findDoorSecrets,
  talk: findDoorTalk,
})

/** DoorMessage is the name of a message of the front door. */
export type DoorMessage = keyof typeof automaton.messages

/** DoorState is the name of a state of the front door. */
export type DoorState = keyof typeof automaton.states
