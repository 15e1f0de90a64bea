import { isRefusal, type Refusal } from '../games/game.ts'
import { charactersOf, fold } from '../games/letters.ts'

/** Characters (code points) of a name, at most. */
const LONGEST = 20

/** What no name has, and the sentence that says so. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\ufffd/u, 'the name arrived broken: send it as UTF-8'],
  // not seen: controls, formats such as those that turn the direction, unassigned ones, fillers, an empty Braille cell
  [/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u, 'a name has only characters that can be seen'],
  [/^\p{Zs}|\p{Zs}$/u, 'a name has no blanks at its ends'],
  [/(?! )\p{Zs}/u, 'a name has no blanks but common ones'],
  [/@/, 'a name has no @'],
  [/^\p{M}|\p{M}{4}/u, 'a name does not begin with a mark, and has at most three in a row'],
]

/** Scripts that have letters which look the same. */
const LOOKALIKES = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u]

/** Who no person can claim to be, and what a line may be besides a name: a word of the protocols, half an HTTP request. */
const RESERVED = new Set(
  `admin administrator all anybody anyone bye draw end error everybody everyone exit guest help house login logout mod
   moderator name nobody none operator parlor peer play quit rank register resume resumed root say seek server somebody
   someone start staff stop system sysop table tell watch watcher welcome who whoever you`.split(/\s+/),
)

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
  if (LOOKALIKES.filter((script) => script.test(name)).length > 1) return { refused: 'a name has the letters of one alphabet' }
  const word = foldName(name).replace(/\P{L}/gu, '')
  return RESERVED.has(word) ? { refused: `${name} is no name for a person here: choose another` } : name
}

/**
 * What names have in common that count as the same; for comparing, never for showing. Case does not matter, as `fold`
 * has it: a single `toLowerCase` leaves ß and ẞ, σ and ς apart. Neither does what only looks different, as ａｄａ
 * (NFKC). And a blank is a `_`, so that a name with blanks can be said where a name is one word.
 */
export function foldName(name: string): string {
  const folded = charactersOf(name.normalize('NFKC')).map(fold).join('')
  return folded
    .normalize('NFKD')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC')
    .replace(/[\s_]+/g, '_')
}
