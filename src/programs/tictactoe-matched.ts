import { follow } from '../games/game.ts'
import { type Board, tictactoe } from '../games/tictactoe.ts'
import { defineAutomaton, type ReceivedMessage } from '../protocol/automaton.ts'
import { type Console, type Program, type Protocol, plainLines } from '../protocol/definition.ts'
import { client, clientCloses, server } from '../protocol/message-spec.ts'
import type { Peer } from '../protocol/peer.ts'
import { askUntil, isSameName } from '../protocol/roles.ts'
import { type HallAccess, type HallSeat, requireHall } from '../protocol/seating.ts'
import { ruleViolation } from '../protocol/violation-text.ts'
import { pythonInt } from './python/values.ts'
import { MatchJudge } from './tictactoe-matched-judge.ts'

const BOARD = '([-OX]{9})'
const NAME = '([^@]{1,20})'

const automaton = defineAutomaton({
  messages: {
    name: client('{name}', { example: 'ada', free: true }),
    Welcome: server('Welcome {name}', { example: 'Welcome ada' }),
    init: server('init@{game}@{O}@{X}', { example: 'init@17@ada@grace', accepts: new RegExp(`^init@(\\d+)@${NAME}@${NAME}$`, 'u') }),
    move: server('move@{game}@{board}', {
      example: 'move@17@O---X----',
      accepts: new RegExp(`^move@(\\d+)@${BOARD} *$`),
      asks: true,
      about: 'nine cells, row by row',
    }),
    cell: client('{cell}', { example: '5', range: 'from 1 to 9', accepts: /^ *\+?0*([1-9][0-9]*) *$/ }),
    moved: server('moved@{game}@{name}@{cell}@{board}', {
      example: 'moved@17@ada@1@O---X----',
      accepts: new RegExp(`^moved@(\\d+)@${NAME}@([1-9])@${BOARD} *$`, 'u'),
    }),
    GameEnd: server('GameEnd@{game}@{winner}@{how}', {
      example: 'GameEnd@17@ada@won',
      accepts: new RegExp(`^GameEnd@(\\d+)@${NAME}@(won|draw|left|late) *$`, 'u'),
      about: 'the name of the winner, or draw; how: won, draw, left or late',
    }),
    ERROR: server('ERROR {sentence}', {
      example: 'ERROR cell 5 is taken by X',
      about: 'why the server refused a message, or why it disconnects',
    }),
    QUIT: client('QUIT', { bye: true }),
    closed: clientCloses,
  },
  start: 'nameless',
  states: {
    nameless: { name: 'naming', closed: 'end' },
    naming: { Welcome: 'waiting', ERROR: 'nameless' },
    waiting: { init: 'playing', closed: 'end' },
    playing: { move: 'asked', moved: 'playing', GameEnd: 'nameless', closed: 'end' },
    // if the opponent leaves during this player's turn, this player's cell can cross GameEnd
    asked: { cell: 'judging', move: 'asked', GameEnd: 'crossing', closed: 'end' },
    judging: { moved: 'playing', ERROR: 'asked', GameEnd: 'nameless' },
    crossing: { cell: 'nameless', name: 'naming', closed: 'end' },
    end: {},
  },
  always: { QUIT: 'end' },
  automatic: { server: ['naming', 'judging'] },
  refusal: 'ERROR',
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

/** Explains why a name is invalid; `undefined` for a valid name: 1 to 20 characters, no `@`, no blanks at its ends, not a number. */
function checkName(name: string): string | undefined {
  if (automaton.messages.cell.accepts?.test(name)) return 'a name cannot be a number, because the server would mistake it for a cell'
  if (name.trim() !== name) return 'a name has no blanks at its ends'
  if (name.includes('@')) return 'a name has no @ in it'
  return name.length >= 1 && [...name].length <= 20 ? undefined : 'a name has 1 to 20 characters'
}

const match: Protocol<Name, State> = {
  name: 'match',
  title: 'tic-tac-toe of two clients, matched by the server',
  automaton,
  framing: plainLines,

  async server(peer, { seating }) {
    const hall = requireHall(seating)
    const broken = Promise.withResolvers<never>()
    let chair: HallSeat<number, Board> | undefined
    const play = async () => {
      // the server must not seat a peer that disconnects immediately after it has sent its name
      await undefined
      if (peer.state !== 'waiting') return
      chair = await hall.seek(tictactoe, { options: {}, seats: [0, 1], wait: Number.POSITIVE_INFINITY })
      await reportGame(peer, chair)
    }
    const listen = async () => {
      for (let message = await peer.receive(); !leaves(message); message = await peer.receive()) {
        if (message.name === 'cell') {
          const refusal = peer.state === 'judging' && chair?.play(Number(message.fields[0]))
          if (refusal) peer.refuse(refusal.refused)
        } else if (await enter(peer, hall, message.text)) play().catch(broken.reject)
      }
      chair?.leave()
    }
    await Promise.race([listen(), broken.promise])
  },

  async client(peer, { console }) {
    for (;;) {
      const name = await console.ask('Your name (nothing to leave): ', '')
      if (name.trim() === '') return peer.send('QUIT')
      peer.send('name', name.trim())
      const { name: answer, text, fields } = await peer.receive()
      if (answer === 'Welcome' && !isSameName(fields[0], name.trim()))
        throw ruleViolation(text, `the name was ${JSON.stringify(name.trim())}`)
      console.say(answer === 'ERROR' ? fields[0] : text)
      if (answer !== 'ERROR' && !(await playOn(peer, console, fields[0] ?? ''))) return
    }
  },
}

/** Checks whether a message means that the client leaves. */
function leaves({ name }: ReceivedMessage<Name>): boolean {
  return name === 'QUIT' || name === 'closed'
}

/** Logs the peer in under a name, or refuses the name. Returns true if the peer now has the name. */
async function enter(peer: Peer<Name, State>, hall: HallAccess, name: string): Promise<boolean> {
  const wrong = checkName(name) ?? explainRefusal(await hall.logIn(name))
  if (wrong === undefined) peer.send('Welcome', hall.name ?? name)
  else peer.refuse(wrong)
  return wrong === undefined
}

/** Explains, in a protocol without passwords, why the hall refuses a name. */
function explainRefusal(refusal: Awaited<ReturnType<HallAccess['logIn']>>): string | undefined {
  if (refusal?.registered === undefined) return refusal?.refused
  return `the name ${refusal.registered} is registered, and this program takes no passwords: take another name`
}

/** Sends a player the events of its table until the game is over. */
function reportGame(peer: Peer<Name, State>, chair: HallSeat<number, Board>): Promise<void> {
  const { table, names } = chair
  let begun = false
  let marked = 0
  return follow(chair, ({ view: { cells, turn: next, last = 0 }, turn, outcome }) => {
    if (!begun) peer.send('init', table.id, ...names)
    begun = true
    const marks = [...cells].filter((cell) => cell !== '-').length
    if (marks > marked) peer.send('moved', table.id, names[1 - next] ?? '', last, cells)
    marked = marks
    if (turn) peer.send('move', table.id, cells)
    if (!outcome) return false
    const [winner] = outcome.winners
    const how = outcome.late ? 'late' : outcome.left !== undefined ? 'left' : winner === undefined ? 'draw' : 'won'
    peer.send('GameEnd', table.id, winner === undefined ? 'draw' : (names[winner] ?? ''), how)
    return true
  })
}

/** Plays one game at the console, from the first turn to its end. Returns false if the person quits. */
async function playOn(peer: Peer<Name, State>, console: Console, us: string): Promise<boolean> {
  console.say('Waiting for another player ...')
  const judge = new MatchJudge(us)
  for (let coming = peer.receive(); ; ) {
    const { name, text, fields } = await coming
    const wrong = judge.check(name, fields)
    if (wrong !== undefined) throw ruleViolation(text, wrong)
    const [, first = '', second = '', third = ''] = fields
    if (name === 'init') console.say(`${first} is O and begins, ${second} is X`)
    if (name === 'moved') console.say(`${first === us ? 'You move' : `${first} moves`}: ${second}\n${renderBoard(third)}`)
    if (name === 'ERROR') console.say(fields[0])
    if (name === 'GameEnd') {
      console.say(ending(first, second, us))
      return true
    }
    coming = peer.receive()
    if (name !== 'move') continue
    if (!first.includes('O')) console.say(renderBoard(first))
    const cell = await askCell(coming, console)
    if (cell === 'QUIT') {
      peer.send('QUIT')
      return false
    }
    if (cell === undefined) continue
    judge.choose(Number(cell))
    peer.send('cell', cell)
  }
}

/** Asks the person for a cell; resolves to `undefined` if `interruption` settles first. */
async function askCell(interruption: Promise<unknown>, console: Console): Promise<string | undefined> {
  for (;;) {
    const typed = await askUntil(interruption, console, { prompt: 'Your cell (QUIT to leave): ', atEnd: 'QUIT' })
    if (typed === undefined || typed.trim().toUpperCase() === 'QUIT') return typed && 'QUIT'
    const cell = pythonInt(typed)
    if (cell !== undefined && Number(cell) > 0) return cell
    console.say('A cell is a number from 1 to 9.')
  }
}

function renderBoard(cells: string): string {
  return tictactoe.notation.render({ cells, size: 3, turn: 0 })
}

function ending(winner: string, how: string, us: string): string {
  if (how === 'draw') return 'It is a draw.'
  const why = { left: ', because the other side has left', late: ', because the other side was late' }[how] ?? ''
  return winner === us ? `You win${why}!` : `${winner} wins${how === 'late' ? ', because your time was up' : ''}.`
}

/** FH slides, task 5.3: the server matches two clients. */
export const programs: readonly Program<Name, State>[] = [
  { name: 'fh/tictactoe', source: '003 task 5.3', protocol: match, words: undefined, port: 5053, needs: 'hall', join: {} },
]
