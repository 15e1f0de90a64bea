import { isRefusal, type SeatNumber } from '../../src/games/game.ts'
import type { Guessing, GuessingView } from '../../src/games/guessing.ts'
import type { Hangman, HangmanView } from '../../src/games/hangman.ts'
import { type AnyGame, games } from '../../src/games/index.ts'
import type { Quiz, QuizView } from '../../src/games/quiz.ts'
import type { Hands, HandsView } from '../../src/games/scissors.ts'

/** BrokenGame is a game that leaks a secret, to show that the test detects the leak. */
export interface BrokenGame {
  readonly how: string
  readonly game: AnyGame
  /** The clients that receive the leak beside watchers: all, or those that see the whole view. */
  readonly heardBy: 'everybody' | 'natives' | 'watchers'
}

/** All games with a public view, each with its view broken on purpose, or its randomness if the view hides nothing. */
export const BROKEN: Readonly<Record<string, readonly BrokenGame[]>> = {
  hangman: [
    whole('hangman'),
    leaking<Hangman, HangmanView>(
      'hangman',
      'has one miss more if the next letter is late in the alphabet',
      ({ characters, tried }, view) => {
        const next = characters.find((character) => !tried.includes(character)) ?? ''
        return next > 'h' ? { ...view, left: view.left + 1 } : view
      },
    ),
  ],
  guessing: [
    whole('guessing'),
    leaking<Guessing, GuessingView>('guessing', 'calls a guess wasted if the number is odd', ({ secret }, view) =>
      view.last && secret % 2 === 1 ? { ...view, last: 'wasted' } : view,
    ),
  ],
  quiz: [
    whole('quiz'),
    leaking<Quiz, QuizView>('quiz', 'asks with a full stop if A is right', ({ questions, answers }, view) =>
      view.open && questions[answers.length]?.right === 0 ? { ...view, open: { ...view.open, text: `${view.open.text}.` } } : view,
    ),
  ],
  hands: [
    whole('hands'),
    // no program can send a round before both players have chosen, because its automaton has no message for such a round
    leaking<Hands, HandsView>(
      'hands',
      'shows watchers a round when one has chosen',
      ({ chosen: { 0: one, 1: two } }, view, who) =>
        who === 'watcher' && (one || two) ? { ...view, rounds: [...view.rounds, [one ?? 'Stone', two ?? 'Stone']] } : view,
      'watchers',
    ),
  ],
  ...Object.fromEntries(['coin', 'tictactoe'].map((name) => [name, [chancy(name)]])),
}

/** Returns the games of a hall, one of them broken. */
export function gamesWith({ game }: BrokenGame): ReadonlyMap<string, AnyGame> {
  return new Map([...games, [game.name, game]])
}

/** Returns a game whose view contains its state. */
function whole(name: string): BrokenGame {
  const game = rulesOf(name)
  const view: AnyGame['view'] = (state, who, outcome) => ({ ...Object(game.view(state, who, outcome)), ...Object(state) })
  return { how: 'shows its state', game: { ...game, view }, heardBy: 'natives' }
}

/** Returns a game whose view leaks a part of a secret. */
function leaking<State, View>(
  name: string,
  how: string,
  leak: (state: State, view: View, who: SeatNumber | 'watcher') => View,
  heardBy: BrokenGame['heardBy'] = 'everybody',
): BrokenGame {
  const game = rulesOf(name)
  const view: AnyGame['view'] = (state, who, outcome) => leak(state as State, game.view(state, who, outcome) as View, who)
  return { how, game: { ...game, view }, heardBy }
}

/** Returns a game that stores and shows a number of the table's random source. */
function chancy(name: string): BrokenGame {
  const game = rulesOf(name)
  const play: AnyGame['play'] = (state, seat, move, random) => {
    const next = game.play(state, seat, move, random)
    return isRefusal(next) ? next : { ...Object(next), chance: random.integer(0, 999) }
  }
  return { how: 'shows what chance gave', game: { ...game, play, view: (state) => state }, heardBy: 'natives' }
}

function rulesOf(name: string): AnyGame {
  const game = games.get(name)
  if (!game) throw new Error(`no game ${name}`)
  return game
}
