import type { Game } from './game.ts'
import { foldCase, normalizeText, parseLetter, splitGraphemes } from './text/graphemes.ts'
import { words as english, findWordFault } from './words.ts'

/** Hangman is the state of a game: the word, and the characters that the player tried. */
export interface Hangman {
  readonly word: string
  /** The grapheme clusters of the word: a letter with its marks is one cluster. */
  readonly characters: readonly string[]
  /** The tried characters with folded case, in order. */
  readonly tried: readonly string[]
  /** Number of misses that the player has at the start. */
  readonly misses: number
  /** Number of misses that the player has left. */
  readonly left: number
  readonly last?: Guess
  /** If true, the rules refuse a digit that the word does not contain, and the digit costs no miss. */
  readonly lenient?: true
}

/** Guess is a tried character and its positions in the word, from 1; a miss has no positions. */
export interface Guess {
  readonly letter: string
  readonly positions: readonly number[]
}

/**
 * HangmanView is the view of the player: the characters that the player has found so far, and the whole word if the game is over.
 */
export interface HangmanView {
  /** The characters of the word in order; `''` for a character that the player has not found yet. */
  readonly shown: readonly string[]
  readonly tried: readonly string[]
  readonly misses: number
  readonly left: number
  readonly last?: Guess
  readonly word?: string
}

/**
 * HangmanOptions configure a game: they have a word, or a list from which the game chooses a word. Default: the built-in English
 * list.
 */
export interface HangmanOptions {
  readonly secret?: string | undefined
  readonly words?: readonly string[] | undefined
  readonly misses?: number | undefined
  /** If true, only a letter can cost a miss; in the worksheet programs a digit can also cost a miss. */
  readonly lenient?: boolean
}

/**
 * hangman: one player looks for a word, one character per try, and may miss eight times. The rules ignore case in every script. The
 * player has to find every character, also hyphens and apostrophes, because the worksheet's messages contain only positions and
 * cannot show characters at the start. Only letters and digits can cost a miss, and a repeated try costs nothing. A lenient game
 * shows all characters that are neither letters nor digits at the start.
 */
export const hangman: Game<Hangman, string, HangmanView, HangmanOptions> = {
  name: 'hangman',
  aliases: ['hang', 'gallows'],
  title: 'find the word, letter by letter, before you hang',
  rules:
    'A word is hidden. Name letters: the server shows each letter at all its places in the word, and a letter that the word does not contain is a miss. You win if you find the word, and you lose with the last miss, usually the eighth miss. A digit or another character that the word does not contain costs nothing here; in the program fh/hangman, a digit costs a miss.',
  moveHint: 'one letter, such as e',
  settings: { misses: { min: 1, max: 26, usual: 8, about: 'misses allowed' } },
  options: ({ misses = 8 }, { words }) => ({ words, misses, lenient: true }),
  screen: {
    end: ({ word = '' }, won) => (won ? `You win! The word is ${word}.` : `You lose: the word was ${word}.`),
    givenUp: ({ word = '' }) => `The word was ${word}.`,
  },
  seats: { min: 1, max: 1 },
  setup({ secret, words = english, misses = 8, lenient }, random) {
    const word = normalizeText(secret ?? random.choice(words))
    const refusal = findWordFault(word)
    if (refusal) throw new RangeError(refusal.refused)
    const characters = splitGraphemes(word)
    if (!lenient) return { word, characters, tried: [], misses, left: misses }
    // the state marks characters that the player cannot guess as tried, so the view shows them from the start
    const tried = [...new Set(characters.filter((character) => !isGuessable(character)).map(foldCase))]
    return { word, characters, tried, misses, left: misses, lenient }
  },
  toMove: (state) => (isOver(state) ? [] : [0]),
  play(state, _seat, move) {
    if (isOver(state)) return { refused: 'the game is over' }
    const letter = parseLetter(move)
    if (letter === undefined) return { refused: 'guess one letter at a time, such as e' }
    const tried = foldCase(letter)
    if (state.tried.includes(tried)) return { refused: `${letter} was tried already: guess another letter` }
    const positions = state.characters.flatMap((character, at) => (foldCase(character) === tried ? [at + 1] : []))
    if (positions.length === 0 && !(state.lenient ? /^\p{L}/u.test(letter) : isGuessable(letter)))
      return { refused: 'that is not a letter: guess a letter, such as e' }
    const left = positions.length > 0 ? state.left : state.left - 1
    return { ...state, tried: [...state.tried, tried], left, last: { letter, positions } }
  },
  outcome: (state) => (isOver(state) ? { winners: isFound(state) ? [0] : [] } : undefined),
  view(state, _viewer, outcome) {
    const { word, characters, lenient, ...rest } = state
    const seen = lenient ? { ...rest, tried: rest.tried.filter(isGuessable) } : rest
    const shown = characters.map((character) => (state.tried.includes(foldCase(character)) ? character : ''))
    return outcome || isOver(state) ? { ...seen, shown, word } : { ...seen, shown }
  },
  withOtherSecrets(state, _viewer, random) {
    const untried = [...FREQUENT].filter((letter) => !state.tried.includes(letter))
    const characters = state.characters.map((one) => (state.tried.includes(foldCase(one)) ? one : random.choice(untried)))
    return { ...state, characters, word: characters.join('') }
  },
  choose: ({ tried }) => nextLetter(tried),
  notation: {
    parse: (text) => parseLetter(text) ?? { refused: 'type one letter' },
    print: (letter) => letter,
    render(view) {
      const missed = view.tried.length > 0 ? `   tried: ${view.tried.join(' ')}` : ''
      return `${renderGallows(view)}  ${view.shown.map((character) => character || '_').join(' ')}   misses left: ${view.left}${missed}\n`
    },
  },
}

const FREQUENT = 'etaoinshrdlcumwfgypbvkjxqz'

/** Checks whether a character is a letter or a digit. */
function isGuessable(character: string): boolean {
  return /^[\p{L}\p{N}]/u.test(character)
}

/** Returns the letter that the house tries next: first the frequent letters of English, then letters of other languages. */
function nextLetter(tried: readonly string[]): string {
  const frequent = [...FREQUENT].find((letter) => !tried.includes(letter))
  if (frequent !== undefined) return frequent
  let code = 0xdf
  while (!/\p{L}/u.test(String.fromCodePoint(code)) || tried.includes(foldCase(String.fromCodePoint(code)))) code++
  return String.fromCodePoint(code)
}

function isFound({ characters, tried }: Hangman): boolean {
  return characters.every((character) => tried.includes(foldCase(character)))
}

function isOver(state: Hangman): boolean {
  return state.left <= 0 || isFound(state)
}

/** Renders the gallows for the misses so far; empty before the first miss. */
function renderGallows({ misses, left }: HangmanView): string {
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

/** The parts of the drawing, in order: base, post, beam, rope, head, body, arms, legs. */
const PARTS = 8
