import { catalogue, type Entry } from '../games/catalogue.ts'
import { charactersOf, fold } from '../games/characters.ts'
import { isRefusal, type Refusal } from '../games/game.ts'
import { poseOf } from './poses.ts'
import { type Reading, readingOf } from './reserved.ts'
import { asShown, skeleton } from './skeleton.ts'

/** Characters (code points) of a name, at most. */
const LONGEST = 20

/** Code units of what is folded, at most: more than a name has, however it is written. */
const FOLDED = 256
/** Code units in NFKC of what is folded, at most: each of the characters of a name has 18 there at most. */
const WRITTEN_OUT = 18 * LONGEST
/** Characters whose only other spellings are capitals and blanks. */
const ASCII = /^[\0-\x7f]*$/
/** Code units in NFKC of the name that a person wants, at most. */
const WIDEST = 60

/** What no name has, and the sentence that says so. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\ufffd/u, 'the name arrived broken: send it as UTF-8'],
  // not seen: controls, formats such as those that turn the direction, unassigned ones, fillers, an empty Braille cell, a note without a head
  [/^\0?(?:[^\0]\0){2}/u, 'a name in UTF-16 has a NUL beside each letter: send UTF-8'],
  [/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{16fe4}\u{1d159}]/u, 'a name has only characters that can be seen'],
  [/^\p{Zs}|\p{Zs}$/u, 'a name has no blanks at its ends'],
  [/(?! )\p{Zs}/u, 'a name has no blanks but common ones'],
  [/@/, 'a name has no @'],
  [/^\p{M}|\p{M}{4}/u, 'a name does not begin with a mark, and has at most three in a row'],
]

/** A line of a program with passwords: the last of it is one, so it is not quoted. */
const LOGIN = /^(?:log[ _-]?in|log[ _-]?on|sign[ _-]?in|register|password|pass|auth)[^\p{L}\p{N}]+\S/iu
/** A name and a word that is sooner a password: of eight characters at least, in both cases, a digit before a letter. */
const PASSWORD_BEHIND = /\s(?=\S*\d\S*\p{L})(?=\S*\p{Lu})(?=\S*\p{Ll})\S{8,}$/u

const MARKS = 'a name has no mark twice in a row, and none that encloses a letter'

/** Scripts in use (UAX 31, table 5), none of which stands beside another in a name. */
const SCRIPTS = `Arab Armn Beng Cyrl Deva Ethi Geor Grek Gujr Guru Hebr Khmr Knda Laoo Latn Mlym Mymr Orya Sinh Taml Telu Thaa Thai
  Tibt`.split(/\s+/)

/** Alphabets of names: one script, or a mix that is usual in East Asia (UTS 39, "highly restrictive"). */
const ALPHABETS = [
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}]*$/v,
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Bopo}]*$/v,
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Hang}]*$/v,
  ...SCRIPTS.map((script) => new RegExp(`^\\p{scx=${script}}*$`, 'v')),
  // all others together, whose letters are rare
  new RegExp(`^[${[...SCRIPTS, 'Hani', 'Hira', 'Kana', 'Bopo', 'Hang'].map((script) => `\\P{scx=${script}}`).join('&&')}]*$`, 'v'),
]

/** The games, by each name that they have. */
const GAMES = new Set(catalogue.flatMap(({ name, game }) => [foldName(name), foldName(game.name)]))

/** Words that can stand behind the game in `play`, beside names. */
const PLAY_WORDS = new Set([
  'against',
  'minutes',
  'private',
  'rated',
  'seconds',
  ...settingsOf(catalogue.filter(({ game }) => game.seats.max > 1)),
])

/** Words that answer a question, or stand for what is to be typed, in what the front door and the protocols say. */
const ANSWERS = new Set('code n nah nope sure versus vs with y yeah yep yup'.split(' '))

/** The settings of all games, also of those that are played alone. */
const SETTINGS = new Set(settingsOf(catalogue))

/**
 * A name as it is kept and shown, in NFC; a refusal for what cannot be one. 1 to 20 characters, without an @ or a blank
 * at the ends, as `fh/tictactoe` has it; all of them can be seen, and Unicode has them, for of what is not yet assigned
 * nobody knows how it folds.
 */
export function checkName(text: string): string | Refusal {
  const name = text.normalize('NFC')
  const length = [...name].length
  if (length === 0) return { refused: `a name has 1 to ${LONGEST} characters, and this has none` }
  if (length > LONGEST) return { refused: `a name has at most ${LONGEST} characters, and this has ${length}` }
  const [, refused] = FORBIDDEN.find(([forbidden]) => forbidden.test(name)) ?? []
  if (refused === undefined && /\p{Me}|(\p{Mn})\1/u.test(name.normalize('NFD'))) return { refused: MARKS }
  return refused === undefined ? name : { refused }
}

