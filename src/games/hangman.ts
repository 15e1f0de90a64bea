import { charactersOf, clean, fold, letterOf } from './characters.ts'
import type { Game } from './game.ts'
import { words as english, unguessable } from './words.ts'

/** Hangman is a word, character by character, and what was tried of it. */
export interface Hangman {
  readonly word: string
  /** The characters of the word, as people count them: a letter with its marks is one. */
  readonly characters: readonly string[]
  /** What was tried, folded, in order. */
  readonly tried: readonly string[]
  /** Misses that were allowed at the start. */
  readonly misses: number
  /** Misses still left. */
  readonly left: number
  readonly last?: Guess
  /** A digit that the word does not have is refused, and costs no miss. */
  readonly lenient?: true
}

/** Guess is a character that was tried, and where the word has it: counted from 1, nowhere for a miss. */
export interface Guess {
  readonly letter: string
  readonly positions: readonly number[]
}

/** HangmanView is what is seen of the word: everything that was found, and the whole of it only when the game is over. */
export interface HangmanView {
  /** The characters of the word in order, `''` for one that is not found yet. */
  readonly shown: readonly string[]
  readonly tried: readonly string[]
  readonly misses: number
  readonly left: number
  readonly last?: Guess
  readonly word?: string
}

/** HangmanOptions is how a game is set up: a word, or words of which one is drawn; English ones where none are given. */
export interface HangmanOptions {
  readonly secret?: string | undefined
  readonly words?: readonly string[] | undefined
  readonly misses?: number | undefined
  /** Only letters can be missed; in a worksheet's program digits can, too. */
  readonly lenient?: boolean
}

/**
 * hangman: one player looks for a word, a character a try, and may miss eight times. Case is ignored, in any script.
 * Every character has to be found, a hyphen or an apostrophe too, for a view of positions alone cannot show them from
 * the start; but only letters and digits can be missed, and what was tried already costs nothing. A lenient game shows at the
 * start what is neither.
 */
export const hangman: Game<Hangman, string, HangmanView, HangmanOptions> = {
  name: 'hangman',
  seats: { min: 1, max: 1 },
  setup({ secret, words = english, misses = 8, lenient }, random) {
    const word = clean(secret ?? random.choice(words))
    const refusal = unguessable(word)
    if (refusal) throw new RangeError(refusal.refused)
    const characters = charactersOf(word)
    if (!lenient) return { word, characters, tried: [], misses, left: misses }
    // what cannot be guessed is seen from the start
    const tried = [...new Set(characters.filter((character) => !isGuessable(character)).map(fold))]
    return { word, characters, tried, misses, left: misses, lenient }
  },
  toMove: (state) => (over(state) ? [] : [0]),
  play(state, _seat, move) {
    if (over(state)) return { refused: 'the game is over' }
    const letter = letterOf(move)
    if (letter === undefined) return { refused: 'guess one letter at a time, such as e' }
    const tried = fold(letter)
    if (state.tried.includes(tried)) return { refused: `${letter} was tried already: guess another letter` }
    const positions = state.characters.flatMap((character, at) => (fold(character) === tried ? [at + 1] : []))
    if (positions.length === 0 && !(state.lenient ? /^\p{L}/u.test(letter) : isGuessable(letter)))
      return { refused: 'that is no letter: guess a letter, such as e' }
    const left = positions.length > 0 ? state.left : state.left - 1
    return { ...state, tried: [...state.tried, tried], left, last: { letter, positions } }
  },
  outcome: (state) => (over(state) ? { winners: found(state) ? [0] : [] } : undefined),
  view(state, _who, outcome) {
    const { word, characters, lenient, ...rest } = state
    const seen = lenient ? { ...rest, tried: rest.tried.filter(isGuessable) } : rest
    const shown = characters.map((character) => (state.tried.includes(fold(character)) ? character : ''))
    return outcome || over(state) ? { ...seen, shown, word } : { ...seen, shown }
  },
  choose: ({ tried }) => untried(tried),
  notation: {
    parse: (text) => letterOf(text) ?? { refused: 'type one letter' },
    print: (letter) => letter,
    render(view) {
      const missed = view.tried.length > 0 ? `   tried: ${view.tried.join(' ')}` : ''
      return `${gallows(view)}  ${view.shown.map((character) => character || '_').join(' ')}   misses left: ${view.left}${missed}\n`
    },
  },
}

const FREQUENT = 'etaoinshrdlcumwfgypbvkjxqz'

/** Checks whether a character can be missed, if a digit costs a miss as well. */
function isGuessable(character: string): boolean {
  return /^[\p{L}\p{N}]/u.test(character)
}

/** The letter to try next: the frequent ones of English first, then those of other languages. */
function untried(tried: readonly string[]): string {
  const frequent = [...FREQUENT].find((letter) => !tried.includes(letter))
  if (frequent !== undefined) return frequent
  let code = 0xdf
  while (!/\p{L}/u.test(String.fromCodePoint(code)) || tried.includes(fold(String.fromCodePoint(code)))) code++
  return String.fromCodePoint(code)
}

function found({ characters, tried }: Hangman): boolean {
  return characters.every((character) => tried.includes(fold(character)))
}

function over(state: Hangman): boolean {
  return state.left <= 0 || found(state)
}

/** The picture, as far as the misses have brought it; nothing before the first. */
function gallows({ misses, left }: HangmanView): string {
  const stage = Math.ceil(((misses - left) / Math.max(misses, 1)) * PARTS)
  const at = (part: number, sign: string) => (stage >= part ? sign : ' '.repeat(sign.length))
  const rows = [
    `  ${at(3, '+---+')}`,
    `  ${at(2, '|')}   ${at(4, '|')}`,
    `  ${at(2, '|')}   ${at(5, 'O')}`,
    `  ${at(2, '|')}  ${at(7, '/')}${at(6, '|')}${at(7, '\\')}`,
    `  ${at(2, '|')}  ${at(8, '/ \\')}`,
    ` ${at(1, '=====')}`,
  ]
  return rows.map((row) => (row.trim() ? `${row.trimEnd()}\n` : '')).join('')
}

/** Base, post, beam, rope, head, body, arms, legs. */
const PARTS = 8
