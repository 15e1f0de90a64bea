import type { Seat } from '../games/game.ts'
import { type TalkEnding, type TurnTalk, talk, truncateLine } from '../games/talk.ts'
import { type Automaton, defineAutomaton } from '../protocol/automaton.ts'
import type { Console, Program, Protocol } from '../protocol/definition.ts'
import { either } from '../protocol/message-spec.ts'
import type { Peer } from '../protocol/peer.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { lines } from '../wire/framing/lines.ts'
import { pythonAddress } from './python/values.ts'

/** Texts of one side: the prompt, the waiting text, and the prefix of the other side's line. */
interface Voice {
  readonly prompt: string
  readonly waiting: string
  readonly wrote: string
}

/** Texts of a chat, the line that ends it, and the line that Ctrl-D sends. */
interface Words {
  readonly voices: readonly [server: Voice, client: Voice]
  readonly ending: TalkEnding
  readonly leaving?: string
}

const line = either('{text}', { example: 'Hello', free: true })

const plain = defineAutomaton({
  messages: { line },
  start: 'server speaks',
  states: { 'server speaks': { line: 'client speaks' }, 'client speaks': { line: 'server speaks' } },
  turns: { 'server speaks': 'server', 'client speaks': 'client' },
})

const withQuit = defineAutomaton({
  messages: { last: either('quit', { bye: true }), line },
  start: 'server speaks',
  states: {
    'server speaks': { last: 'end', line: 'client speaks' },
    'client speaks': { last: 'end', line: 'server speaks' },
    end: {},
  },
  turns: { 'server speaks': 'server', 'client speaks': 'client' },
})

const withBye = defineAutomaton({
  messages: {
    BYE: either('BYE', { bye: true, about: 'sent by a side that has to disconnect' }),
    last: either('{text}', {
      accepts: /^(.*bye.*)$/is,
      example: 'Good bye then',
      free: true,
      about: 'any line that contains "bye", in upper or lower case',
    }),
    line,
  },
  start: 'server speaks',
  states: {
    'server speaks': { BYE: 'end', last: 'end', line: 'client speaks' },
    'client speaks': { BYE: 'end', last: 'end', line: 'server speaks' },
    end: {},
  },
  turns: { 'server speaks': 'server', 'client speaks': 'client' },
})

type Name = keyof typeof withBye.messages

/** The part of a peer that a role of a chat uses. A chat that never ends has no last line, so not every chat has all messages. */
type Chatter = Pick<Peer<Name>, 'other' | 'send' | 'receive' | 'refuse'>

/** Runs both sides of a chat: plays the peer's lines in the peer's seat, and sends the lines of the opposite seat to the peer. */
async function exchange(peer: Chatter, seat: Seat<string, TurnTalk>): Promise<void> {
  for (;;) {
    const { view, outcome } = await seat.turn()
    if (outcome?.left !== undefined) throw new Disconnected('ours', 'the other person has left the chat')
    if (view.line !== undefined && view.turn === seat.number) peer.send(outcome ? 'last' : 'line', view.line.replace(/\r/g, ' '))
    if (outcome) return
    const refusal = seat.play(truncateLine((await peer.receive()).text))
    if (refusal) peer.refuse(`the ${peer.other}’s line was refused: ${refusal.refused}`)
  }
}

/** Plays the seat of the person at the console. Asks again after a line that is too long. */
async function playAtConsole(seat: Seat<string, TurnTalk>, console: Console, { voices, leaving }: Words): Promise<void> {
  const { prompt, waiting, wrote } = voices[seat.number === 0 ? 0 : 1]
  for (;;) {
    const { view, turn, outcome } = await seat.next()
    if (view.line !== undefined && view.turn === seat.number) {
      console.say(`${wrote}${view.line}`)
      console.say()
    }
    if (outcome) return
    if (!turn) console.say(waiting)
    else while (seat.play(await console.ask(prompt, leaving)));
  }
}

/** Returns the protocol of a chat with its messages and texts. The server plays seat 0 and sends first. */
function toProtocol<N extends Name, State extends string>(
  name: string,
  title: string,
  automaton: Automaton<N, State>,
): Protocol<N, State, Words> {
  return {
    name,
    title,
    automaton,
    framing: () => ({ toServer: lines({ keepCr: true }), toClient: lines({ keepCr: true }) }),
    server: async (peer, { seating, words }) => exchange(peer, await seating.sit(talk, 1, { ending: words.ending })),
    client: async (peer, { seating, words }) => exchange(peer, await seating.sit(talk, 0, { ending: words.ending })),
    opposite: (seat: Seat<string, TurnTalk>, { console, words }) => playAtConsole(seat, console, words),
  }
}

const chat = toProtocol('chat', 'talk in turn, the server first, forever', plain)

const tjc: Words['voices'] = [
  { prompt: 'INPUT SERVER: ', waiting: 'WAITING FOR CLIENT...', wrote: 'CLIENT WROTE: ' },
  { prompt: 'INPUT CLIENT: ', waiting: 'WAITING FOR SERVER...', wrote: 'SERVER WROTE: ' },
]

const c8: Words['voices'] = [
  { prompt: 'Input message: ', waiting: 'WAITING FOR CLIENT ...', wrote: 'Client wrote: ' },
  { prompt: 'Input message: ', waiting: 'WAITING FOR SERVER ...', wrote: 'Server wrote: ' },
]

const c8Host: Program['host'] = {
  types: true,
  listening: () => 'Type Ctrl-F6 or close the shell to terminate the server.',
  connected: (client) => `Connected to: ${pythonAddress(client)}`,
}

/** TJC notes: the chat without an end, and exercise 8; C8 slides: project 4 and assignment 3. */
export const programs: readonly Program<string, string, Words>[] = [
  {
    name: 'tjc/chat',
    source: '000 programs 8 and 9 (chat)',
    protocol: chat,
    words: { voices: tjc, ending: {} },
    port: 6789,
    servePort: 6789,
    host: { types: true },
    join: { asks: true },
  },
  {
    name: 'tjc/chat-quit',
    source: '000 exercise 8',
    protocol: toProtocol('chat-quit', 'talk in turn until one side says quit', withQuit),
    words: { voices: tjc, ending: { exactly: ['quit'] }, leaving: 'quit' },
    port: 6789,
    servePort: 12363,
    host: { types: true },
    join: { asks: true },
  },
  {
    name: 'c8/chat',
    source: '001 project 4',
    protocol: chat,
    words: { voices: c8, ending: {} },
    port: 12345,
    servePort: 12372,
    host: c8Host,
    join: {},
  },
  {
    name: 'c8/chat-bye',
    source: '001 assignment 3',
    protocol: toProtocol('chat-bye', 'talk in turn until one side mentions BYE', withBye),
    words: { voices: c8, ending: { mentions: 'BYE' }, leaving: 'BYE' },
    port: 12345,
    servePort: 12373,
    host: c8Host,
    join: {},
  },
]
