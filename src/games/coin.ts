import type { Game } from './game.ts'

const FACES = ['H', 'T'] as const

/** Words for a guess; the worksheet programs accept only the letters. */
const WORDS: ReadonlyMap<string, Face> = new Map([
  ...['h', 'head', 'heads'].map((word) => [word, 'H'] as const),
  ...['t', 'tail', 'tails'].map((word) => [word, 'T'] as const),
])

/** Face is a side of a coin: H for head, T for tail. */
export type Face = (typeof FACES)[number]

/** Coin counts the guesses so far. */
export interface Coin {
  readonly guesses: number
  readonly right: number
  /** True if the last guess was right; missing before the first guess. */
  readonly last?: boolean
  /** The last guess; missing before the first guess. */
  readonly call?: Face
}

/** coin: one player guesses the face of a tossed coin, again and again. The game ends only if the player leaves. */
export const coin: Game<Coin, Face, Coin> = {
  name: 'coin',
  publicName: 'headtail',
  aliases: ['head', 'tail', 'heads', 'tails', 'head or tail', 'heads or tails', 'toss'],
  title: 'head or tail, as long as you like',
  rules: 'The server tosses a coin. Guess head or tail before the coin falls, as often as you like; "resign" ends the game.',
  moveHint: 'H for head, T for tail',
  options: () => undefined,
  screen: { givenUp: ({ right, guesses }) => `Guessed right: ${right} of ${guesses}.` },
  seats: { min: 1, max: 1 },
  setup: () => ({ guesses: 0, right: 0 }),
  toMove: () => [0],
  play({ guesses, right }, _seat, guess, random) {
    if (!FACES.includes(guess)) return { refused: 'a guess is H (head) or T (tail)' }
    const last = random.choice(FACES) === guess
    return { guesses: guesses + 1, right: right + (last ? 1 : 0), last, call: guess }
  },
  outcome: () => undefined,
  view: (state) => state,
  moves: () => FACES,
  notation: {
    parse: (text) => WORDS.get(text.trim().toLowerCase()) ?? { refused: 'type H (head) or T (tail)' },
    print: (face) => face,
    render: ({ guesses, right, last }) =>
      last === undefined ? 'Guess: head (H) or tail (T)?' : `${last ? 'Right' : 'Wrong'}: ${right} of ${guesses} so far.`,
  },
}
