import { guessing, type Verdict } from '../games/guessing.ts'
import type { Solo } from './protocol.ts'
import { pythonDigits, pythonInt } from './python.ts'
import { checkSecret, secretNumber } from './secret.ts'

const ANSWERS: Readonly<Record<Verdict, string>> = {
  low: 'LOW',
  high: 'HIGH',
  right: 'You win!',
  wasted: 'Please enter number 1 to 100',
}

/** C8 slides, assignment 5: the game before it goes over the network. */
export const solos: readonly Solo[] = [
  {
    name: 'c8/highlow',
    source: '001 assignment 5, high_low.py',
    title: 'five tries to guess a number from 1 to 100',
    takes: ['secret'],
    check: checkSecret,

    async play({ house, person, options }) {
      const seat = await house.sit(guessing, 0, { tries: 5, secret: secretNumber(options) })
      for (let { view, outcome } = await seat.next(); ; ) {
        const typed = await person.ask('Guess a number 1 to 100: ')
        await seat.play(pythonDigits(typed) ? Number(pythonInt(typed)) : 'wasted')
        ;({ view, outcome } = await seat.next())
        person.say(ANSWERS[view.last ?? 'wasted'])
        if (!outcome) continue
        if (outcome.winners.length === 0) person.say('You ran out of tries! Game over.')
        return
      }
    },
  },
]
