import { coin } from './coin.ts'
import type { Refusal, SeatNumber } from './game.ts'
import { guessing } from './guessing.ts'
import { hangman } from './hangman.ts'
import type { AnyGame } from './index.ts'
import type { Question } from './questions/question.ts'
import { quiz } from './quiz.ts'
import { hands } from './scissors.ts'
import { tictactoe } from './tictactoe.ts'

/** GameSettings are the numbers, by name, that a user gives when asking for a game. */
export type GameSettings = Readonly<Record<string, number>>

/** SettingInfo describes one setting of a game: its range, its default and its meaning. */
export interface SettingInfo {
  readonly min: number
  readonly max: number
  readonly usual: number
  readonly about: string
}

/** GameAssets are the operator's own words and questions; games use the built-in ones if a field is missing. */
export interface GameAssets {
  readonly words?: readonly string[] | undefined
  readonly questions?: readonly Question[] | undefined
}

/** CatalogueEntry is a game that a user can ask for by name, with the texts that explain how to play it. */
export interface CatalogueEntry {
  readonly game: AnyGame
  /** The name in the catalogue; `game.name` is accepted, too. */
  readonly name: string
  readonly title: string
  /** How a user types a move, in one line. */
  readonly moves: string
  readonly settings: Readonly<Record<string, SettingInfo>>
  /** Returns the options for `game.setup`. */
  setup(settings: GameSettings, stock: GameAssets): Promise<unknown> | unknown
}

/** catalogue lists the games that a user can ask for by name, in the order in which pages show them. */
export const catalogue: readonly CatalogueEntry[] = [
  {
    game: tictactoe,
    name: 'tictactoe',
    title: 'tic-tac-toe: three in a row win, or as many as a row has',
    moves: 'the number of a free cell',
    settings: { size: { min: 2, max: 20, usual: 3, about: 'cells in a row' } },
    setup: ({ size = 3 }) => (size === 3 ? {} : { size }),
  },
  {
    game: hands,
    name: 'scissors',
    title: 'scissor, paper, stone: three rounds, both choose at once',
    moves: '1 for scissor, 2 for paper, 3 for stone; or the word',
    settings: {},
    setup: () => undefined,
  },
  {
    game: hangman,
    name: 'hangman',
    title: 'find the word, letter by letter, before you hang',
    moves: 'one letter, such as e',
    settings: { misses: { min: 1, max: 26, usual: 8, about: 'misses allowed' } },
    setup: ({ misses = 8 }, { words }) => ({ words, misses, lenient: true }),
  },
  {
    game: quiz,
    name: 'quiz',
    title: 'questions on networks, sockets and text; points for the ladder',
    moves: 'the letter of an answer, such as A',
    settings: { count: { min: 1, max: 50, usual: 5, about: 'questions' } },
    setup: async ({ count = 5 }, { questions }) => ({ questions: questions ?? (await import('./questions/bank.ts')).bank, count }),
  },
  {
    game: guessing,
    name: 'guess',
    title: 'guess a number from 1 to 100',
    moves: 'a number, such as 50',
    settings: { tries: { min: 1, max: 100, usual: 7, about: 'tries' } },
    setup: ({ tries = 7 }) => ({ tries, lenient: true }),
  },
  {
    game: coin,
    name: 'headtail',
    title: 'head or tail, as long as you like',
    moves: 'H for head, T for tail',
    settings: {},
    setup: () => undefined,
  },
]

/** Returns the game with a name, ignoring case; `undefined` if there is none. */
export function findGame(name: string): CatalogueEntry | undefined {
  const wanted = name.toLowerCase()
  return catalogue.find(({ name, game }) => name === wanted || game.name === wanted)
}

/** Returns a Refusal that names the first invalid setting; `undefined` if all settings are valid. */
export function checkSettings({ name, settings: known }: CatalogueEntry, settings: GameSettings): Refusal | undefined {
  for (const [setting, value] of Object.entries(settings)) {
    const info = Object.hasOwn(known, setting) ? known[setting] : undefined
    if (!info) return { refused: `${name} has no setting ${setting}${formatList(Object.keys(known))}` }
    if (!Number.isInteger(value) || value < info.min || value > info.max) {
      return { refused: `${setting}, ${info.about}, is a whole number from ${info.min} to ${info.max}` }
    }
  }
  return undefined
}

/** Returns a Refusal if the seats that a user asks for do not exist or repeat; `undefined` if they are valid. */
export function checkSeats({ name, game }: CatalogueEntry, seats: readonly SeatNumber[] | undefined): Refusal | undefined {
  if (!seats) return undefined
  const last = game.seats.max - 1
  const fits = seats.length > 0 && new Set(seats).size === seats.length
  if (fits && seats.every((seat) => Number.isInteger(seat) && seat >= 0 && seat <= last)) return undefined
  return { refused: last === 0 ? `${name} has one seat, 0` : `the seats of ${name} are 0 to ${last}: name some of them, each once` }
}

function formatList(names: readonly string[]): string {
  return names.length === 0 ? '' : `; it has ${names.join(', ')}`
}
