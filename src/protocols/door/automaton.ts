import { type Automaton, client, clientCloses, server } from '../automaton.ts'

/** The last line of a question of the front door whose answer is a password: the question, or the warning behind it. */
const ASKS_SECRET = /password.*\?|once more\?|^The new one|^\(It will (?:not )?show/i
/** Secrets of the native protocol, which log their holder in. */
const NATIVE_SECRETS = /"(?:password|old|session|token)"\s*:\s*"((?:\\.|[^"\\])*)/dg

/** Commands that ask for passwords, and how many. */
const ASKING: Readonly<Record<string, number>> = { login: 1, name: 1, unregister: 1, register: 2, password: 3 }

/** Checks whether a line may be a password that was sent ahead of its question, with the command that asks for it. */
function isAhead(since: readonly string[]): boolean {
  return since.slice(-3).some((line, at, last) => (ASKING[/^\W*(\w+)/.exec(line)?.[1]?.toLowerCase() ?? ''] ?? 0) >= last.length - at)
}

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
  secrets: (from, asked, since = []) => (from === 'client' && (ASKS_SECRET.test(asked) || isAhead(since)) ? /^(.+)$/dgs : NATIVE_SECRETS),
} as const satisfies Automaton

/** The messages of the front door. */
export type Name = keyof typeof automaton.messages
