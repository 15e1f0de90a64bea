import { isRefusal, type Refusal } from '../games/game.ts'
import { type HangmanOptions, type HangmanView, hangman } from '../games/hangman.ts'
import { foldCase, normalizeText, parseLetter, splitGraphemes } from '../games/text/graphemes.ts'
import { findWordFault } from '../games/words.ts'
import { defineAutomaton } from '../protocol/automaton.ts'
import { type Console, type Options, type Program, type Protocol, readOption, type SoloProgram } from '../protocol/definition.ts'
import { client, clientCloses, server } from '../protocol/message-spec.ts'
import type { Peer } from '../protocol/peer.ts'
import { secretWord, words } from '../protocol/shared-options.ts'
import { ruleViolation } from '../protocol/violation-text.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { lines } from '../wire/framing/lines.ts'
import { quoteText } from '../wire/text.ts'

const automaton = defineAutomaton({
  messages: {
    START: client('START', { about: 'starts a game' }),
    WORD: server('WORD {length} {misses}', { example: 'WORD 6 8', accepts: /^WORD ([1-9]\d{0,2}) ([1-9]\d{0,2}) *$/ }),
    letter: client('{letter}', { example: 'a', about: 'a digit that is not in the word also costs a miss, unlike at the front door' }),
    AT: server('AT {positions}', { example: 'AT 2 4 6', accepts: /^AT (\d{1,3}(?: +\d{1,3})*) *$/, about: 'positions count from 1' }),
    MISS: server('MISS {left}', { example: 'MISS 7', accepts: /^MISS (\d{1,3}) *$/ }),
    WON: server('END WON {word}', { example: 'END WON banana' }),
    LOST: server('END LOST {word}', { example: 'END LOST banana' }),
    ERROR: server('ERROR {sentence}', {
      example: 'ERROR x was tried already: guess another letter',
      about: 'why the server refused a message, or why it disconnects',
    }),
    QUIT: client('QUIT', { bye: true }),
    closed: clientCloses,
  },
  start: 'ready',
  states: {
    ready: { START: 'starting' },
    starting: { WORD: 'guessing' },
    guessing: { letter: 'judging' },
    judging: { AT: 'hit', MISS: 'missed', ERROR: 'guessing' },
    hit: { letter: 'judging', WON: 'over' },
    missed: { letter: 'judging', LOST: 'over' },
    over: { START: 'starting', closed: 'end' },
    end: {},
  },
  always: { QUIT: 'end' },
  automatic: { server: true, client: ['ready'] },
  refusal: 'ERROR',
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const protocol: Protocol<Name, State> = {
  name: 'hangman',
  title: 'guess a word, letter by letter',
  automaton,
  framing: () => ({ toServer: lines(), toClient: lines() }),

  async server(peer, { seating, options, console }) {
    while ((await peer.receive()).name === 'START') {
      const seat = await seating.sit(hangman, 0, toHangmanOptions(options))
      let { view, outcome } = await seat.next()
      peer.send('WORD', view.shown.length, view.left)
      while (!outcome) {
        const { name, text } = await peer.receive()
        if (name === 'QUIT') return seat.leave()
        const refusal = seat.play(text)
        if (refusal) {
          peer.refuse(refusal.refused)
          continue
        }
        ;({ view, outcome } = await seat.next())
        if (view.last?.positions.length) {
          peer.send('AT', view.last.positions.join(' '))
          continue
        }
        // the worksheet counts every character as a guess
        if (!/\p{L}/u.test(text)) peer.report('expected a letter; it costs a miss')
        peer.send('MISS', view.left)
      }
      const { word = '' } = view
      peer.send(outcome.winners.length > 0 ? 'WON' : 'LOST', word)
      console.say(outcome.winners.length > 0 ? `The player has found the word: ${word}` : `The player has not found the word: ${word}`)
    }
  },

  async client(peer, { console }) {
    do {
      peer.send('START')
      if (!(await guess(await receiveWord(peer, console), console, (letter, view) => sendLetter(peer, letter, view)))) break
    } while (await askAgain(console))
    peer.send('QUIT')
  },
}

const solo: SoloProgram = {
  name: 'fh/hangman',
  source: '003 task 5.2',
  title: 'guess a word, letter by letter',
  takes: [secretWord, words],
  check: checkSecret,
  async play({ seating, options, console }) {
    for (let on = true; on; ) {
      const seat = await seating.sit(hangman, 0, toHangmanOptions(options))
      const { view } = await seat.next()
      const played = await guess(view, console, async (letter) => seat.play(letter) ?? (await seat.next()).view)
      on = played && (await askAgain(console))
    }
  },
}

/** Plays one word at the console; `submit` sends a guess to the game. Returns false if the person quits. */
async function guess(
  view: HangmanView,
  console: Console,
  submit: (letter: string, view: HangmanView) => Promise<HangmanView | Refusal>,
): Promise<boolean> {
  for (;;) {
    console.say(hangman.notation.render(view))
    if (view.word !== undefined) {
      console.say(view.left > 0 ? `You have found it: ${view.word}` : `Hanged! The word was: ${view.word}`)
      return true
    }
    const before = view
    while (view === before) {
      const typed = await console.ask('Your letter (QUIT to leave): ', 'QUIT')
      if (typed.toUpperCase() === 'QUIT') return false
      const letter = parseLetter(typed)
      const result = letter === undefined ? NO_LETTER : await submit(letter, view)
      if (isRefusal(result)) console.say(result.refused)
      else {
        if (result.left < view.left && !/\p{L}/u.test(typed))
          console.say(`${quoteText(typed.trim())} is not a letter, but a guess here: it costs a miss.`)
        view = result
      }
    }
  }
}

const NO_LETTER: Refusal = { refused: 'Type one letter at a time, such as e, or QUIT.' }

async function askAgain(console: Console): Promise<boolean> {
  for (;;) {
    const answer = (await console.ask('Another word (y/n)? ', 'n')).trim().toLowerCase()
    if (answer.startsWith('y')) return true
    if (answer.startsWith('n')) return false
    console.say('Type y for yes, or n for no.')
  }
}

/** Receives the length of a new word. */
async function receiveWord(peer: Peer<Name, State>, console: Console): Promise<HangmanView> {
  for (;;) {
    const { name, fields } = await peer.receive()
    const [first = '', second] = fields
    if (name === 'WORD') return { shown: Array(Number(first)).fill(''), tried: [], misses: Number(second), left: Number(second) }
    console.say(first)
  }
}

/** Sends a letter, and returns the new view of the word, or the server's refusal. */
async function sendLetter(peer: Peer<Name, State>, letter: string, before: HangmanView): Promise<HangmanView | Refusal> {
  peer.send('letter', letter)
  const { name, text, fields } = await peer.receive()
  const [field = ''] = fields
  if (name === 'ERROR') return { refused: field }
  const view = { ...before, tried: [...before.tried, foldCase(letter)] }
  if (name === 'MISS') {
    const left = Number(field)
    const wrong = wrongMiss(before, left)
    if (wrong !== undefined) throw ruleViolation(text, wrong)
    return left > 0 ? { ...view, left } : { ...view, left, word: await receiveEnd(peer, { ...view, left }) }
  }
  const positions = field.split(/ +/).map(Number)
  if (positions.some((position) => before.shown[position - 1] === undefined)) {
    const { length } = before.shown
    throw new Disconnected('violation', `the server sent ${text}, and its word has ${length} letters: positions count from 1 to ${length}`)
  }
  const wrong = wrongPositions(before, positions)
  if (wrong !== undefined) throw ruleViolation(text, wrong)
  const shown = before.shown.map((seen, at) => (positions.includes(at + 1) ? letter.toLowerCase() : seen))
  return shown.includes('') ? { ...view, shown } : { ...view, shown, word: await receiveEnd(peer, { ...view, shown }) }
}

/** Receives the end of a game, and returns its word. Throws a violation if the word contradicts the view. */
async function receiveEnd(peer: Peer<Name, State>, view: HangmanView): Promise<string> {
  const { name, text, fields } = await peer.receive()
  if (name === 'ERROR') throw new Disconnected('violation', `the server sent ${quoteText(text)}, but the game is over; expected its word`)
  const [word = ''] = fields
  const wrong = wrongWord(view, word)
  if (wrong !== undefined) throw ruleViolation(text, wrong)
  return word
}

function toHangmanOptions(options: Options): HangmanOptions {
  return { secret: readOption(options, secretWord), words: readOption(options, words) }
}

function checkSecret(options: Options): string | undefined {
  const secret = readOption(options, secretWord)
  return secret === undefined ? undefined : findWordFault(secret)?.refused
}

/** The letters of English words, the most frequent first. */
const LETTERS = [...'etaoinsrhldcumfpgwybvkxjqz']

/** FH slides, task 5.2: hangman over a network. */
export const programs: readonly Program<Name, State>[] = [
  {
    name: 'fh/hangman',
    source: '003 task 5.2',
    protocol,
    words: undefined,
    port: 5052,
    servePort: 5052,
    takes: [secretWord, words],
    check: checkSecret,
    skilled: { guessing: LETTERS, hit: LETTERS, missed: LETTERS, over: ['y', 'n'] },
    host: {
      listening: ({ host, port }) => `Hangman: waiting for a player at ${host}, port ${port}.`,
      connected: ({ host, port }) => `A player has connected from ${host}, port ${port}.`,
    },
    join: { connected: ({ host, port }) => `Hangman: playing with the server at ${host}, port ${port}.` },
  },
]

/** The same game for one person, without a network. */
export const solos: readonly SoloProgram[] = [solo]

/** Explains why a server's `MISS` is wrong after `view` if it says that `said` misses are left; `undefined` if this number can be right. */
export function wrongMiss({ left }: HangmanView, said: number): string | undefined {
  return said === left - 1 ? undefined : `${left} misses were left, so expected MISS ${left - 1}`
}

/** Explains why a server's `AT` with these positions is wrong (the first position is 1); `undefined` for positions that can be right. */
export function wrongPositions({ shown }: HangmanView, positions: readonly number[]): string | undefined {
  const outside = positions.find((position) => shown[position - 1] === undefined)
  if (outside !== undefined) return `its word has ${shown.length} letters, so there is no position ${outside}: positions count from 1`
  const taken = positions.find((position) => shown[position - 1] !== '')
  return taken === undefined ? undefined : `position ${taken} was shown as ${shown[taken - 1]} already`
}

/** Explains why a word cannot be the secret after `view`; `undefined` for a word that can be the secret. */
export function wrongWord({ shown, tried }: HangmanView, word: string): string | undefined {
  // another server may treat a combining mark as a letter
  const characters = [splitGraphemes(normalizeText(word)), Array.from(word)].find(({ length }) => length === shown.length)
  if (!characters) return `the server has announced a word of ${shown.length} letters`
  const found = new Set(shown.filter((letter) => letter !== '').map(foldCase))
  for (const [at, letter] of characters.map(foldCase).entries()) {
    const seen = shown[at] ?? ''
    if (seen !== '' && foldCase(seen) !== letter) return `position ${at + 1} was shown as ${seen}`
    if (seen === '' && found.has(letter)) return `${letter} was shown, and not at position ${at + 1}`
    if (seen === '' && tried.includes(letter)) return `${letter} was tried, and was a MISS`
  }
  return undefined
}
