import type { Game } from './game.ts'

/** Verdict compares a try with the secret; `wasted` means that the try was not a number. */
export type Verdict = 'low' | 'high' | 'right' | 'wasted'

/** Guessing is the state of a game: the secret number, the remaining tries and the last verdict. */
export interface Guessing {
  readonly secret: number
  /** Number of remaining tries; missing if the number of tries is unlimited. */
  readonly left?: number | undefined
  readonly last?: Verdict | undefined
  /** The last try; missing before the first try, and in games from a version without this field. */
  readonly guess?: Try
  /** If true, the rules refuse a number out of range, and the try costs nothing. */
  readonly lenient?: true
}

/** GuessingView is the view of the player: the whole state without the secret, which the view contains only after the game. */
export interface GuessingView extends Pick<Guessing, 'left' | 'last' | 'guess'> {
  readonly secret?: number
}

/** GuessingOptions configure a game. The games of worksheet programs are not lenient: each number costs a try there. */
export interface GuessingOptions {
  readonly tries?: number
  readonly secret?: number | undefined
  readonly lenient?: boolean
}

/** Try is a guessed number of any size, or `wasted` if the player sent another text. */
export type Try = number | 'wasted'

/** Clamps a number to the safe integers, so that a guessed number of any size is a valid Try. */
export function toTry(number: number): Try {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(number, Number.MAX_SAFE_INTEGER))
}

/** guessing: one player looks for a number from 1 to 100; the verdict on each try is "too low", "too high" or "right". */
export const guessing: Game<Guessing, Try, GuessingView, GuessingOptions> = {
  name: 'guessing',
  publicName: 'guess',
  aliases: ['number'],
  title: 'guess a number from 1 to 100',
  rules:
    'The server has chosen a number from 1 to 100. After each guess the server answers whether the number is higher or lower. You win if you find the number within your number of tries, usually seven.',
  moveHint: 'a number, such as 50',
  settings: { tries: { min: 1, max: 100, usual: 7, about: 'tries' } },
  options: ({ tries = 7 }) => ({ tries, lenient: true }),
  screen: {
    end: ({ secret }, won) => (won ? 'You win!' : `You lose: the number was ${secret}.`),
    givenUp: ({ secret }) => `The number was ${secret}.`,
  },
  seats: { min: 1, max: 1 },
  setup: ({ tries, secret, lenient }, random) => ({
    secret: secret ?? random.integer(1, 100),
    left: tries,
    ...(lenient ? { lenient } : {}),
  }),
  toMove: (state) => (isOver(state) ? [] : [0]),
  play(state, _seat, guess) {
    if (isOver(state)) return { refused: 'the game is over' }
    if (Number.isNaN(guess)) return { refused: 'a guess is a number' }
    const { secret, left, lenient } = state
    if (lenient && !isInRange(guess)) return { refused: 'the number is from 1 to 100; this costs no try' }
    return { ...state, left: left === undefined ? undefined : left - 1, last: toVerdict(guess, secret), guess }
  },
  outcome: (state) => (isOver(state) ? { winners: state.last === 'right' ? [0] : [] } : undefined),
  view({ left, last, guess, secret }, _viewer, outcome) {
    const seen = { left, last, ...(guess === undefined ? {} : { guess }) }
    return outcome ? { ...seen, secret } : seen
  },
  withOtherSecrets: (state, _viewer, random) => ({ ...state, secret: random.integer(1, 100) }),
  *moves(state) {
    if (!isOver(state)) for (let guess = 1; guess <= 100; guess++) yield guess
  },
  notation: {
    parse: (text) => (/^[+-]?\d+$/.test(text.trim()) ? toTry(Number(text)) : { refused: 'type a whole number from 1 to 100' }),
    print: String,
    render: ({ left, last }) =>
      `${last ? VERDICTS[last] : 'Guess a number from 1 to 100.'}${left === undefined ? '' : ` Tries left: ${left}.`}`,
  },
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  low: 'Too low.',
  high: 'Too high.',
  right: 'Right!',
  wasted: 'That was not a number from 1 to 100.',
}

/** Checks whether a try is a number from 1 to 100. */
export function isInRange(guess: Try): boolean {
  return typeof guess === 'number' && guess >= 1 && guess <= 100
}

function isOver({ left, last }: Guessing): boolean {
  return last === 'right' || left === 0
}

function toVerdict(guess: Try, secret: number): Verdict {
  if (guess === 'wasted') return 'wasted'
  if (guess === secret) return 'right'
  return guess < secret ? 'low' : 'high'
}
