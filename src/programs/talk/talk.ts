import type { Seat, SeatNumber } from '../../games/game.ts'
import { type TurnTalk, talk } from '../../games/talk.ts'
import { type Board, tictactoe } from '../../games/tictactoe.ts'
import { type Options, type Program, type Protocol, type RoleContext, readOption } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Peer } from '../../protocol/peer.ts'
import { forBothSides, secretWord, words } from '../../protocol/shared-options.ts'
import { lengthPrefixed } from '../../wire/framing/length-prefixed.ts'
import { lines } from '../../wire/framing/lines.ts'
import { segments } from '../../wire/framing/unframed.ts'
import { pythonAddress, pythonInt } from '../python/values.ts'
import {
  automaton,
  framing,
  GAMES,
  type GameName,
  LEAVE,
  PeerLeft,
  PROMPT,
  TalkChannel,
  type TalkMessage,
  type TalkState,
} from './channel.ts'
import { games } from './games.ts'

const FRAMINGS = { lines: lines(), none: segments(), length: lengthPrefixed } as const

const INTRODUCTION = [
  'Type /q to quit',
  'Enter message to send. Please wait for input prompt before entering message...',
  'Note: Type "play tictactoe" to start a game of tictactoe',
]

const PLAYS = GAMES.map((game) => `play ${game}`)

/** Begun ends a stretch of talk, because one side has started a game. */
interface Begun {
  readonly game: GameName
  readonly by: SeatNumber
  /** Number of lines so far. */
  readonly said: number
}

/**
 * Runs both sides of a talk. Each stretch of talk and each game has its own table. After `play`, the same side has the turn;
 * after a game, the side that did not send the game's last line has the turn.
 */
async function converse(peer: Peer<TalkMessage, TalkState>, at: RoleContext<unknown>, side: Side): Promise<void> {
  const line = new TalkChannel(peer, at, side)
  try {
    for (let said = 0; ; ) {
      const begun = await untilGame(line, await at.seating.sit(talk, line.them, { first: line.turn, said, ending: { exactly: PLAYS } }))
      said = begun.said
      await games[begun.game](line, at, begun.by)
      line.endGame()
    }
  } catch (end) {
    if (!(end instanceof PeerLeft)) throw end
    // in the framing `none`, the peer's /q can arrive inside another message
    if (peer.state !== 'end') peer.acceptEnclosed(`${peer.other} quits`)
    if (end.by === 'them') at.console.say(LEAVE)
    at.console.say(end.by === 'us' ? 'Shutting Down!' : `${side === 'server' ? 'Client' : 'Server'} has requested shutdown. Shutting down!`)
  }
}

async function untilGame(line: TalkChannel, seat: Seat<string, TurnTalk>): Promise<Begun> {
  try {
    for (;;) {
      const { view, turn, outcome } = await seat.next()
      if (outcome?.left !== undefined) line.quit()
      // at a table of the hall, the seat numbers of the two sides may be exchanged
      const by = view.turn === seat.number ? line.us : line.them
      const game = outcome && GAMES.find((name) => view.line === `play ${name}`)
      if (view.line !== undefined && by === line.us) {
        if (game) line.play(game)
        else line.say(view.line)
      }
      if (game) {
        line.setTurnAfterPlay(by, game)
        return { game, by, said: view.said }
      }
      // this move is legal, unless the table has just ended; the next situation then reports the end
      if (turn) seat.play(await line.receiveLine())
    }
  } finally {
    seat.leave()
  }
}

/** Plays the talk at the console. */
async function talkAtConsole(seat: Seat<string, TurnTalk>, { console, options }: RoleContext<unknown>): Promise<void> {
  const isClient = seat.number === 1
  for (;;) {
    const { view, turn, outcome } = await seat.next()
    if (outcome?.left !== undefined) return
    const isReceived = view.line !== undefined && view.turn === seat.number
    if (isReceived) console.say(view.line)
    if (isClient ? view.said === 0 : isReceived && view.said === 1) for (const text of INTRODUCTION) console.say(text)
    if (outcome) return
    for (let asked = turn; asked; ) {
      const typed = await console.ask(PROMPT, LEAVE)
      if (typed === LEAVE) seat.leave()
      // in the framing `none`, a side cannot send an empty message
      asked = typed !== LEAVE && ((typed === '' && readOption(options, framing) === 'none') || seat.play(typed) !== undefined)
    }
  }
}

/** Plays tic-tac-toe inside the talk at the console. */
async function playAtConsole(seat: Seat<number, Board>, { console }: RoleContext<unknown>): Promise<void> {
  console.say(`You are ${seat.number === 0 ? 'O' : 'X'}. A move is the number of a free cell.`)
  for (;;) {
    const { view, turn, outcome } = await seat.next()
    if (outcome?.left !== undefined) return
    console.say(tictactoe.notation.render(view))
    if (outcome)
      return console.say(outcome.winners.length === 0 ? 'It is a draw.' : outcome.winners.includes(seat.number) ? 'You win!' : 'You lose.')
    for (let asked = turn; asked; ) {
      const typed = await console.ask(PROMPT, LEAVE)
      if (typed === LEAVE) seat.leave()
      const refused = typed === LEAVE ? undefined : playCell(pythonInt(typed), seat)
      if (refused !== undefined) console.say(refused)
      asked = refused !== undefined
    }
  }
}

/** Makes a move. Returns a sentence that says why the move is illegal; `undefined` for a legal move. */
function playCell(cell: string | undefined, seat: Seat<number, Board>): string | undefined {
  if (cell === undefined) return 'A move is the number of a free cell.'
  const { refused } = seat.play(Number(cell)) ?? {}
  return refused === undefined ? undefined : `${refused.charAt(0).toUpperCase()}${refused.slice(1)}.`
}

/** ConsolePlayer plays a seat at the console. */
interface ConsolePlayer {
  play(seat: Seat<unknown, unknown>, at: RoleContext<unknown>): Promise<void>
}

const CONSOLE_PLAYERS: Readonly<Record<string, ConsolePlayer>> = { talk: { play: talkAtConsole }, tictactoe: { play: playAtConsole } }

function chosenFraming(options: Options) {
  const chosen = FRAMINGS[readOption(options, framing) ?? 'lines']
  return { toServer: chosen, toClient: chosen }
}

const protocol: Protocol<TalkMessage, TalkState> = {
  name: 'talk',
  title: 'talk in turn, with games in between',
  automaton,
  framing: chosenFraming,
  server: (peer, at) => converse(peer, at, 'server'),
  client: (peer, at) => converse(peer, at, 'client'),
  opposite: async (seat, at, game) => CONSOLE_PLAYERS[game]?.play(seat, at),
}

/** CS project 4: a chat that can contain games. */
export const programs: readonly Program<TalkMessage, TalkState>[] = [
  {
    name: 'cs/chat',
    source: '002',
    protocol,
    words: undefined,
    port: 1059,
    servePort: 1059,
    takes: [framing, forBothSides(words), forBothSides(secretWord)],
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
