import { Catalog } from './catalog.ts'
import { coin } from './coin.ts'
import type { AnyGame } from './game.ts'
import { guessing } from './guessing.ts'
import { hangman } from './hangman.ts'
import { quiz } from './quiz.ts'
import { robot } from './robot.ts'
import { hands } from './scissors.ts'
import { talk } from './talk.ts'
import { tictactoe } from './tictactoe.ts'

export type { AnyGame } from './game.ts'

/** The shipped games, in the order in which pages show them. */
export const shippedGames: Catalog = new Catalog([tictactoe, hands, hangman, quiz, guessing, coin, robot, talk])

/** The same games, by the names of their rules. */
export const games: ReadonlyMap<string, AnyGame> = shippedGames.games
