import type { Catalog, CatalogEntry } from '../../games/catalog.ts'
import { isRefusal, type Refusal } from '../../games/game.ts'
import { shippedGames } from '../../games/index.ts'
import { foldCase, splitGraphemes } from '../../games/text/graphemes.ts'
import { findImpersonation } from './impersonation.ts'
import { findReading, type Reading } from './reserved.ts'
import { toDisplayedForm, toSkeleton } from './skeleton.ts'

/** Maximum number of code points in a name. */
const LONGEST = 20

/** Maximum number of code units of a text that `foldName` folds: no spelling of a name has so many. */
const FOLDED = 256
/** Maximum number of code units of a folded text in NFKC: one code point has at most 18 code units in NFKC. */
const WRITTEN_OUT = 18 * LONGEST
/** Matches an ASCII text; `foldName` changes only its capitals and blanks. */
const ASCII = /^[\0-\x7f]*$/
/** Maximum number of code units of a user's name in NFKC. */
const WIDEST = 60

/** Patterns of invalid names, with the refusal for each pattern. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\ufffd/u, 'the name is not UTF-8: send it as UTF-8'],
  [/^\0?(?:[^\0]\0){2}/u, 'a name in UTF-16 has a NUL beside each letter: send UTF-8'],
  // invisible: controls, formats such as changes of direction, unassigned code points, fillers, an empty Braille cell, a null notehead
  [/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{16fe4}\u{1d159}]/u, 'a name has only visible characters'],
  [/^\p{Zs}|\p{Zs}$/u, 'a name has no blanks at its ends'],
  [/(?! )\p{Zs}/u, 'a name has no blank except the space'],
  [/@/, 'a name has no @'],
  [/^\p{M}|\p{M}{4}/u, 'a name does not begin with a mark, and has at most three marks in a row'],
]

/** Matches a login command; it ends with a password, so the refusal does not quote the command. */
const LOGIN = /^(?:log[ _-]?in|log[ _-]?on|sign[ _-]?in|register|password|pass|auth)[^\p{L}\p{N}]+\S/iu
/** Matches a name whose last word is probably a password: eight or more characters, capitals, small letters, a digit before a letter. */
const PASSWORD_BEHIND = /\s(?=\S*\d\S*\p{L})(?=\S*\p{Lu})(?=\S*\p{Ll})\S{8,}$/u

const MARKS = 'a name has no mark twice in a row, and no mark that encloses a letter'

/** Scripts in use (UAX 31, table 5); a name may not mix two scripts. */
const SCRIPTS = `Arab Armn Beng Cyrl Deva Ethi Geor Grek Gujr Guru Hebr Khmr Knda Laoo Latn Mlym Mymr Orya Sinh Taml Telu Thaa Thai
  Tibt`.split(/\s+/)

/** Alphabets of names: one script, or a mix that is usual in East Asia (UTS 39, "highly restrictive"). */
const ALPHABETS = [
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}]*$/v,
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Bopo}]*$/v,
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Hang}]*$/v,
  ...SCRIPTS.map((script) => new RegExp(`^\\p{scx=${script}}*$`, 'v')),
  // all other scripts form a single group, because their letters are rare
  new RegExp(`^[${[...SCRIPTS, 'Hani', 'Hira', 'Kana', 'Bopo', 'Hang'].map((script) => `\\P{scx=${script}}`).join('&&')}]*$`, 'v'),
]

/** GameWords has the words of a server's games that cannot be names. */
export interface GameWords {
  /** All names of all games, in folded form. */
  readonly games: ReadonlySet<string>
  /** Words, other than names, that can follow the game in `play`. */
  readonly terms: ReadonlySet<string>
  /** The settings of all games, also of games for one player. */
  readonly settings: ReadonlySet<string>
}

/** Returns the words of a server's games; these words cannot be names. */
export function gameWords({ entries }: Catalog): GameWords {
  return {
    games: new Set(entries.flatMap(({ name, game }) => [foldName(name), foldName(game.name)])),
    terms: new Set([...TERMS, ...settingsOf(entries.filter(({ game }) => game.seats.max > 1))]),
    settings: new Set(settingsOf(entries)),
  }
}

/** Words that can follow any game for two in `play`. */
const TERMS = ['against', 'minutes', 'private', 'rated', 'seconds']

/** Words that answer a question of the front door or of a protocol, or that are placeholders in its texts. */
const ANSWERS = new Set('code n nah nope sure versus vs with y yeah yep yup'.split(' '))

/** The words of the shipped games. */
const SHIPPED_WORDS = gameWords(shippedGames)

/**
 * Returns a name in NFC, the form of the store and the screens, or a refusal. A name has 1 to 20 characters, no @ and no blank at
 * its ends, as `fh/tictactoe` requires. A name has only visible characters. A name has no unassigned code points, because their case
 * folding is unknown.
 */
export function checkName(text: string): string | Refusal {
  const name = text.normalize('NFC')
  const length = [...name].length
  if (length === 0) return { refused: `a name has 1 to ${LONGEST} characters, and this name has none` }
  if (length > LONGEST) return { refused: `a name has at most ${LONGEST} characters, and this name has ${length}` }
  const [, refused] = FORBIDDEN.find(([forbidden]) => forbidden.test(name)) ?? []
  if (refused === undefined && /\p{Me}|(\p{Mn})\1/u.test(name.normalize('NFD'))) return { refused: MARKS }
  return refused === undefined ? name : { refused }
}

