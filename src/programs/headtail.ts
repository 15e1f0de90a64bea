import { coin } from '../games/coin.ts'
import { defineAutomaton } from '../protocol/automaton.ts'
import { type Options, type Program, type Protocol, readOption, type SoloProgram } from '../protocol/definition.ts'
import { client, server } from '../protocol/message-spec.ts'
import { choices, pace } from '../protocol/shared-options.ts'
import { ruleViolation } from '../protocol/violation-text.ts'
import { lines } from '../wire/framing/lines.ts'
import { pythonAddress } from './python/values.ts'

/** The difference between the programs: whether each side prints the number of right guesses at the end. */
interface Words {
  readonly counts: boolean
}

const PROMPT_END = ' : '
const SOLO_PROMPT = '\n\nI will toss a coin,             guess if it is a head (H)             or tail (T) : '

const automaton = defineAutomaton({
  messages: {
    prompt: server('I will toss a coin, guess if it is a head (H) or tail (T) : ', { accepts: /^.* : $/s, unended: true, free: true }),
    quit: client('Q', { bye: true }),
    last: client('{guess}', { example: 'XQ', accepts: /^(.*Q)$/s, about: 'a guess that ends in Q, which also quits' }),
    guess: client('{guess}', { example: 'H', about: 'only its last character counts: H or T' }),
    right: server('You are right!'),
    wrong: server('Sorry, you are wrong.'),
    bye: server('Thanks for playing the game. Bye!', { bye: true }),
    unusable: server('Please enter head (H), tail (T)             or Q to quit', { accepts: /^(?!.* : $).+$/s, free: true }),
  },
  start: 'start',
  states: {
    start: { prompt: 'guessing' },
    guessing: { quit: 'leaving', last: 'parting', guess: 'judging' },
    judging: { right: 'start', wrong: 'start', bye: 'end', unusable: 'start' },
    leaving: { bye: 'end' },
    // the worksheet's client quits after any answer
    parting: { bye: 'end', unusable: 'end' },
    end: {},
  },
  automatic: { server: true },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const headTail: Protocol<Name, State, Words> = {
  name: 'headtail',
  title: 'guess how a coin falls, until you quit',
  automaton,
  framing: () => ({ toServer: lines({ keepCr: true }), toClient: lines({ orEnd: PROMPT_END }) }),
  paced: true,

  async server(peer, { seating, console, words }) {
    const seat = await seating.sit(coin, 0, undefined)
    let { view } = await seat.next()
    for (;;) {
      peer.send('prompt')
      const { text } = await peer.receive()
      const guess = text.at(-1)
      if (guess === 'Q') break
      if (guess === 'H' || guess === 'T') {
        if (text !== guess) peer.report('only its last character counts', true)
        seat.play(guess)
        view = (await seat.next()).view
        peer.send(view.last ? 'right' : 'wrong')
      } else {
        const meant = /(?:^|\W)([htq])(?:ead|ail|uit)?$/i.exec(text)?.[1]?.toUpperCase()
        const what = `its last character is not H, T or Q${meant === undefined ? '' : `; write ${JSON.stringify(meant)} alone, in upper case`}`
        // the worksheet's client sends upper case, so lower case is a mistake of the program, not of the person
        peer.report(what, text === text.toUpperCase())
        peer.send('unusable')
      }
    }
    peer.send('bye')
    seat.leave()
    if (words.counts) console.say(counters(view))
  },

  async client(peer, { console, words }) {
    let right = 0
    let guesses = 0
    do {
      const { text: prompt } = await peer.receive()
      let guess = ''
      while (guess === '') guess = (await console.ask(prompt, 'Q')).replaceAll('\r', '').toUpperCase()
      peer.send(guess === 'Q' ? 'quit' : guess.endsWith('Q') ? 'last' : 'guess', guess)
      const { name, text: answer } = await peer.receive()
      const wrong = wrongAnswer(name, answer, guess)
      if (wrong !== undefined) throw ruleViolation(answer, wrong)
      if (name === 'unusable' && isCoinGuess(guess)) peer.report(`expected ${JUDGMENTS}`)
      console.say(`${answer}\n`)
      if (name === 'right') right++
      if (name === 'right' || name === 'wrong') guesses++
    } while (peer.state !== 'end')
    if (words.counts) console.say(counters({ right, guesses }))
  },
}

/** Explains why the server's answer to a guess is wrong; `undefined` for an answer that can be right. */
function wrongAnswer(name: Name, answer: string, guess: string): string | undefined {
  const judged = name === 'right' || name === 'wrong'
  if (judged && !isCoinGuess(guess)) return `the guess was ${JSON.stringify(guess)}, which is neither head (H) nor tail (T)`
  return isCoinGuess(guess) && answer === automaton.messages.unusable.text
    ? `the guess was ${JSON.stringify(guess)}, which is head (H) or tail (T)`
    : undefined
}

/** Checks whether a guess is heads or tails, in any spelling that the client accepts. */
function isCoinGuess(guess: string): boolean {
  return /[HT]$/.test(guess)
}

const JUDGMENTS = `"${automaton.messages.right.text}" or "${automaton.messages.wrong.text}"`

function counters({ right, guesses }: { right: number; guesses: number }): string {
  return `You have guessed correctly ${right} out of ${guesses} times.`
}

function checkChoices(options: Options): string | undefined {
  const wrong = readOption(options, choices)?.find((choice) => !/^[HT]$/i.test(choice))
  return wrong === undefined ? undefined : `a coin falls on H or T, not ${JSON.stringify(wrong)}`
}

const common = {
  // the worksheet's client waits forever after a guess such as "XQ"
  typed: { guessing: ['H', 'T', 'Q'] },
  takes: [choices, pace],
  check: checkChoices,
  port: 12345,
  host: {
    listening: () => 'Type Ctrl-F6 or close the shell to       terminate the server.',
    connected: (client: { host: string; port: number }) => `Connected to: ${pythonAddress(client)}`,
  },
  join: {},
} as const

/** C8 slides: project 5, whose client loses messages that arrive together, and assignment 4. */
export const programs: readonly Program<Name, State, Words>[] = [
  { ...common, name: 'c8/headtail', source: '001 project 5', protocol: headTail, words: { counts: false }, servePort: 12374 },
  { ...common, name: 'c8/headtail-counters', source: '001 assignment 4', protocol: headTail, words: { counts: true }, servePort: 12375 },
]

/** C8 slides: project 5 without a network. */
export const solos: readonly SoloProgram[] = [
  {
    name: 'c8/headtail',
    source: '001 project 5, head_tail.py',
    title: 'guess how a coin falls, until you quit',
    takes: [choices],
    check: checkChoices,

    async play({ seating, console }) {
      const { messages } = automaton
      const seat = await seating.sit(coin, 0, undefined)
      await seat.next()
      for (;;) {
        const guess = (await console.ask(SOLO_PROMPT, 'Q')).toUpperCase()
        if (guess === 'Q') return
        if (guess === 'H' || guess === 'T') {
          seat.play(guess)
          const { view } = await seat.next()
          console.say((view.last ? messages.right : messages.wrong).text)
        } else console.say(messages.unusable.text)
      }
    },
  },
]
