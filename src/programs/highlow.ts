import { guessing, type Verdict } from '../games/guessing.ts'
import type { Program, SoloProgram } from '../protocol/definition.ts'
import { pace, secret } from '../protocol/shared-options.ts'
import { guess } from './guess.ts'
import { checkSecret, parseDigitsGuess, toSecretNumber } from './numbers.ts'
import { pythonAddress } from './python/values.ts'

const ANSWERS: Readonly<Record<Verdict, string>> = {
  low: 'LOW',
  high: 'HIGH',
  right: 'You win!',
  wasted: 'Please enter number 1 to 100',
}

/** C8 slides, assignment 5, whose client loses lines that arrive together. */
export const programs: readonly Program[] = [
  {
    name: 'c8/highlow',
    source: '001 assignment 5',
    protocol: { ...guess, paced: true },
    words: { reads: parseDigitsGuess },
    port: 12345,
    servePort: 12370,
    takes: [secret, pace],
    check: checkSecret,
    host: {
      listening: () => 'Type Ctrl-F6 or close the shell to         terminate the server.',
      connected: (client) => `Connected to: ${pythonAddress(client)}`,
    },
  },
]

/** C8 slides: assignment 5 without a network. */
export const solos: readonly SoloProgram[] = [
  {
    name: 'c8/highlow',
    source: '001 assignment 5, high_low.py',
    title: 'five tries to guess a number',
    takes: [secret],
    check: checkSecret,

    async play({ seating, console, options }) {
      const seat = await seating.sit(guessing, 0, { tries: 5, secret: toSecretNumber(options) })
      let { view, outcome } = await seat.next()
      while (!outcome) {
        const typed = await console.ask('Guess a number 1 to 100: ')
        seat.play(parseDigitsGuess(typed))
        ;({ view, outcome } = await seat.next())
        console.say(ANSWERS[view.last ?? 'wasted'])
      }
      if (outcome.winners.length === 0) console.say('You ran out of tries! Game over.')
    },
  },
]
