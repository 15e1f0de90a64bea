import { catalogue, type Entry, entryOf } from '../../games/catalogue.ts'
import type { Refusal } from '../../games/game.ts'
import { nearest } from './nearest.ts'
import { listed } from './text.ts'

/** Letters that tell a game apart at least. */
const PREFIX = 2

/** Other words for the games, by the name under which each is asked for. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  tictactoe: ['ttt', 'tic', 'tic-tac-toe', 'tic tac toe', 'noughts'],
  scissors: ['rps', 'rock', 'paper', 'stone', 'scissor', 'rock paper scissors', 'scissor paper stone', 'scissors paper stone'],
  hangman: ['hang', 'gallows'],
  quiz: ['questions', 'trivia'],
  guess: ['number'],
  headtail: ['head', 'tail', 'heads', 'tails', 'head or tail', 'heads or tails', 'toss'],
}

/** The names of all games, for a sentence. */
export const gameNames: string = listed(
  catalogue.map(({ name }) => name),
  'or',
)

/** The game of a name, another word for it, or the beginning of one of these that no other game has. */
export function gameNamed(typed: string): Entry | undefined {
  const word = typed.toLowerCase()
  const exact = entryOf(word) ?? entryOf(aliased(word) ?? '')
  if (exact || word.length < PREFIX) return exact
  const [only, ...more] = beginningWith(word)
  return more.length === 0 ? only : undefined
}

/** The game of a name; a refusal for what is none, or could be several, with the nearest. */
export function gameOf(typed: string): Entry | Refusal {
  const found = gameNamed(typed)
  if (found) return found
  if (typed === '') return { refused: `say which game: ${gameNames}` }
  const several = typed.length < PREFIX ? [] : beginningWith(typed.toLowerCase()).map(({ name }) => name)
  if (several.length > 1) return { refused: `"${typed}" could be ${listed(several, 'or')}: type more of it` }
  const meant = nearest(
    typed,
    catalogue.map((entry) => entry.name),
  )
  return { refused: `there is no game "${typed}"${meant ? `; did you mean "${meant}"?` : `: say ${gameNames}`}` }
}

/** A text in which a game that has several words stands first, with its name instead: `tic tac toe size 4`. */
export function withGameName(text: string): string {
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

function beginningWith(word: string): readonly Entry[] {
  return catalogue.filter(({ name }) => [name, ...(ALIASES[name] ?? [])].some((one) => one.startsWith(word)))
}