/**
 * Checks a user's name as `checkName` does. It also refuses a name that other users could mistake for a line of the server or for a
 * command. It refuses a name with letters of several alphabets, too, because such a name can look like another name.
 */
export function checkPersonName(text: string): string | Refusal {
  const name = checkName(text)
  if (isRefusal(name)) return name
  if (/[:/]/.test(name)) return { refused: 'a name has no : and no /, because users could mistake it for a command or for talk' }
  const full = name.normalize('NFKC')
  if (LOGIN.test(full)) return { refused: 'that is a line with a password, not a name: send the name alone' }
  if (PASSWORD_BEHIND.test(full)) return { refused: 'the last word looks like a password: send the name alone' }
  if (full.length > WIDEST) {
    return { refused: `a name has at most ${WIDEST} letters with its ligatures written out, and this name has ${full.length}` }
  }
  const letters = full.replace(/\P{L}/gu, '')
  if (!ALPHABETS.some((alphabet) => alphabet.test(letters))) return { refused: 'a name has the letters of one alphabet' }
  const reason = reasonAgainst(name, name) ?? reasonAgainst(name, toDisplayedForm(name))
  return reason === undefined ? name : { refused: `${name} cannot be a name: ${reason}; choose another` }
}

function settingsOf(entries: readonly CatalogEntry[]): readonly string[] {
  return entries.flatMap(({ settings }) => Object.keys(settings))
}

/** Returns the reason if `text`, which is a form of the name, reads like a reserved word or like the server; otherwise `undefined`. */
function reasonAgainst(name: string, text: string): string | undefined {
  const reading = findReading(text)
  return reading ? reasonFor(name, reading) : findImpersonation(text)
}

/** Returns the reason why the server refuses a name that reads like a reserved word. */
function reasonFor(name: string, { word, article }: Reading): string {
  if (foldName(name) === word) return 'it is a command, or another word with a meaning here'
  const beside = article ? 'an article before it makes' : 'other signs beside its letters make'
  return `it reads like "${word}", which has a meaning here, and ${beside} no difference`
}

/**
 * Checks a name at the front door or in the native protocol as `checkPersonName` does. Also refuses a name that would make a line
 * such as `play tictactoe size 4 NAME` ambiguous: a number, a game, a word or a setting of `play`.
 */
export function checkLobbyName(text: string, { games, terms, settings }: GameWords = SHIPPED_WORDS): string | Refusal {
  const name = checkPersonName(text)
  if (isRefusal(name)) return name
  if (/^(?=.*\p{N})[\p{N}\p{P}\s_.,|+-]*$|^[\d.]+e[+-]?\d+$/iu.test(name))
    return { refused: 'a name cannot be a number, which can mean a move or a table: add a letter' }
  if (/^[^\p{L}\p{Extended_Pictographic}]{2,}$/u.test(name))
    return { refused: 'a name of several characters has a letter, so that users do not mistake it for a line of a board or a list' }
  if (ANSWERS.has(foldName(name)))
    return { refused: `${name} cannot be a name: it is an answer, or a word with a meaning here; choose another` }
  if ([name, toDisplayedForm(name)].some((text) => /^[ox]$/i.test(toSkeleton(text))))
    return { refused: `${name} cannot be a name: it is a mark on the board of tictactoe; choose another` }
  const folded = foldName(name)
  if (games.has(folded)) return { refused: `${name} cannot be a name: it is a game; choose another` }
  const word = folded.split('_').find((part) => terms.has(part)) ?? (settings.has(folded) ? folded : undefined)
  return word === undefined ? name : { refused: `${name} cannot be a name: "${word}" has a meaning after "play"; choose another` }
}

/**
 * Returns the key of a name: names with the same key are the same name for the server. The key is for comparison; no screen shows it.
 * The key ignores case with `fold`, because a single `toLowerCase` leaves ß and ẞ, σ and ς different. It ignores compatibility forms
 * such as ａｄａ (NFKC). It has a `_` in place of a blank, so that users can type a name with blanks as one word.
 */
export function foldName(name: string): string {
  // a longer text is not a name, so folding would waste time
  if (name.length > FOLDED) return name
  if (ASCII.test(name)) return name.toLowerCase().replace(/[\s_]+/g, '_')
  const full = name.normalize('NFKC')
  if (full.length > WRITTEN_OUT) return name
  const characters = splitGraphemes(full)
  const folded = full.length > name.length ? foldRepeated(characters) : characters.map(foldCase)
  return folded
    .join('')
    .normalize('NFKD')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC')
    .replace(/[\s_]+/g, '_')
}

/** Folds characters. Calls `foldCase` only once for a character that occurs several times. */
function foldRepeated(characters: readonly string[]): string[] {
  const known = new Map(characters.map((character) => [character, '']))
  for (const character of known.keys()) known.set(character, foldCase(character))
  return characters.map((character) => known.get(character) ?? '')
}
