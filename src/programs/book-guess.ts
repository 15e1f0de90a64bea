import { guessing, toTry, type Verdict } from '../games/guessing.ts'
import { defineAutomaton } from '../protocol/automaton.ts'
import type { Program, Protocol, SoloProgram } from '../protocol/definition.ts'
import { client, clientCloses, server } from '../protocol/message-spec.ts'
import { receiveUntilClosed } from '../protocol/roles.ts'
import { secret } from '../protocol/shared-options.ts'
import { ruleViolation } from '../protocol/violation-text.ts'
import { literals, segments } from '../wire/framing/unframed.ts'
import { askInt, checkSecret, type GuessVerdict, NumberJudge, toSecretNumber } from './numbers.ts'
import { pythonAddress, pythonInt } from './python/values.ts'

const BANNER = '## Welcome to GUESS THE NUMBER! ##'
const PROMPT = 'Please input your guess: '
const NO_NUMBER = 'Guesses must be an integer. Try again...'

const automaton = defineAutomaton({
  messages: {
    guess: client('{number}', { example: '50' }),
    small: server('Too small!'),
    big: server('Too big!'),
    exact: server('Exactly! You win!'),
    garbage: server(NO_NUMBER, { about: 'the answer to a text that is not a number; the state does not change' }),
    leaves: clientCloses,
  },
  start: 'guessing',
  states: {
    guessing: { guess: 'judging', leaves: 'end' },
    judging: { small: 'guessing', big: 'guessing', exact: 'won', garbage: 'guessing' },
    won: { guess: 'judging', leaves: 'end' },
    end: {},
  },
  automatic: { server: true },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const ANSWERS: Readonly<Record<Verdict, 'small' | 'big' | 'exact' | 'garbage'>> = {
  low: 'small',
  high: 'big',
  right: 'exact',
  wasted: 'garbage',
}
const MEANT: Readonly<Partial<Record<Name, GuessVerdict>>> = { small: 'low', big: 'high', exact: 'right' }
const TEXTS = Object.values(automaton.messages).flatMap(({ from, text }) => (from === 'server' ? [text] : []))

const number: Protocol<Name, State, undefined> = {
  name: 'number',
  title: 'guess a number, with any number of tries',
  automaton,
  framing: () => ({ toServer: segments(), toClient: literals(TEXTS) }),

  async server(peer, { seating, console, options }) {
    const next = () => receiveUntilClosed(peer, 'leaves')
    let seat = await seating.sit(guessing, 0, { secret: toSecretNumber(options) })
    await seat.next()
    for (let text = await next(); text !== undefined; text = await next()) {
      const guess = pythonInt(text)
      if (guess === undefined) {
        peer.report('expected a whole number, and nothing else in the same piece')
        peer.send('garbage')
        continue
      }
      if (isGlued(text)) peer.report('the number is from 1 to 100; several guesses in one piece are one guess: wait for the answer to each')
      seat.play(toTry(Number(guess)))
      const { view, outcome } = await seat.next()
      peer.send(ANSWERS[view.last ?? 'wasted'])
      if (!outcome) continue
      // after a win, further guesses are compared with the same secret number
      seat = await seating.sit(guessing, 0, { secret: Number(guess) })
      await seat.next()
    }
    console.say('Disconnected')
  },

  async client(peer, { console }) {
    console.say(BANNER)
    const judge = new NumberJudge()
    do {
      const guess = await askInt(console, PROMPT, NO_NUMBER)
      peer.send('guess', guess)
      const { name, text } = await peer.receive()
      const answer = MEANT[name]
      const wrong = answer && judge.check(answer, Number(guess))
      if (wrong !== undefined) throw ruleViolation(text, wrong)
      if (name === ANSWERS.wasted && Number(guess) >= 1 && Number(guess) <= 100) peer.fail(`the guess was ${guess}, which is an integer`)
      console.say(text)
    } while (peer.state !== 'won')
    // if more bytes arrive together with the message of the win, a client that compares whole pieces does not recognize the win
    const rest = peer.early()
    if (rest !== undefined) peer.observer?.onRefused(rest, false)
  },
}

/**
 * Checks whether a number is probably several guesses in one piece: one or more numbers of two digits, and then a number from 1 to 100. The
 * number 101 is a single guess.
 */
function isGlued(text: string): boolean {
  return text.length > 3 && /^(?:[1-9]\d){1,40}(?:[1-9]\d?|100)$/.test(text)
}

/** Book chapter: guess-server and guess-client. */
export const programs: readonly Program<Name, State, undefined>[] = [
  {
    name: 'book/guess',
    source: '004 chapter 5, guess-server.py and guess-client.py',
    protocol: number,
    words: undefined,
    port: 65432,
    servePort: 65432,
    takes: [secret],
    check: checkSecret,
    host: {
      listening: (at) => `GUESS-THE-NUMBER server started. Listening on ${pythonAddress(at)}`,
      connected: (client) => `Connected by ${pythonAddress(client)}`,
    },
    join: {},
  },
]

/** Book chapter: the game without a network, and the chapter's first lines. */
export const solos: readonly SoloProgram[] = [
  {
    name: 'book/guess',
    source: '004 chapter 5, guess32.py',
    title: 'guess a number, with any number of tries',
    takes: [secret],
    check: checkSecret,

    async play({ seating, console, options }) {
      const { messages } = automaton
      const seat = await seating.sit(guessing, 0, { secret: toSecretNumber(options) })
      await seat.next()
      console.say(BANNER)
      for (let won = false; !won; ) {
        seat.play(Number(await askInt(console, PROMPT, NO_NUMBER)))
        const { view, outcome } = await seat.next()
        console.say(messages[ANSWERS[view.last ?? 'wasted']].text)
        won = outcome !== undefined
      }
    },
  },
  {
    name: 'book/secret',
    source: '004 first block',
    title: 'chooses a number from 1 to 100 at random and prints it',
    takes: [secret],
    check: checkSecret,

    async play({ console, options, random }) {
      console.say(`The secret number is ${toSecretNumber(options) ?? random.integer(1, 100)}`)
    },
  },
]
