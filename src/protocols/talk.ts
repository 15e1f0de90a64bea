import type { Seat, SeatNumber } from '../games/game.ts'
import { type Talk, talk } from '../games/talk.ts'
import { type Board, tictactoe } from '../games/tictactoe.ts'
import { lengthPrefixed } from '../wire/lengths.ts'
import { lines } from '../wire/lines.ts'
import { segments } from '../wire/unframed.ts'
import type { Side } from './automaton.ts'
import { automaton, GAMES, type GameName, HungUp, LEAVE, Line, type Name, PROMPT } from './line.ts'
import type { Peer } from './peer.ts'
import type { Options, Program, Protocol, Setting } from './protocol.ts'
import { pythonAddress, pythonInt } from './python.ts'
import { games } from './talk-games.ts'

const FRAMINGS = { lines: lines(), none: segments(), length: lengthPrefixed } as const

const INTRODUCTION = [
  'Type /q to quit',
  'Enter message to send. Please wait for input prompt before entering message...',
  'Note: Type "play tictactoe" to start a game of tictactoe',
]

const PLAYS = GAMES.map((game) => `play ${game}`)

/** How a stretch of talk ended: somebody has begun a game. */
interface Begun {
  readonly game: GameName
  readonly by: SeatNumber
  /** How many lines were said up to here. */
  readonly said: number
}

/**
 * Both sides talk in the same way; a game, and the talk after it, each have a table of their own. `play` keeps the turn of
 * the one who says it, and after a game speaks the one who did not say its last word.
 */
async function converse(peer: Peer<Name>, at: Setting<unknown>, side: Side): Promise<void> {
  const line = new Line(peer, at, side)
  try {
    for (let said = 0; ; ) {
      const begun = await untilGame(line, await at.house.sit(talk, line.them, { first: line.turn, said, ending: { exactly: PLAYS } }))
      said = begun.said
      await games[begun.game](line, at, begun.by)
      line.over()
    }
  } catch (end) {
    if (!(end instanceof HungUp)) throw end
    if (end.by === 'them') at.person.say(LEAVE)
    at.person.say(end.by === 'us' ? 'Shutting Down!' : `${side === 'server' ? 'Client' : 'Server'} has requested shutdown. Shutting down!`)
  }
}

async function untilGame(line: Line, seat: Seat<string, Talk>): Promise<Begun> {
  try {
    for (;;) {
      const { view, turn, outcome } = await seat.next()
      if (outcome?.left !== undefined) line.quit()
      // at the hall's tables, the two sides can have each other's numbers
      const by = view.turn === seat.number ? line.us : line.them
      const game = outcome && GAMES.find((name) => view.line === `play ${name}`)
      if (view.line !== undefined && by === line.us) {
        if (game) line.play(game)
        else line.say(view.line)
      }
      if (game) {
        line.begun(by, game)
        return { game, by, said: view.said }
      }
      // a line that is heard can be said, but at a table that is over, which comes next
      if (turn) seat.play(await line.hear())
    }
  } finally {
    seat.leave()
  }
}

/** The person at the terminal, talking. */
async function sitTalking(seat: Seat<string, Talk>, { person, options }: Setting<unknown>): Promise<void> {
  const isClient = seat.number === 1
  for (;;) {
    const { view, turn, outcome } = await seat.next()
    if (outcome?.left !== undefined) return
    const heard = view.line !== undefined && view.turn === seat.number
    if (heard) person.say(view.line)
    if (isClient ? view.said === 0 : heard && view.said === 1) for (const text of INTRODUCTION) person.say(text)
    if (outcome) return
    for (let asked = turn; asked; ) {
      const typed = await person.ask(PROMPT, LEAVE)
      if (typed === LEAVE) seat.leave()
      // where nothing marks the end of a message, an empty one is none
      asked = typed !== LEAVE && ((typed === '' && options.framing === 'none') || seat.play(typed) !== undefined)
    }
  }
}

/** The person at the terminal, at the board of a game inside the talk. */
async function sitAtBoard(seat: Seat<number, Board>, { person }: Setting<unknown>): Promise<void> {
  person.say(`You are ${seat.number === 0 ? 'O' : 'X'}. A move is the number of a free cell.`)
  for (;;) {
    const { view, turn, outcome } = await seat.next()
    if (outcome?.left !== undefined) return
    person.say(tictactoe.notation.render(view))
    if (outcome)
      return person.say(outcome.winners.length === 0 ? 'Nobody wins.' : outcome.winners.includes(seat.number) ? 'You win!' : 'You lose.')
    for (let asked = turn; asked; ) {
      const typed = await person.ask(PROMPT, LEAVE)
      if (typed === LEAVE) seat.leave()
      const refused = typed === LEAVE ? undefined : refusalOf(pythonInt(typed), seat)
      if (refused !== undefined) person.say(refused)
      asked = refused !== undefined
    }
  }
}

/** Makes a move; answers with why it cannot be made, as a sentence of its own, if it cannot. */
function refusalOf(cell: string | undefined, seat: Seat<number, Board>): string | undefined {
  if (cell === undefined) return 'A move is the number of a free cell.'
  const { refused } = seat.play(Number(cell)) ?? {}
  return refused === undefined ? undefined : `${refused.charAt(0).toUpperCase()}${refused.slice(1)}.`
}

/** Who sits where, by the name of the game. */
interface Place {
  take(seat: Seat<unknown, unknown>, at: Setting<unknown>): Promise<void>
}

const PLACES: Readonly<Record<string, Place>> = { talk: { take: sitTalking }, tictactoe: { take: sitAtBoard } }

function framing({ framing = 'lines' }: Options) {
  return { toServer: FRAMINGS[framing], toClient: FRAMINGS[framing] }
}

const protocol: Protocol<Name> = {
  name: 'talk',
  title: 'talk in turn, with games in between',
  automaton,
  framing,
  server: (peer, at) => converse(peer, at, 'server'),
  client: (peer, at) => converse(peer, at, 'client'),
  opposite: async (seat, at, game) => PLACES[game]?.take(seat, at),
}

/** CS project 4: a chat with games inside. */
export const programs: readonly Program<Name>[] = [
  {
    name: 'cs/chat',
    source: '002',
    protocol,
    words: undefined,
    port: 1059,
    servePort: 1059,
    takes: ['framing', 'words', 'secret'],
    clientTakes: ['framing', 'words', 'secret'],
    defaults: { framing: 'lines' },
    host: {
      types: true,
      address: 'localhost',
      listening: ({ host, port }) => `Server listening on: ${host} on port: ${port}`,
      connected: (from) => `Connected by ${pythonAddress(from)}\nWaiting for message...`,
    },
    join: { address: 'localhost', connected: ({ host, port }) => `Connected to: ${host} on port: ${port}` },
  },
]
