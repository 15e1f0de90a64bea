/** Code units of one character with all its marks, at most. */
export const LONGEST_CHARACTER = 16

/** The characters of a text as people count them: a letter is one, with all its marks. */
export function charactersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** A text without blanks around it, in the one spelling that Unicode prefers (NFC). */
export function clean(text: string): string {
  return text.trim().replace(/\s+/g, ' ').normalize('NFC')
}

/**
 * The one character that a typed text is; a blank is one too, but blanks around another count for nothing. A byte order
 * mark is no blank.
 */
export function letterOf(text: string): string | undefined {
  const [letter, ...more] = text.length > LONGEST_CHARACTER || text.includes('\ufeff') ? [] : charactersOf(clean(text) || text)
  return more.length > 0 ? undefined : letter
}

/**
 * Returns what two spellings of a character have in common when case does not matter: ß and ẞ are one, and so are σ and ς. The
 * four i of Turkish are one too, since each is the capital of another in some language. So are printed and typed apostrophes
 * and hyphens.
 */
export function fold(character: string): string {
  // a single case mapping leaves ß and ẞ apart: the capital has a small letter, which has another capital
  const folded = character.normalize('NFC').toLowerCase().toUpperCase().toLowerCase()
  return folded
    .replace(/^i\u0307/, 'i')
    .normalize('NFC')
    .replace(/[\u2018\u2019\u02bc]/, "'")
    .replace(/[\u2010\u2011\u2013]/, '-')
}

/** Made for the first text: to make one takes as long as half of what else a program does at its start. */
let segmenter: Intl.Segmenter | undefined

/** Columns of a terminal from which on it is worth it to break lines at its width. */
export const LEAST_COLUMNS = 20
/** Columns of the lines on an output that is no terminal. */
const USUAL_COLUMNS = 80

/** Columns of the terminal that an output is; 80 if it is none, or one of fewer columns than are worth it. */
export function columnsOfOutput({ isTTY, columns = 0 }: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return isTTY && columns >= LEAST_COLUMNS ? columns : USUAL_COLUMNS
}

/**
 * Breaks a text into lines of at most `columns`, at its blanks, and within a word that is wider. The blanks at its beginning
 * stay, up to half of the columns. All lines but the first begin with these and `indent` more; `columns` is at least
 * `indent` + 2.
 */
export function wrap(text: string, columns: number, indent = 0): string[] {
  const most = Math.min(Math.floor(columns / 2), columns - 2) - indent
  const margin = ' '.repeat(Math.max(0, Math.min(leadingBlanks(text), most)))
  const hanging = margin + ' '.repeat(indent)
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const word of text.split(' ').flatMap((one) => cut(one, columns - hanging.length))) {
    const more = widthOf(word)
    if (line && width + 1 + more > columns - (lines.length > 0 ? hanging : margin).length) {
      lines.push(line)
      line = ''
    }
    width = line ? width + 1 + more : more
    line = line ? `${line} ${word}` : word
  }
  return [...lines, line].map((one, row) => (row > 0 ? hanging : margin) + one)
}

function leadingBlanks(text: string): number {
  let count = 0
  while (text[count] === ' ') count++
  return count
}

/**
 * Columns that a text takes on a terminal at most: signs of East Asian scripts and emoji take two, marks above and below
 * none. Marks that stand beside their letter and parts of an emoji count on their own, as terminals without fonts for them
 * show them.
 */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const point of text) width += columnsOf(point)
  return width
}

function columnsOf(point: string): number {
  if (point === EMOJI_SELECTOR) return 1
  if (isMark(point)) return 0
  if (isWide(point)) return 2
  return isUnseen(point) ? 0 : 1
}

/** A word in pieces that are no wider than the columns: whole characters and escapes (`\x1b`), or parts of one that is wider itself. */
function cut(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word]
  const pieces = ['']
  let width = 0
  for (const part of unitsOf(word).flatMap((one) => (widthOf(one) > columns ? Array.from(one) : [one]))) {
    const more = widthOf(part)
    if (width + more <= columns) pieces[pieces.length - 1] += part
    else pieces.push(part)
    width = width + more <= columns ? width + more : more
  }
  return pieces
}

/** The characters of a word; an escape of several characters counts as one. */
function unitsOf(word: string): string[] {
  return word.split(ESCAPE).flatMap((part, at) => (at % 2 === 1 ? [part] : charactersOf(part)))
}

// Unicode's classes in these patterns take a millisecond to be made, so each is made where it is first used.

/** Marks above and below, and the vowels and finals of Hangul, which stand in the square of their initial. */
function isMark(point: string): boolean {
  return /[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7fb]/u.test(point)
}

/** Unicode's East_Asian_Width W and F (UAX 11), with all of the blocks of pictographs. */
function isWide(point: string): boolean {
  return /[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3040-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
    point,
  )
}

/** Checks whether a character has no width. Terminals show the soft hyphen. */
function isUnseen(point: string): boolean {
  return /(?!\u00ad)\p{Default_Ignorable_Code_Point}/u.test(point)
}

/** An escape as quotations have it: `\x00`, `\u200b`, `\u{1f600}`, `\n`. */
const ESCAPE = /(\\(?:x[\da-f]{2}|u[\da-f]{4}|u\{[\da-f]{1,6}\}|[\x21-\x7e]))/
const ASCII = /^[\x20-\x7e]*$/
/** Makes an emoji, of two columns, of the sign before it. */
const EMOJI_SELECTOR = '\ufe0f'
