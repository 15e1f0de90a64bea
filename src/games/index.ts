import { coin } from './coin.ts'
import type { Game } from './game.ts'
import { guessing } from './guessing.ts'
import { hangman } from './hangman.ts'
import { quiz } from './quiz.ts'
import { robot } from './robot.ts'
import { hands } from './scissors.ts'
import { talk } from './talk.ts'
import { tictactoe } from './tictactoe.ts'

/** AnyGame is a game whose types of state, move and view only its own rules know. */
export type AnyGame = Game<unknown, unknown, unknown, unknown>

/** All games, by name. */
export const games: ReadonlyMap<string, AnyGame> = new Map(
  [coin, guessing, hands, hangman, quiz, robot, talk, tictactoe].map((game: AnyGame) => [game.name, game]),
)
