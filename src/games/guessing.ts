import type { Game } from './game.ts'

/** Verdict is how the last try stood to the secret; `wasted` was no usable number. */
export type Verdict = 'low' | 'high' | 'right' | 'wasted'

/** Guessing is a secret number, and what was tried so far. */
export interface Guessing {
  readonly secret: number
  /** Tries still left, where they are counted. */
  readonly left?: number | undefined
  readonly last?: Verdict | undefined
  /** A number out of the range is refused, and costs no try. */
  readonly lenient?: true
}

/** GuessingView is the guesser's view: all but the secret, and the secret too after the game. */
export interface GuessingView extends Pick<Guessing, 'left' | 'last'> {
  readonly secret?: number
}

/** Setup of a game; a worksheet's program takes every number, and counts it. */
export interface GuessingOptions {
  readonly tries?: number
  readonly secret?: number | undefined
  readonly lenient?: boolean
}

/** A try is a number, of any size, or a try that was wasted on something else. */
export type Try = number | 'wasted'

/** A number as it is tried, whatever its size: as far from the secret as can be is far enough. */
export function asTry(number: number): Try {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(number, Number.MAX_SAFE_INTEGER))
}

/** guessing: one player looks for a number from 1 to 100 and hears each time whether the try was too low or too high. */
export const guessing: Game<Guessing, Try, GuessingView, GuessingOptions> = {
  name: 'guessing',
  seats: { min: 1, max: 1 },
  setup: ({ tries, secret, lenient }, random) => ({
    secret: secret ?? random.integer(1, 100),
    left: tries,
    ...(lenient ? { lenient } : {}),
  }),
  toMove: (state) => (over(state) ? [] : [0]),
  play(state, _seat, guess) {
    if (over(state)) return { refused: 'the game is over' }
    if (Number.isNaN(guess)) return { refused: 'a guess is a number' }
    const { secret, left, lenient } = state
    if (lenient && !isInRange(guess)) return { refused: 'the number is from 1 to 100; this costs no try' }
    return { ...state, left: left === undefined ? undefined : left - 1, last: verdict(guess, secret) }
  },
  outcome: (state) => (over(state) ? { winners: state.last === 'right' ? [0] : [] } : undefined),
  view: ({ left, last, secret }, _who, outcome) => (outcome ? { left, last, secret } : { left, last }),
  *moves(state) {
    if (!over(state)) for (let guess = 1; guess <= 100; guess++) yield guess
  },
  notation: {
    parse: (text) => (/^[+-]?\d+$/.test(text.trim()) ? asTry(Number(text)) : { refused: 'type a whole number from 1 to 100' }),
    print: String,
    render: ({ left, last }) =>
      `${last ? VERDICTS[last] : 'Guess a number from 1 to 100.'}${left === undefined ? '' : ` Tries left: ${left}.`}`,
  },
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  low: 'Too low.',
  high: 'Too high.',
  right: 'Right!',
  wasted: 'That was no number from 1 to 100.',
}

function isInRange(guess: Try): boolean {
  return typeof guess === 'number' && guess >= 1 && guess <= 100
}

function over({ left, last }: Guessing): boolean {
  return last === 'right' || left === 0
}

function verdict(guess: Try, secret: number): Verdict {
  if (guess === 'wasted') return 'wasted'
  if (guess === secret) return 'right'
  return guess < secret ? 'low' : 'high'
}
