/** Maximum number of UTF-16 code units in one character with all its marks. */
export const MAX_GRAPHEME_UNITS = 16

/** Splits a text into user-perceived characters (grapheme clusters, UAX 29): a letter with all its marks is one character. */
export function splitGraphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** Returns a text in NFC, trimmed, with single blanks. */
export function normalizeText(text: string): string {
  return text.trim().replace(/\s+/g, ' ').normalize('NFC')
}

/**
 * Returns the only character of a typed text, without blanks around it; `undefined` for a text with no character or with several
 * characters. A single blank is a character, too; a byte order mark is not a character.
 */
export function parseLetter(text: string): string | undefined {
  const [letter, ...more] = text.length > MAX_GRAPHEME_UNITS || text.includes('\ufeff') ? [] : splitGraphemes(normalizeText(text) || text)
  return more.length > 0 ? undefined : letter
}

/**
 * Folds the case of a character: ß and ẞ become equal, and σ and ς, too. The four letters i of Turkish become equal, because in some
 * language each of these letters is the capital or the small form of another of these letters. Printed and typed apostrophes and hyphens
 * become equal, too.
 */
export function foldCase(character: string): string {
  // lower case alone does not make σ and ς equal, and upper case alone does not make ß and ẞ equal
  const folded = character.normalize('NFC').toLowerCase().toUpperCase().toLowerCase()
  return folded
    .replace(/^i\u0307/, 'i')
    .normalize('NFC')
    .replace(/[\u2018\u2019\u02bc]/, "'")
    .replace(/[\u2010\u2011\u2013]/, '-')
}

/** Created at first use, because the constructor takes as long as half of the start of a command. */
let segmenter: Intl.Segmenter | undefined

/** Minimum width of a terminal. For a narrower terminal, Parlor uses 80 columns, because very short lines would be unreadable. */
export const MIN_COLUMNS = 20
/** Width of lines if the output is not a terminal. */
const DEFAULT_COLUMNS = 80

/** Returns the columns of a terminal; 80 if the output is not a terminal or is narrower than 20 columns. */
export function terminalColumns({ isTTY, columns = 0 }: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return isTTY && columns >= MIN_COLUMNS ? columns : DEFAULT_COLUMNS
}

/**
 * Breaks a text into lines of at most `columns`. Breaks the text at blanks, and breaks a word only if the word is wider than a line.
 * Leading blanks stay, up to half of the columns. All lines except the first line begin with the leading blanks and `indent` more blanks.
 * `columns` must be at least `indent` + 2.
 */
export function wrap(text: string, columns: number, indent = 0): string[] {
  const most = Math.min(Math.floor(columns / 2), columns - 2) - indent
  const margin = ' '.repeat(Math.max(0, Math.min(countLeadingBlanks(text), most)))
  const hanging = margin + ' '.repeat(indent)
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const word of text.split(' ').flatMap((one) => cutWord(one, columns - hanging.length))) {
    const more = displayWidth(word)
    if (line && width + 1 + more > columns - (lines.length > 0 ? hanging : margin).length) {
      lines.push(line)
      line = ''
    }
    width = line ? width + 1 + more : more
    line = line ? `${line} ${word}` : word
  }
  return [...lines, line].map((one, row) => (row > 0 ? hanging : margin) + one)
}

function countLeadingBlanks(text: string): number {
  let count = 0
  while (text[count] === ' ') count++
  return count
}

/**
 * Returns the maximum number of columns that a text takes on a terminal: an East Asian sign or an emoji takes two columns, and a mark
 * above or below a letter takes no column. Marks beside their letter and parts of an emoji count separately, because terminals without
 * a font for the combination show the parts separately.
 */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const point of text) width += pointWidth(point)
  return width
}

function pointWidth(point: string): number {
  if (point === EMOJI_SELECTOR) return 1
  if (isMark(point)) return 0
  if (isWide(point)) return 2
  return isUnseen(point) ? 0 : 1
}

/**
 * Cuts a word into pieces of at most `columns`, between characters and escapes (`\x1b`). Cuts an escape only if it is wider than
 * `columns` itself.
 */
function cutWord(word: string, columns: number): string[] {
  if (displayWidth(word) <= columns) return [word]
  const pieces = ['']
  let width = 0
  for (const part of splitUnits(word).flatMap((one) => (displayWidth(one) > columns ? Array.from(one) : [one]))) {
    const more = displayWidth(part)
    if (width + more <= columns) pieces[pieces.length - 1] += part
    else pieces.push(part)
    width = width + more <= columns ? width + more : more
  }
  return pieces
}

/** Splits a word into characters; an escape of several characters is one character. */
function splitUnits(word: string): string[] {
  return word.split(ESCAPE).flatMap((part, at) => (at % 2 === 1 ? [part] : splitGraphemes(part)))
}

// The JavaScript engine takes a millisecond to compile each pattern with Unicode classes, so the functions below compile them at
// first use.

/** Checks for marks above and below, and for the vowels and finals of Hangul, which are in the square of their initial. */
function isMark(point: string): boolean {
  return /[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7fb]/u.test(point)
}

/** Checks for East_Asian_Width W and F (UAX 11), and for the blocks of pictographs. */
function isWide(point: string): boolean {
  return /[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3040-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
    point,
  )
}

/** Checks for characters without a width. Terminals show the soft hyphen. */
function isUnseen(point: string): boolean {
  return /(?!\u00ad)\p{Default_Ignorable_Code_Point}/u.test(point)
}

/** An escape in quoted text: `\x00`, `\u200b`, `\u{1f600}`, `\n`. */
const ESCAPE = /(\\(?:x[\da-f]{2}|u[\da-f]{4}|u\{[\da-f]{1,6}\}|[\x21-\x7e]))/
const ASCII = /^[\x20-\x7e]*$/
/** Variation selector that makes the character before it an emoji of two columns. */
const EMOJI_SELECTOR = '\ufe0f'
