import { follow, type Seat, type SeatNumber, type Situation } from '../games/game.ts'
import { HANDS, type Hand, type HandsView, handOf, hands, NO_HAND, ROUNDS, type Round, score, verdict } from '../games/hands.ts'
import { lines } from '../wire/lines.ts'
import { askUntil } from './asking.ts'
import { type Automaton, client, server } from './automaton.ts'
import type { Peer } from './peer.ts'
import type { Options, Person, Program, Protocol, Solo } from './protocol.ts'
import { strip } from './python.ts'
import { breach } from './sentences.ts'

const PLAYERS = ['Player1', 'Player2'] as const

const automaton = {
  messages: {
    CHOOSE: server('CHOOSE', { asks: true }),
    hand: client('{hand}', { example: '1', about: '1 Scissor, 2 Paper, 3 Stone' }),
    ROUND: server('ROUND {Player1} {Player2}', {
      example: 'ROUND Scissor Stone',
      accepts: /^ROUND (Scissor|Paper|Stone) (Scissor|Paper|Stone) *$/,
    }),
    END: server('END {Player1} {Player2}', { example: 'END 2 0', accepts: /^END (\d+) (\d+) *$/, about: 'the rounds each has won' }),
    ERROR: server('ERROR {sentence}', { example: 'ERROR choose 1 for Scissor, 2 for Paper or 3 for Stone' }),
    QUIT: client('QUIT', { bye: true }),
    dismissal: server('QUIT', { bye: true, about: 'the host has left; a hand may cross it on its way' }),
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
} as const satisfies Automaton

type Name = keyof typeof automaton.messages

/** The client is Player2: what it says are the hands of seat 1, whenever it says them. */
async function listen(peer: Peer<Name>, seat: Seat<Hand, HandsView>): Promise<void> {
  for (;;) {
    const { name, text } = await peer.receive()
    if (name === 'QUIT') return seat.leave()
    const hand = numbered(strip(text))
    const refusal = hand ? seat.play(hand) : NO_HAND
    if (refusal) peer.refuse(refusal.refused)
  }
}

/** Tells the client what happens at the table, before anything else does, and asks for its hand once a round. */
function tell(peer: Peer<Name>, seat: Seat<Hand, HandsView>): Promise<void> {
  let told = 0
  let asked = 0
  return follow(seat, ({ view, outcome }) => {
    if (outcome?.left !== undefined) {
      if (outcome.left !== seat.number) peer.send('dismissal')
      return true
    }
    const round = view.rounds[told]
    if (round) {
      peer.send('ROUND', ...round)
      told++
    }
    if (outcome) peer.send('END', ...score(view.rounds))
    else if (asked === told) {
      peer.send('CHOOSE')
      asked++
    }
    return outcome !== undefined
  })
}

/** The person at the server's terminal is Player1, and chooses while the client does. */
async function sitDown(seat: Seat<Hand, HandsView>, person: Person): Promise<void> {
  greet(person, seat.number)
  for (let told = 0, coming = seat.next(); ; ) {
    const { view, turn, outcome } = await coming
    const round = view.rounds[told]
    if (round) {
      show(person, round)
      told++
    }
    if (outcome) return
    coming = settled(seat, told)
    if (!turn) continue
    const hand = await choose(person, seat.number, coming)
    if (hand === 'QUIT') seat.leave()
    else if (hand) seat.play(hand)
  }
}

/** The next situation in which this seat has nothing to choose in the round after `rounds`. */
async function settled(seat: Seat<Hand, HandsView>, rounds: number): Promise<Situation<HandsView>> {
  for (;;) {
    const situation = await seat.next()
    if (!situation.turn || situation.view.rounds.length > rounds) return situation
  }
}

/** The hand that the person chooses; `undefined` when `news` came first. */
async function choose(person: Person, seat: SeatNumber, news: Promise<unknown>): Promise<Hand | 'QUIT' | undefined> {
  for (;;) {
    const typed = await askUntil(news, person, { prompt: promptOf(seat), atEnd: 'QUIT' })
    if (typed === undefined || typed === 'QUIT') return typed
    const hand = usable(typed, person)
    if (hand) return hand
  }
}

function promptOf(seat: SeatNumber): string {
  return `${PLAYERS[seat]}: Enter (1) Scissor,                         (2) Paper or (3) Stone : `
}

function usable(typed: string, person: Person): Hand | undefined {
  const hand = numbered(typed)
  if (!hand) person.say('Please enter only 1, 2 or 3.')
  return hand
}

function numbered(text: string): Hand | undefined {
  return HANDS.find((_, at) => text === String(at + 1))
}

function greet(person: Person, seat: SeatNumber): void {
  person.say(`You are ${PLAYERS[seat]} playing against ${PLAYERS[1 - seat]}`)
}

function show(person: Person, round: Round): void {
  round.forEach((hand, seat) => {
    person.say(`${PLAYERS[seat]}:  ${hand}`)
  })
  person.say(verdict(round))
}

/**
 * Both choose at the same time, so both sides listen while somebody is choosing. QUIT is what either side says that
 * leaves, the server too: a client that was asked for its hand would otherwise wait for a round that never comes.
 */
const scissors: Protocol<Name> = {
  name: 'scissors',
  title: 'scissor, paper, stone: three rounds',
  automaton,
  framing: () => ({ toServer: lines(), toClient: lines() }),

  async server(peer, { house }) {
    const seat = await house.sit(hands, 1, undefined)
    await Promise.race([tell(peer, seat), listen(peer, seat)])
  },

  async client(peer, { person }) {
    greet(person, 1)
    const rounds: Round[] = []
    let own: Hand | undefined
    let isAsked = false
    for (let coming = peer.receive(); ; ) {
      const { name, text, fields } = await coming
      const [one, two] = fields.map(handOf)
      const wrong = wrongNews(name, fields, { rounds, own })
      if (wrong !== undefined) throw breach(text, wrong)
      if (name === 'ROUND' && one && two) {
        rounds.push([one, two])
        show(person, [one, two])
      }
      if (name === 'ERROR') person.say(fields[0])
      if (peer.state === 'end' || peer.state === 'left') return
      coming = peer.receive()
      if (name === 'CHOOSE' && isAsked) peer.note('it has asked already, and no hand was sent')
      isAsked = name === 'CHOOSE'
      if (name !== 'CHOOSE') continue
      const hand = await choose(person, 1, coming)
      if (hand === 'QUIT') return peer.send('QUIT')
      if (hand) {
        peer.send('hand', HANDS.indexOf(hand) + 1)
        isAsked = false
      }
      own = hand
    }
  },

  opposite: (seat: Seat<Hand, HandsView>, { person }) => sitDown(seat, person),
}

/** Explains why the server cannot say this after the rounds so far, and the own hand; `undefined` if it can. */
function wrongNews(
  name: Name,
  fields: readonly string[],
  { rounds, own }: { rounds: readonly Round[]; own: Hand | undefined },
): string | undefined {
  if (name === 'CHOOSE' && rounds.length === ROUNDS) return `${ROUNDS} rounds were played; expected "END ${score(rounds).join(' ')}"`
  if (name === 'ROUND' && own && fields[1] !== own) return `Player2, which is this side, has chosen ${own}`
  if (name !== 'END') return undefined
  if (rounds.length < ROUNDS) return `${rounds.length} of ${ROUNDS} rounds were played; expected "CHOOSE"`
  const [one, two] = score(rounds)
  return Number(fields[0]) === one && Number(fields[1]) === two ? undefined : `by the rounds that were played it is ${one} to ${two}`
}

/** The house's hands are named as they are shown. */
function checkChoices({ choices = [] }: Options): string | undefined {
  const wrong = choices.find((choice) => !HANDS.some((hand) => hand.toLowerCase() === choice.toLowerCase()))
  return wrong === undefined ? undefined : `a hand is ${HANDS.join(', ')}, not ${JSON.stringify(wrong)}`
}

const solo: Solo = {
  name: 'c8/scissors',
  source: '001 assignment 6',
  title: 'scissor, paper, stone: three rounds',
  takes: ['choices'],
  check: checkChoices,
  async play({ person, random }) {
    greet(person, 0)
    for (let rounds = 0; rounds < ROUNDS; ) {
      const hand = usable(await person.ask(promptOf(0)), person)
      if (!hand) continue
      show(person, [hand, random.choice(HANDS)])
      rounds++
    }
  },
}

/** C8 slides, assignment 6: over a network, and for one without. */
export const programs: readonly Program<Name>[] = [
  {
    name: 'c8/scissors',
    source: '001 assignment 6',
    protocol: scissors,
    words: undefined,
    port: 12351,
    servePort: 12351,
    host: { types: true },
    join: {},
  },
]

/** The same against the house. */
export const solos: readonly Solo[] = [solo]
