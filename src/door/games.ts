import { findNearest } from '../base/nearest.ts'
import { type CatalogueEntry, catalogue, findGame } from '../games/catalogue.ts'
import type { Refusal } from '../games/game.ts'
import { formatList } from './layout.ts'

/** Minimum number of letters of an abbreviated game. */
const PREFIX = 2

/** Aliases of the games, by their names in the catalogue. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  tictactoe: ['ttt', 'tic', 'tic-tac-toe', 'tic tac toe', 'noughts'],
  scissors: ['rps', 'rock', 'paper', 'stone', 'scissor', 'rock paper scissors', 'scissor paper stone', 'scissors paper stone'],
  hangman: ['hang', 'gallows'],
  quiz: ['questions', 'trivia'],
  guess: ['number'],
  headtail: ['head', 'tail', 'heads', 'tails', 'head or tail', 'heads or tails', 'toss'],
}

/** The names of all games, for a sentence. */
export const gameNames: string = formatList(
  catalogue.map(({ name }) => name),
  'or',
)

/** Finds a game by its name, an alias, or the beginning of one of these if it is unique. */
export function findGameByWord(typed: string): CatalogueEntry | undefined {
  const word = typed.toLowerCase()
  const exact = findGame(word) ?? findGame(aliased(word) ?? '')
  if (exact || word.length < PREFIX) return exact
  const [only, ...more] = beginningWith(word)
  return more.length === 0 ? only : undefined
}

/** Finds a game as `findGameByWord` does, or returns a refusal that lists the candidates or the nearest name. */
export function parseGame(typed: string): CatalogueEntry | Refusal {
  const found = findGameByWord(typed)
  if (found) return found
  if (typed === '') return { refused: `name a game: ${gameNames}` }
  const several = typed.length < PREFIX ? [] : beginningWith(typed.toLowerCase()).map(({ name }) => name)
  if (several.length > 1) return { refused: `"${typed}" could be ${formatList(several, 'or')}: type more of it` }
  const meant = findNearest(
    typed,
    catalogue.map((entry) => entry.name),
  )
  return { refused: `there is no game "${typed}"${meant ? `; did you mean "${meant}"?` : `: type ${gameNames}`}` }
}

/** Replaces an alias of several words at the beginning of a text by the name of the game: `tic tac toe size 4`. */
export function replaceGameAlias(text: string): string {
  for (const [name, words] of Object.entries(ALIASES)) {
    for (const word of words) {
      if (word.includes(' ') && `${text.toLowerCase()} `.startsWith(`${word} `)) return `${name}${text.slice(word.length)}`
    }
  }
  return text
}

function aliased(word: string): string | undefined {
  return Object.keys(ALIASES).find((name) => ALIASES[name]?.includes(word))
}

function beginningWith(word: string): readonly CatalogueEntry[] {
  return catalogue.filter(({ name }) => [name, ...(ALIASES[name] ?? [])].some((one) => one.startsWith(word)))
}
