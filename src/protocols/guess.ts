import { guessing, type Verdict } from '../games/guessing.ts'
import { lines } from '../wire/lines.ts'
import { type Automaton, client, server } from './automaton.ts'
import type { Program, Protocol } from './protocol.ts'
import { pythonAddress, pythonDigits, pythonInt } from './python.ts'

/** What the programs on this wire differ in: how the server reads a guess, and what an unusable one costs. */
interface Words {
  readonly reads: (text: string) => string | undefined
  readonly wastes: boolean
}

const automaton = {
  messages: {
    GUESS: server('GUESS'),
    guess: client('{number}', { example: '50' }),
    LOW: server('LOW'),
    HIGH: server('HIGH'),
    unusable: server('Please enter number 1 to 100'),
    WIN: server('WIN'),
    GAMEOVER: server('GAMEOVER', { bye: true }),
  },
  start: 'start',
  states: {
    start: { GUESS: 'guessing' },
    guessing: { guess: 'judging' },
    judging: { LOW: 'missed', HIGH: 'missed', unusable: 'missed', WIN: 'end' },
    missed: { GUESS: 'guessing', GAMEOVER: 'end' },
    end: {},
  },
} as const satisfies Automaton

type Name = keyof typeof automaton.messages

const ANSWERS: Readonly<Record<Verdict, Name>> = { low: 'LOW', high: 'HIGH', right: 'WIN', wasted: 'unusable' }
const TEXTS: Readonly<Partial<Record<Name, string>>> = {
  LOW: 'Your guess is too low.',
  HIGH: 'Your guess is too high.',
  WIN: 'You win!',
  GAMEOVER: 'You ran out of tries! Game over.',
}

const guess: Protocol<Name, Words> = {
  name: 'guess',
  title: 'the client has five tries to guess a number from 1 to 100',
  automaton,
  framing: () => ({ toServer: lines(), toClient: lines() }),

  async server(peer, { house, options, words }) {
    const seat = await house.sit(guessing, 0, { tries: 5, secret: options.secret === undefined ? undefined : Number(options.secret) })
    for (let { view, outcome } = await seat.next(); ; ) {
      peer.send('GUESS')
      const number = words.reads((await peer.receive()).text.trim())
      if (number === undefined && !words.wastes) {
        peer.send('unusable')
        continue
      }
      await seat.play(number === undefined ? 'wasted' : Number(number))
      ;({ view, outcome } = await seat.next())
      peer.send(ANSWERS[view.last ?? 'wasted'])
      if (!outcome) continue
      if (outcome.winners.length === 0) peer.send('GAMEOVER')
      return
    }
  },

  async client(peer, { person }) {
    for (;;) {
      const { name } = await peer.receive()
      if (name === 'GUESS') {
        let number: string | undefined
        while (number === undefined) number = pythonInt(await person.ask('Enter guess (1-100): '))
        peer.send('guess', number)
      } else if (TEXTS[name]) person.say(TEXTS[name])
      if (peer.state === 'end') return
    }
  },
}

/** TJC notes, program 11 and exercise 10; C8 slides, assignment 5, whose client loses lines that arrive together. */
export const programs: readonly Program<Name, Words>[] = [
  {
    name: 'tjc/guess',
    source: '000 program 11, exercise 10',
    protocol: guess,
    words: { reads: pythonInt, wastes: false },
    port: 9999,
    servePort: 9999,
    host: {},
    join: {},
  },
  {
    name: 'c8/highlow',
    source: '001 assignment 5',
    protocol: { ...guess, paced: true },
    words: { reads: (text) => (pythonDigits(text) ? pythonInt(text) : undefined), wastes: true },
    port: 12345,
    servePort: 12370,
    host: {
      listening: () => 'Type Ctrl-F6 or close the shell to         terminate the server.',
      connected: (client) => `Connected to: ${pythonAddress(client)}`,
    },
    join: {},
  },
]
