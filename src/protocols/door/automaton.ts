import { type Automaton, client, clientCloses, server } from '../automaton.ts'
import { secretsAtDoor } from './hidden.ts'

/** People and the server say lines, whenever they like, and both may go. */
export const automaton = {
  messages: {
    line: client('{line}', { example: 'play tictactoe', about: 'a command, a move, or the answer to a question' }),
    text: server('{text}', { example: 'Your move: the number of a free cell.', about: 'a line for people to read' }),
    closed: clientCloses,
    ended: { from: 'server', text: '', example: '', closes: true, about: 'the server closes the connection' },
  },
  start: 'open',
  states: { open: { line: 'open', text: 'open', closed: 'end', ended: 'end' }, end: {} },
  // anything may be said; but a peer for which there is no room can be told so
  refusal: 'text',
  secrets: secretsAtDoor,
} as const satisfies Automaton

/** The messages of the front door. */
export type Name = keyof typeof automaton.messages
