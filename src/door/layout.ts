import { displayWidth, wrap } from '../games/text/graphemes.ts'
import { escapeControls, escapeInvisible } from '../wire/text.ts'

/** Width of a user's terminal, in columns. */
export const COLUMNS = 80

/** Lines of output that fit on a screen of 24 lines, between the typed line and the line for the next input. */
export const SCREEN = 22

/** Rows of one page of a list. */
export const ROWS = 18

/** Number of blanks before the continuation of a line. */
const INDENT = 2

/**
 * Wraps lines at the width of the terminal. Indents the continuation of a line, so that a text from another user cannot look like a line
 * from the server.
 */
export function wrapLines(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (displayWidth(line) <= COLUMNS ? [line] : wrap(line, COLUMNS, INDENT)))
}

/**
 * Counts the lines that fit on the first screen. If some lines do not fit, the count leaves a line for the "more" notice. The count does
 * not separate a line from its continuation.
 */
export function countFirstScreen(lines: readonly string[]): number {
  if (lines.length <= SCREEN) return lines.length
  const indentOf = (at: number) => /^ */.exec(lines[at] ?? '')?.[0].length ?? 0
  let count = SCREEN - 1
  while (count > 1 && indentOf(count) > indentOf(count - 1)) count--
  return count
}

/**
 * Makes a text from another user safe to print within a line: the result cannot control the terminal, start a new line, or cover the lines
 * around it. At most four combining marks follow one letter (UTS 39, section 5.4).
 */
export function toSafeLine(text: string): string {
  const line = escapeControls(text.replace(/\r?\n|\t/g, ' '))
  return SHORT_OF_MARKS.test(line) ? line : line.replace(MARKS, '$1')
}

/**
 * Formats a refusal as a sentence: adds a full stop if the refusal does not end with punctuation. Begins the sentence with a capital
 * letter, unless the refusal begins with one of `names`, or with a text that `isName` accepts as a name. Cuts very long words.
 */
export function toSentence(refused: string, names: readonly string[] = [], isName: (text: string) => boolean = () => false): string {
  const text = escapeInvisible(toSafeLine(shortTo(LONGEST, refused).replace(ENDLESS, '$1...')))
  const begins = (name: string) => text.startsWith(name) && !/^[\p{L}\p{N}]/u.test(text.slice(name.length))
  // "a name must ..." is a rule, even if a user is called "a"
  const named =
    !/^a name /.test(text) && (names.some((name) => begins(escapeInvisible(toSafeLine(name)))) || beginningsOf(text).some(isName))
  return (named ? text : text.charAt(0).toUpperCase() + text.slice(1)) + (/[.!?]$/.test(text) ? '' : '.')
}

/** Returns the refusal of a name that no online user has. */
export function formatUnknownUser(name: string): string {
  return toSentence(`there is no user "${name}" here. "who" lists the users`)
}

function shortTo(most: number, text: string): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}...`
}

/**
 * Returns the beginnings of a text that could be a name: each beginning ends at the end of a word, and is not longer than a name may be.
 */
function beginningsOf(text: string): string[] {
  const start = text.slice(0, LONGEST_NAME)
  return [...start.matchAll(/(?<=[^\s,:;])(?=[\s,:;’']|$)/gu)].map(({ index }) => start.slice(0, index))
}

/** Formats items as a list: `ada, grace and alan`. */
export function formatList(items: readonly string[], last = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}

/** Joins sentences to one line if they fit; otherwise each sentence has a line of its own. */
export function joinSentences(sentences: readonly string[]): readonly string[] {
  const line = sentences.join(' ')
  return displayWidth(line) <= COLUMNS ? [line] : sentences
}

/**
 * Formats rows in columns, two blanks apart; missing cells stay empty. If a row is wider than the terminal, its last cell moves to the next
 * line if the cell fits there.
 */
export function formatColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, displayWidth(cell))
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - displayWidth(cell)))
      .join('  ')
      .trimEnd()
  return rows.flatMap((row) => {
    const line = lineOf(row)
    const head = lineOf(row.slice(0, -1))
    const below = `${/^ */.exec(line)?.[0] ?? ''}${' '.repeat(INDENT)}${row.at(-1) ?? ''}`
    return displayWidth(line) > COLUMNS && Math.max(displayWidth(head), displayWidth(below)) <= COLUMNS ? [head, below] : [line]
  })
}

/** Shortens a list to `most` lines. The last line says how many of the `total` lines are missing. */
export function shortenList(lines: readonly string[], most: number, total = lines.length): readonly string[] {
  return total <= most ? lines : [...lines.slice(0, most - 1), `... and ${total - most + 1} more`]
}

/** Formats milliseconds like a clock: `2:31`, `1:00:00`; rounds up to a whole second. */
export function formatClockTime(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const two = (number: number) => String(number).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** Applies the backspace (BS) and DEL characters of a line, because some terminals send them instead of editing the line. */
export function applyErasures(line: string): string {
  if (!ERASES.test(line)) return line
  const characters: string[] = []
  for (const character of line) {
    if (ERASES.test(character)) characters.pop()
    else characters.push(character)
  }
  return characters.join('')
}

/** Matches lines whose characters all precede the first combining mark in Unicode; most lines match. */
const SHORT_OF_MARKS = /^[\0-\u02ff]*$/
const MARKS = /([\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+/gu
/** Maximum length of a refusal, in characters, because some refusals quote the typed line. */
const LONGEST = 600
/** Maximum length of a name in UTF-16 units: two units for each of 20 characters, and one unit more. */
const LONGEST_NAME = 41
/** Matches words longer than any name, token or code; the group is the part that the user sees. */
const ENDLESS = /([^\s"]{30})[^\s"]{10,}/gu

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const ERASES = /[\x08\x7f]/
