import { follow } from '../games/game.ts'
import { type Board, tictactoe } from '../games/tictactoe.ts'
import { askUntil } from './asking.ts'
import { type Automaton, client, clientCloses, type Said, server } from './automaton.ts'
import { type Chair, type Hallway, hallOf } from './house.ts'
import { MatchJudge } from './match-judge.ts'
import { isSameName } from './names.ts'
import type { Peer } from './peer.ts'
import { type Person, type Program, type Protocol, plainLines } from './protocol.ts'
import { pythonInt } from './python.ts'
import { breach } from './sentences.ts'

const BOARD = '([-OX]{9})'
const NAME = '([^@]{1,20})'

const automaton = {
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
      about: 'why something is refused, or why the server breaks off',
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
    // the other player may leave while this one thinks; then a cell can cross the news
    asked: { cell: 'judging', move: 'asked', GameEnd: 'crossing', closed: 'end' },
    judging: { moved: 'playing', ERROR: 'asked', GameEnd: 'nameless' },
    crossing: { cell: 'nameless', name: 'naming', closed: 'end' },
    end: {},
  },
  always: { QUIT: 'end' },
  automatic: { server: ['naming', 'judging'] },
  refusal: 'ERROR',
} as const satisfies Automaton

type Name = keyof typeof automaton.messages

/** A name is 1 to 20 characters without `@` or blanks at its ends, and no number. */
function badName(name: string): string | undefined {
  if (automaton.messages.cell.accepts?.test(name)) return 'a name is no number, which would be taken for a cell'
  if (name.trim() !== name) return 'a name has no blanks at its ends'
  if (name.includes('@')) return 'a name has no @ in it'
  return name.length >= 1 && [...name].length <= 20 ? undefined : 'a name has 1 to 20 characters'
}

const match: Protocol<Name> = {
  name: 'match',
  title: 'tic-tac-toe of two clients, matched by the server',
  automaton,
  framing: plainLines,

  async server(peer, { house }) {
    const hall = hallOf(house)
    const broken = Promise.withResolvers<never>()
    let chair: Chair<number, Board> | undefined
    const play = async () => {
      // who has said a name and gone is nobody to play with
      await undefined
      if (peer.state !== 'waiting') return
      chair = await hall.seek(tictactoe, { options: {}, seats: [0, 1], wait: Number.POSITIVE_INFINITY })
      await tell(peer, chair)
    }
    const listen = async () => {
      for (let said = await peer.receive(); !leaves(said); said = await peer.receive()) {
        if (said.name === 'cell') {
          const refusal = peer.state === 'judging' && chair?.play(Number(said.fields[0]))
          if (refusal) peer.refuse(refusal.refused)
        } else if (await admitted(peer, hall, said.text)) play().catch(broken.reject)
      }
      chair?.leave()
    }
    await Promise.race([listen(), broken.promise])
  },

  async client(peer, { person }) {
    for (;;) {
      const name = await person.ask('Your name (nothing to leave): ', '')
      if (name.trim() === '') return peer.send('QUIT')
      peer.send('name', name.trim())
      const { name: answer, text, fields } = await peer.receive()
      if (answer === 'Welcome' && !isSameName(fields[0], name.trim())) throw breach(text, `the name was ${JSON.stringify(name.trim())}`)
      person.say(answer === 'ERROR' ? fields[0] : text)
      if (answer !== 'ERROR' && !(await playOn(peer, person, fields[0] ?? ''))) return
    }
  },
}

/** Whether a message says that the client goes. */
function leaves({ name }: Said<Name>): boolean {
  return name === 'QUIT' || name === 'closed'
}

/** Lets the peer in under a name, or says why not. */
async function admitted(peer: Peer<Name>, hall: Hallway, name: string): Promise<boolean> {
  const wrong = badName(name) ?? refusalFor(await hall.enter(name))
  if (wrong === undefined) peer.send('Welcome', hall.name ?? name)
  else peer.refuse(wrong)
  return wrong === undefined
}

/** Explains why a peer is rejected, in words of a protocol without passwords. */
function refusalFor(refusal: Awaited<ReturnType<Hallway['enter']>>): string | undefined {
  if (refusal?.registered === undefined) return refusal?.refused
  return `the name ${refusal.registered} is registered, and this program takes no passwords: take another name`
}

/** Tells a player what happens at the table, until the game is over. */
function tell(peer: Peer<Name>, chair: Chair<number, Board>): Promise<void> {
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

/** One game at the terminal; answers whether the person stays. */
async function playOn(peer: Peer<Name>, person: Person, us: string): Promise<boolean> {
  person.say('Waiting for another player ...')
  const judge = new MatchJudge(us)
  for (let coming = peer.receive(); ; ) {
    const { name, text, fields } = await coming
    const wrong = judge.take(name, fields)
    if (wrong !== undefined) throw breach(text, wrong)
    const [, first = '', second = '', third = ''] = fields
    if (name === 'init') person.say(`${first} is O and begins, ${second} is X`)
    if (name === 'moved') person.say(`${first === us ? 'You move' : `${first} moves`}: ${second}\n${drawn(third)}`)
    if (name === 'ERROR') person.say(fields[0])
    if (name === 'GameEnd') {
      person.say(ending(first, second, us))
      return true
    }
    coming = peer.receive()
    if (name !== 'move') continue
    if (!first.includes('O')) person.say(drawn(first))
    const cell = await askCell(coming, person)
    if (cell === 'QUIT') {
      peer.send('QUIT')
      return false
    }
    if (cell === undefined) continue
    judge.choose(Number(cell))
    peer.send('cell', cell)
  }
}

/** The cell that the person types; `undefined` when the game was over before. */
async function askCell(news: Promise<unknown>, person: Person): Promise<string | undefined> {
  for (;;) {
    const typed = await askUntil(news, person, { prompt: 'Your cell (QUIT to leave): ', atEnd: 'QUIT' })
    if (typed === undefined || typed.trim().toUpperCase() === 'QUIT') return typed && 'QUIT'
    const cell = pythonInt(typed)
    if (cell !== undefined && Number(cell) > 0) return cell
    person.say('A cell is a number from 1 to 9.')
  }
}

function drawn(cells: string): string {
  return tictactoe.notation.render({ cells, size: 3, turn: 0 })
}

function ending(winner: string, how: string, us: string): string {
  if (how === 'draw') return 'Nobody wins.'
  const why = { left: ', for the other side has left', late: ', for the other side was late' }[how] ?? ''
  return winner === us ? `You win${why}!` : `${winner} wins${how === 'late' ? ', for your time was over' : ''}.`
}

/** FH slides, task 5.3: the server brings two clients together. */
export const programs: readonly Program<Name>[] = [
  { name: 'fh/tictactoe', source: '003 task 5.3', protocol: match, words: undefined, port: 5053, needs: 'hall', join: {} },
]