/**
 * The name that a person wants, as `checkName`; refused too where others would take it for the house's word, for a
 * command, or by letters of several alphabets for somebody else.
 */
export function checkPersonName(text: string): string | Refusal {
  const name = checkName(text)
  if (isRefusal(name)) return name
  if (/[:/]/.test(name)) return { refused: 'a name has no : and no /, so that nobody takes it for a command or for talk' }
  const full = name.normalize('NFKC')
  if (LOGIN.test(full)) return { refused: 'that is a line with a password, and no name: say the name alone' }
  if (PASSWORD_BEHIND.test(full)) return { refused: 'the last word looks like a password: say the name alone' }
  if (full.length > WIDEST) {
    return { refused: `a name has at most ${WIDEST} letters where some of them stand for several, and this has ${full.length}` }
  }
  const letters = full.replace(/\P{L}/gu, '')
  if (!ALPHABETS.some((alphabet) => alphabet.test(letters))) return { refused: 'a name has the letters of one alphabet' }
  const reason = reasonAgainst(name, name) ?? reasonAgainst(name, asShown(name))
  return reason === undefined ? name : { refused: `${name} cannot be a name: ${reason}; choose another` }
}

function settingsOf(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ settings }) => Object.keys(settings))
}

/** Explains why a name is rejected that looks like a text, which reads like a reserved word, or poses as the server. */
function reasonAgainst(name: string, text: string): string | undefined {
  const reading = readingOf(text)
  return reading ? reasonFor(name, reading) : poseOf(text)
}

/** Explains why a name that reads like a reserved word is rejected. */
function reasonFor(name: string, { word, article }: Reading): string {
  if (foldName(name) === word) return 'it is a command, or another word with a meaning here'
  const beside = article ? 'an article before it makes' : 'other signs beside its letters make'
  return `it reads like "${word}", which has a meaning here, and ${beside} no difference`
}

/**
 * The name that a person wants at the front door or in the native protocol, as `checkPersonName`; refused too where a line
 * such as `play tictactoe size 4 NAME` would mean something else with it: a number, a game, a word or a setting of `play`.
 */
export function checkLobbyName(text: string): string | Refusal {
  const name = checkPersonName(text)
  if (isRefusal(name)) return name
  if (/^(?=.*\p{N})[\p{N}\p{P}\s_.,|+-]*$|^[\d.]+e[+-]?\d+$/iu.test(name))
    return { refused: 'a name is no number, which would be taken for a move or a table: add a letter' }
  if (/^[^\p{L}\p{Extended_Pictographic}]{2,}$/u.test(name))
    return { refused: 'a name of several characters has a letter, so that users do not take it for a line of a board or a list' }
  if (ANSWERS.has(foldName(name)))
    return { refused: `${name} cannot be a name: it is an answer, or a word with a meaning here; choose another` }
  if ([name, asShown(name)].some((text) => /^[ox]$/i.test(skeleton(text))))
    return { refused: `${name} cannot be a name: it is a mark on the board of tictactoe; choose another` }
  const folded = foldName(name)
  if (GAMES.has(folded)) return { refused: `${name} cannot be a name: it is a game; choose another` }
  const word = folded.split('_').find((part) => PLAY_WORDS.has(part)) ?? (SETTINGS.has(folded) ? folded : undefined)
  return word === undefined ? name : { refused: `${name} cannot be a name: "${word}" has a meaning behind "play"; choose another` }
}

/**
 * Returns what names have in common that count as the same; for comparing, never for showing. Case does not matter, as `fold`
 * has it: a single `toLowerCase` leaves ß and ẞ, σ and ς apart. Neither does what only looks different, as ａｄａ (NFKC). And a
 * blank is a `_`, so that a name with blanks can be said where a name is one word.
 */
export function foldName(name: string): string {
  // no name is as long, so that it is folded for nothing
  if (name.length > FOLDED) return name
  if (ASCII.test(name)) return name.toLowerCase().replace(/[\s_]+/g, '_')
  const full = name.normalize('NFKC')
  if (full.length > WRITTEN_OUT) return name
  const characters = charactersOf(full)
  const folded = full.length > name.length ? foldRepeated(characters) : characters.map(fold)
  return folded
    .join('')
    .normalize('NFKD')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC')
    .replace(/[\s_]+/g, '_')
}

/** Folds characters of which many are the same. */
function foldRepeated(characters: readonly string[]): string[] {
  const known = new Map(characters.map((character) => [character, '']))
  for (const character of known.keys()) known.set(character, fold(character))
  return characters.map((character) => known.get(character) ?? '')
}
