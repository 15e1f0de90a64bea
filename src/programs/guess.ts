import { guessing, type Try } from '../games/guessing.ts'
import { defineAutomaton } from '../protocol/automaton.ts'
import { type Program, type Protocol, plainLines } from '../protocol/definition.ts'
import { client, server } from '../protocol/message-spec.ts'
import { secret } from '../protocol/shared-options.ts'
import { ruleViolation } from '../protocol/violation-text.ts'
import { askInt, checkSecret, NumberJudge, parseIntGuess, parseRangeGuess, toSecretNumber } from './numbers.ts'
import { pythonInt, stripPython } from './python/values.ts'

/** Parses a guess; a text that it cannot parse wastes a try. */
type Words = { readonly reads: (text: string) => Try }

const automaton = defineAutomaton({
  messages: {
    GUESS: server('GUESS'),
    guess: client('{number}', { example: '50' }),
    low: server('LOW'),
    high: server('HIGH'),
    right: server('WIN'),
    wasted: server('Please enter number 1 to 100'),
    GAMEOVER: server('GAMEOVER', { bye: true }),
  },
  start: 'start',
  states: {
    start: { GUESS: 'guessing' },
    guessing: { guess: 'judging' },
    judging: { low: 'missed', high: 'missed', right: 'end', wasted: 'missed' },
    missed: { GUESS: 'guessing', GAMEOVER: 'end' },
    end: {},
  },
  automatic: { server: true },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const TRIES = 5

const SAYS: Readonly<Partial<Record<Name, string>>> = {
  low: 'Your guess is too low.',
  high: 'Your guess is too high.',
  right: 'You win!',
  GAMEOVER: 'You ran out of tries! Game over.',
}

/** Protocol of TJC notes, program 11, and C8 slides, assignment 5: five tries to guess a number. */
export const guess: Protocol<Name, State, Words> = {
  name: 'guess',
  title: 'five tries to guess a number',
  automaton,
  framing: plainLines,
  async server(peer, { seating, options, words }) {
    const seat = await seating.sit(guessing, 0, { tries: TRIES, secret: toSecretNumber(options) })
    let { view, outcome } = await seat.next()
    while (!outcome) {
      peer.send('GUESS')
      const text = stripPython((await peer.receive()).text)
      seat.play(words.reads(text))
      ;({ view, outcome } = await seat.next())
      // a number out of range may be a mistake of a person; any other text is a mistake of the program
      if (view.last === 'wasted') peer.report(`expected ${wanted(text)} from 1 to 100`, pythonInt(text) !== undefined)
      peer.send(view.last ?? 'wasted')
    }
    if (outcome.winners.length === 0) peer.send('GAMEOVER')
  },
  async client(peer, { console }) {
    const judge = new NumberJudge()
    let guess = ''
    let tries = 0
    do {
      const { name, text } = await peer.receive()
      const wrong = name === 'GUESS' ? tries === TRIES && `there were ${TRIES} tries; expected "GAMEOVER"` : wrongAnswer(name, guess, judge)
      if (wrong) throw ruleViolation(text, wrong)
      if (name === 'GAMEOVER' && tries < TRIES)
        peer.fail(`there are ${TRIES} tries, and the client has used ${tries} of them; expected "GUESS"`)
      if (name === 'GUESS') {
        guess = await askInt(console, 'Enter guess (1-100): ')
        tries++
        peer.send('guess', guess)
      } else if (SAYS[name]) console.say(SAYS[name])
    } while (peer.state !== 'end')
  },
}

/** Returns the noun for the expected message: "a whole number" if the guess is a number such as 5.5, and "a number" for any other text. */
function wanted(text: string): string {
  return /^[!-~]+$/.test(text) && pythonInt(text) === undefined && Number.isFinite(Number(text)) ? 'a whole number' : 'a number'
}

/** Explains why the server's answer to the last guess is wrong; `undefined` for an answer that can be right. */
function wrongAnswer(name: Name, guess: string, judge: NumberJudge): string | undefined {
  const number = Number(guess)
  if (name === 'low' || name === 'high' || name === 'right') return judge.check(name, number)
  return name === 'wasted' && number >= 1 && number <= 100 ? `the guess was ${guess}, which is such a number` : undefined
}

/** TJC notes, program 11 and exercise 10. */
export const programs: readonly Program<Name, State, Words>[] = [
  {
    name: 'tjc/guess',
    source: '000 program 11, exercise 10',
    protocol: guess,
    words: { reads: parseIntGuess },
    // the worksheet's client sends only numbers, so the worksheet's server never sends "Please enter number 1 to 100" to this client
    checkServer: { words: { reads: parseRangeGuess } },
    port: 9999,
    takes: [secret],
    check: checkSecret,
  },
]
