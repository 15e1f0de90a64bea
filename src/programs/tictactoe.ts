import { parseWhole } from '../base/counts.ts'
import type { Seat, SeatNumber } from '../games/game.ts'
import { type Board, tictactoe } from '../games/tictactoe.ts'
import { defineAutomaton } from '../protocol/automaton.ts'
import { type Console, type Options, type Program, type Protocol, type RoleContext, readOption } from '../protocol/definition.ts'
import { either } from '../protocol/message-spec.ts'
import type { TextOption } from '../protocol/option.ts'
import type { Peer } from '../protocol/peer.ts'
import { lines } from '../wire/framing/lines.ts'
import { quoteText } from '../wire/text.ts'
import { pythonInt } from './python/values.ts'

/** The seat that moves first: 0 is the server (O), and 1 is the client (X). */
interface Words {
  readonly first: SeatNumber
}

const SIDES = ['Server', 'Client'] as const

const automaton = defineAutomaton({
  messages: {
    MOVE: either('MOVE{cell}', { example: 'MOVE5', accepts: /^MOVE *\+?0*([1-9][0-9]*|0|-[0-9]+) *$/ }),
    END: either('END', { bye: true, accepts: /^END/ }),
  },
  start: 'server moves',
  states: {
    'server moves': { MOVE: 'client moves', END: 'end' },
    'client moves': { MOVE: 'server moves', END: 'end' },
    end: {},
  },
  turns: { 'server moves': 'server', 'client moves': 'client' },
  quiet: ['server moves', 'client moves'],
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

/** Cells in a row. */
const size: TextOption<number> = {
  kind: 'text',
  name: 'size',
  metavar: 'n',
  about: 'tic-tac-toe: cells in a row',
  side: 'both',
  expected: 'a whole number from 2 to 20',
  parse: (text) => parseWhole(text.trim(), { min: 2, max: 20 }),
}

function setup({ first }: Words, options: Options): { first: SeatNumber; size?: number } {
  const cells = readOption(options, size)
  return cells === undefined ? { first } : { first, size: cells }
}

/** Runs both sides of a game. Each side has its own board, on which it plays the peer's moves in the peer's seat. */
async function exchange(peer: Peer<Name, State>, number: SeatNumber, { seating, options, words }: RoleContext<Words>): Promise<void> {
  const seat = await seating.sit(tictactoe, number, setup(words, options))
  for (;;) {
    const { view, outcome } = await seat.turn()
    if (outcome?.left !== undefined) return peer.send('END')
    if (view.last !== undefined && view.turn === seat.number) peer.send('MOVE', view.last)
    if (outcome) return
    const { name, fields } = await peer.receive()
    if (name === 'END') return seat.leave()
    const refusal = seat.play(Number(fields[0]))
    if (refusal) peer.refuse(`the ${peer.other} sent MOVE${fields[0]}: ${refusal.refused}`)
  }
}

/** Plays a seat at the console, with the texts of TJC notes, programs 9 and 10. */
async function playAtConsole(seat: Seat<number, Board>, console: Console): Promise<void> {
  const [us, them] = seat.number === 0 ? SIDES : [SIDES[1], SIDES[0]]
  for (;;) {
    const { view, turn, outcome } = await seat.next()
    if (outcome?.left !== undefined) return say(outcome.left === seat.number ? 'You quit, opponent wins!' : 'Opponent quits, you win!')
    if (view.last !== undefined && view.turn === seat.number) say(`${them} moves: ${view.last}`)
    if (view.last !== undefined || turn) console.say(tictactoe.notation.render(view))
    if (outcome)
      return say(outcome.winners.length === 0 ? 'Stalemate' : outcome.winners.includes(seat.number) ? 'You win!' : 'Opponent wins!')
    if (!turn) continue
    for (let moved = false; !moved; ) {
      const typed = await console.ask(`${us} moves (0 to quit): `, '0')
      const cell = pythonInt(typed)
      if (cell === '0') seat.leave()
      if (cell === undefined) console.warn?.(`${quoteText(typed)} is not a number; cells go from 1 to ${view.cells.length}`)
      moved = cell === '0' || (cell !== undefined && !seat.play(Number(cell)))
    }
    console.say()
  }

  function say(line: string): void {
    console.say(line)
    console.say()
  }
}

const ticTacToe: Protocol<Name, State, Words> = {
  name: 'tictactoe',
  title: 'tic-tac-toe, the server begins',
  automaton,
  framing: () => ({ toServer: lines(), toClient: lines() }),
  server: (peer, setting) => exchange(peer, 1, setting),
  client: (peer, setting) => exchange(peer, 0, setting),
  opposite: (seat: Seat<number, Board>, { console }) => playAtConsole(seat, console),
}

/** TJC notes: the game programs, in which the server moves first, and exercise 9, in which the client moves first. */
export const programs: readonly Program<Name, State, Words>[] = [
  {
    name: 'tjc/tictactoe',
    source: '000 programs 8, 9 and 10',
    protocol: ticTacToe,
    words: { first: 0 },
    port: 3456,
    servePort: 3456,
    takes: [size],
    host: { types: true },
    join: {},
  },
  {
    name: 'tjc/tictactoe-alternative',
    source: '000 exercise 9',
    protocol: {
      ...ticTacToe,
      name: 'tictactoe-alternative',
      title: 'tic-tac-toe, the client begins',
      automaton: { ...automaton, start: 'client moves' },
    },
    words: { first: 1 },
    port: 3456,
    servePort: 12364,
    takes: [size],
    host: { types: true },
    join: {},
  },
]
