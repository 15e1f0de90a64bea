import { widthOf, wrap } from '../../games/characters.ts'
import { revealed, visible } from '../../wire/text.ts'

/** Columns of the terminals that are written for. */
export const COLUMNS = 80

/** Lines that stand on a screen below the one that was typed, with one for what is typed next. */
export const SCREEN = 22

/** Rows of a list, so that it stays on a screen. */
export const ROWS = 18

/** Blanks before what goes on from the line above. */
const INDENT = 2

/**
 * Lines as they are written: what is wider than a terminal is broken at its blanks. What goes on is indented, so that a
 * text from another user cannot look like a line of its own.
 */
export function inWidth(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (widthOf(line) <= COLUMNS ? [line] : wrap(line, COLUMNS, INDENT)))
}

/**
 * Counts the lines that are shown at once: all that fit on a screen, or else as many as leave a line for what is left. A
 * line that goes on from the one above stays with it.
 */
export function firstScreen(lines: readonly string[]): number {
  if (lines.length <= SCREEN) return lines.length
  const indentOf = (at: number) => /^ */.exec(lines[at] ?? '')?.[0].length ?? 0
  let count = SCREEN - 1
  while (count > 1 && indentOf(count) > indentOf(count - 1)) count--
  return count
}

/**
 * A text from somebody else as part of a line: nothing in it can steer a terminal, or look like another line, or cover the
 * lines around it. Of marks on one letter, the first four are shown (UTS 39, section 5.4).
 */
export function inLine(text: string): string {
  const line = visible(text.replace(/\r?\n|\t/g, ' '))
  return SHORT_OF_MARKS.test(line) ? line : line.replace(MARKS, '$1')
}

/**
 * A refusal as a sentence: with a full stop where it has no other end, and with a capital, unless it begins with one of
 * some names, or with what `isName` says is one. A typed word without end is cut.
 */
export function sentence(refused: string, names: readonly string[] = [], isName: (text: string) => boolean = () => false): string {
  const text = revealed(inLine(shortTo(LONGEST, refused).replace(ENDLESS, '$1...')))
  const begins = (name: string) => text.startsWith(name) && !/^[\p{L}\p{N}]/u.test(text.slice(name.length))
  // a rule for names begins as one of a user who is called "a"
  const named = !/^a name /.test(text) && (names.some((name) => begins(revealed(inLine(name)))) || beginningsOf(text).some(isName))
  return (named ? text : text.charAt(0).toUpperCase() + text.slice(1)) + (/[.!?]$/.test(text) ? '' : '.')
}

/** Returns the answer for a name under which no user is here. */
export function notHere(name: string): string {
  return sentence(`there is no user "${name}" here. "who" lists who is`)
}

/** A text that is cut after so many characters. */
function shortTo(most: number, text: string): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}...`
}

/** The first words of a text that are no longer than a name, up to each blank or other end of a word. */
function beginningsOf(text: string): string[] {
  const start = text.slice(0, LONGEST_NAME)
  return [...start.matchAll(/(?<=[^\s,:;])(?=[\s,:;’']|$)/gu)].map(({ index }) => start.slice(0, index))
}

/** Names or other words in a row: `ada, grace and alan`. */
export function listed(items: readonly string[], last = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}

/** Sentences on one line where they fit, else each on its own. */
export function inSentences(sentences: readonly string[]): readonly string[] {
  const line = sentences.join(' ')
  return widthOf(line) <= COLUMNS ? [line] : sentences
}

/**
 * Rows in columns that are as wide as they must be, two blanks apart; cells that are missing stay empty. The last cell of a
 * row that is wider than a terminal stands on a line of its own below the others, if it fits there.
 */
export function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd()
  return rows.flatMap((row) => {
    const line = lineOf(row)
    const head = lineOf(row.slice(0, -1))
    const below = `${/^ */.exec(line)?.[0] ?? ''}${' '.repeat(INDENT)}${row.at(-1) ?? ''}`
    return widthOf(line) > COLUMNS && Math.max(widthOf(head), widthOf(below)) <= COLUMNS ? [head, below] : [line]
  })
}

/** Shortens lines to at most `most` of `total`, with the number of those that are left out. */
export function shortened(lines: readonly string[], most: number, total = lines.length): readonly string[] {
  return total <= most ? lines : [...lines.slice(0, most - 1), `... and ${total - most + 1} more`]
}

/** Milliseconds as a clock shows them: `2:31`, `1:00:00`. What has begun counts. */
export function clockTime(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const two = (number: number) => String(number).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** A line as it was meant: BS and DEL take back what stands before them, where a terminal does not do that by itself. */
export function edited(line: string): string {
  if (!ERASES.test(line)) return line
  const characters: string[] = []
  for (const character of line) {
    if (ERASES.test(character)) characters.pop()
    else characters.push(character)
  }
  return characters.join('')
}

/** What has no marks, for a start: most of all lines. */
const SHORT_OF_MARKS = /^[\0-\u02ff]*$/
const MARKS = /([\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+/gu
/** Characters of a refusal that are shown: some quote what was typed. */
const LONGEST = 600
/** Characters of a name at most, and one of what follows it: of two halves each beyond U+FFFF. */
const LONGEST_NAME = 41
/** More than any name, token or code has without a blank, and what of it is shown. */
const ENDLESS = /([^\s"]{30})[^\s"]{10,}/gu

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ERASES = /[\x08\x7f]/
