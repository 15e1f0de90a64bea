import { follow, type Seat, type SeatNumber, type Situation } from '../games/game.ts'
import {
  countWins,
  formatRound,
  HANDS,
  type Hand,
  type HandsView,
  hands,
  NO_HAND,
  parseHand,
  ROUNDS,
  type Round,
} from '../games/scissors.ts'
import { defineAutomaton } from '../protocol/automaton.ts'
import { type Console, type Options, type Program, type Protocol, readOption, type SoloProgram } from '../protocol/definition.ts'
import { client, server } from '../protocol/message-spec.ts'
import type { Peer } from '../protocol/peer.ts'
import { askUntil } from '../protocol/roles.ts'
import { choices } from '../protocol/shared-options.ts'
import { ruleViolation } from '../protocol/violation-text.ts'
import { lines } from '../wire/framing/lines.ts'
import { stripPython } from './python/values.ts'

const HANDS_TYPED = ['1', '2', '3']
const PLAYERS = ['Player1', 'Player2'] as const

const automaton = defineAutomaton({
  messages: {
    CHOOSE: server('CHOOSE', { asks: true }),
    hand: client('{hand}', { example: '1', about: '1 Scissor, 2 Paper, 3 Stone' }),
    ROUND: server('ROUND {Player1} {Player2}', {
      example: 'ROUND Scissor Stone',
      accepts: /^ROUND (Scissor|Paper|Stone) (Scissor|Paper|Stone) *$/,
    }),
    END: server('END {Player1} {Player2}', { example: 'END 2 0', accepts: /^END (\d+) (\d+) *$/, about: 'rounds that each player won' }),
    ERROR: server('ERROR {sentence}', { example: 'ERROR choose 1 for Scissor, 2 for Paper or 3 for Stone' }),
    QUIT: client('QUIT', { bye: true }),
    dismissal: server('QUIT', { bye: true, about: 'the host has left; a hand may cross this message' }),
  },
  start: 'start',
  states: {
    start: { CHOOSE: 'choosing' },
    choosing: { hand: 'chosen', CHOOSE: 'choosing' },
    chosen: { ROUND: 'scored', ERROR: 'choosing' },
    scored: { CHOOSE: 'choosing', END: 'end' },
    left: { hand: 'left' },
    end: {},
  },
  always: { QUIT: 'left', dismissal: 'left' },
  quiet: ['left'],
  automatic: { server: ['start', 'scored'] },
  refusal: 'ERROR',
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

/** Plays the client's hands in seat 1, Player2. */
async function listen(peer: Peer<Name, State>, seat: Seat<Hand, HandsView>): Promise<void> {
  for (;;) {
    const { name, text } = await peer.receive()
    if (name === 'QUIT') return seat.leave()
    const hand = numbered(stripPython(text))
    const refusal = hand ? seat.play(hand) : NO_HAND
    if (refusal) peer.refuse(refusal.refused)
  }
}

/** Sends the client the events of the table, and asks for the client's hand once a round. */
function reportGame(peer: Peer<Name, State>, seat: Seat<Hand, HandsView>): Promise<void> {
  let reported = 0
  let asked = 0
  return follow(seat, ({ view, outcome }) => {
    if (outcome?.left !== undefined) {
      // a client that has sent QUIT needs no answer; a client whose time limit has passed has sent nothing
      if (peer.state !== 'left') peer.send('dismissal')
      return true
    }
    const round = view.rounds[reported]
    if (round) {
      peer.send('ROUND', ...round)
      reported++
    }
    if (outcome) peer.send('END', ...countWins(view.rounds))
    else if (asked === reported) {
      peer.send('CHOOSE')
      asked++
    }
    return outcome !== undefined
  })
}

/** Plays the seat of the person at the server's console, Player1, who chooses at the same time as the client. */
async function playAtConsole(seat: Seat<Hand, HandsView>, console: Console): Promise<void> {
  greet(console, seat.number)
  for (let shown = 0, coming = seat.next(); ; ) {
    const { view, turn, outcome } = await coming
    const round = view.rounds[shown]
    if (round) {
      show(console, round)
      shown++
    }
    if (outcome) return
    coming = nextDecided(seat, shown)
    if (!turn) continue
    const hand = await choose(console, seat.number, coming)
    if (hand === 'QUIT') seat.leave()
    else if (hand) seat.play(hand)
  }
}

/** Resolves to the next situation in which this seat does not have to choose a hand, or in which more than `rounds` rounds are over. */
async function nextDecided(seat: Seat<Hand, HandsView>, rounds: number): Promise<Situation<HandsView>> {
  for (;;) {
    const situation = await seat.next()
    if (!situation.turn || situation.view.rounds.length > rounds) return situation
  }
}

/** Asks the person for a hand; resolves to `undefined` if `interruption` settles first. */
async function choose(console: Console, seat: SeatNumber, interruption: Promise<unknown>): Promise<Hand | 'QUIT' | undefined> {
  for (;;) {
    const typed = await askUntil(interruption, console, { prompt: formatPrompt(seat), atEnd: 'QUIT' })
    if (typed === undefined || typed === 'QUIT') return typed
    const hand = checkHand(typed, console)
    if (hand) return hand
  }
}

function formatPrompt(seat: SeatNumber): string {
  return `${PLAYERS[seat]}: Enter (1) Scissor,                         (2) Paper or (3) Stone : `
}

function checkHand(typed: string, console: Console): Hand | undefined {
  const hand = numbered(typed)
  if (!hand) console.say('Please enter only 1, 2 or 3.')
  return hand
}

function numbered(text: string): Hand | undefined {
  return HANDS.find((_, at) => text === String(at + 1))
}

function greet(console: Console, seat: SeatNumber): void {
  console.say(`You are ${PLAYERS[seat]} playing against ${PLAYERS[1 - seat]}`)
}

function show(console: Console, round: Round): void {
  round.forEach((hand, seat) => {
    console.say(`${PLAYERS[seat]}:  ${hand}`)
  })
  console.say(formatRound(round))
}

/**
 * Both players choose at the same time, so each side receives while its person chooses. Either side may send QUIT. The server needs
 * QUIT, because a client that has received CHOOSE would otherwise wait forever for the round.
 */
const scissors: Protocol<Name, State> = {
  name: 'scissors',
  title: 'scissor, paper, stone: three rounds',
  automaton,
  framing: () => ({ toServer: lines(), toClient: lines() }),

  async server(peer, { seating }) {
    const seat = await seating.sit(hands, 1, undefined)
    await Promise.race([reportGame(peer, seat), listen(peer, seat)])
  },

  async client(peer, { console }) {
    greet(console, 1)
    const rounds: Round[] = []
    let own: Hand | undefined
    let isAsked = false
    for (let coming = peer.receive(); ; ) {
      const { name, text, fields } = await coming
      const [one, two] = fields.map(parseHand)
      const wrong = wrongMessage(name, fields, { rounds, own })
      if (wrong !== undefined) throw ruleViolation(text, wrong)
      if (name === 'ROUND' && one && two) {
        rounds.push([one, two])
        show(console, [one, two])
      }
      if (name === 'ERROR') console.say(fields[0])
      if (peer.state === 'end' || peer.state === 'left') return
      coming = peer.receive()
      if (name === 'CHOOSE' && isAsked) peer.report('it has asked before, and this side has not sent a hand yet')
      isAsked = name === 'CHOOSE'
      if (name !== 'CHOOSE') continue
      const hand = await choose(console, 1, coming)
      if (hand === 'QUIT') return peer.send('QUIT')
      if (hand) {
        peer.send('hand', HANDS.indexOf(hand) + 1)
        isAsked = false
      }
      own = hand
    }
  },

  opposite: (seat: Seat<Hand, HandsView>, { console }) => playAtConsole(seat, console),
}

/**
 * Explains why a message of the server is wrong after the rounds so far and this side's hand; `undefined` for a message that can be
 * right.
 */
function wrongMessage(
  name: Name,
  fields: readonly string[],
  { rounds, own }: { rounds: readonly Round[]; own: Hand | undefined },
): string | undefined {
  if (name === 'CHOOSE' && rounds.length === ROUNDS) return `${ROUNDS} rounds were played; expected "END ${countWins(rounds).join(' ')}"`
  if (name === 'ROUND' && own && fields[1] !== own) return `Player2, which is this side, has chosen ${own}`
  if (name !== 'END') return undefined
  if (rounds.length < ROUNDS) return `${rounds.length} of ${ROUNDS} rounds were played; expected "CHOOSE"`
  const [one, two] = countWins(rounds)
  return Number(fields[0]) === one && Number(fields[1]) === two ? undefined : `by the rounds that were played it is ${one} to ${two}`
}

/** Validates the house's hands, which must have the spelling that the game shows. */
function checkChoices(options: Options): string | undefined {
  const wrong = readOption(options, choices)?.find((choice) => !HANDS.some((hand) => hand.toLowerCase() === choice.toLowerCase()))
  return wrong === undefined ? undefined : `a hand is ${HANDS.join(', ')}, not ${JSON.stringify(wrong)}`
}

const solo: SoloProgram = {
  name: 'c8/scissors',
  source: '001 assignment 6',
  title: 'scissor, paper, stone: three rounds',
  takes: [choices],
  check: checkChoices,
  async play({ console, random }) {
    greet(console, 0)
    for (let rounds = 0; rounds < ROUNDS; ) {
      const hand = checkHand(await console.ask(formatPrompt(0)), console)
      if (!hand) continue
      show(console, [hand, random.choice(HANDS)])
      rounds++
    }
  },
}

/** C8 slides, assignment 6, over a network. */
export const programs: readonly Program<Name, State>[] = [
  {
    name: 'c8/scissors',
    source: '001 assignment 6',
    protocol: scissors,
    words: undefined,
    // the person at the server types a hand, too, in any of these states
    typed: { start: HANDS_TYPED, choosing: HANDS_TYPED, chosen: HANDS_TYPED, scored: HANDS_TYPED },
    port: 12351,
    servePort: 12351,
    host: { types: true },
    join: {},
  },
]

/** The same game against the house, without a network. */
export const solos: readonly SoloProgram[] = [solo]
