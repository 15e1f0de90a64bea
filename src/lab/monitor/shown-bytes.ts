import { displayWidth } from '../../games/text/graphemes.ts'
import { maskSecrets } from '../../wire/secret-masking.ts'
import { decode, quoteBytes, quoteText } from '../../wire/text.ts'
import type { MessageObservation } from './observation.ts'

/** ShownMessage is a message in the form in which a diagram shows it, on one line. */
export interface ShownMessage {
  /** The bytes in quotation marks, with a bar between two reads, and dots for the bytes that the line leaves out. */
  readonly text: string
  /** Column of the first wrong byte in the quotation; missing if the line does not show that byte. */
  readonly caret: number | undefined
}

/** Cell is one character or byte as the diagram shows it, or the bar between two reads. */
interface Cell {
  readonly shown: string
  /** Offset of the first byte of the cell. */
  readonly at: number
  readonly isBar: boolean
}

/** The bar between the bytes of two reads. */
const READ_BOUNDARY = '\u00a6'
const MORE = '\u2026'
/** Number of columns that a shortened text shows before its first wrong byte. */
const BEFORE = 12

/** Prints the bytes of a message in at most `columns` columns, without its secrets. */
export function showMessage(message: MessageObservation, columns: number): ShownMessage {
  const { text, secrets, violation } = message
  if (secrets.length > 0) return { text: shortenQuotation(quoteText(maskSecrets(text, secrets)), columns), caret: undefined }
  const plain = violation ? undefined : quotePlain(message, columns)
  if (plain !== undefined) return { text: plain, caret: undefined }
  const { cells, isWhole } = toCells(message, columns)
  const wrong = violation ? cells.findIndex(({ at, isBar }) => !isBar && at >= violation.wrongAt) : -1
  const room = columns - 2
  // the quotation leaves out its beginning if the wrong byte would not fit
  const isFar = wrong >= 0 && widthOf(cells.slice(0, wrong + 1)) > room - 1
  const first = isFar ? Math.max(0, wrong - BEFORE) : 0
  const begin = isFar ? `"${MORE}` : '"'
  let shown = begin
  let width = displayWidth(begin)
  let caret: number | undefined
  for (const [at, cell] of cells.entries()) {
    if (at < first) continue
    const isLast = isWhole && at === cells.length - 1
    // most cells are ASCII: the loop adds their width to the sum, and does not compute the width of the whole text again
    const isAscii = ASCII.test(cell.shown)
    if (width + (isAscii ? cell.shown.length : displayWidth(cell.shown)) > columns - (isLast ? 1 : 2))
      return { text: `${shown}${MORE}"`, caret }
    if (at === wrong) caret = width
    shown += cell.shown
    width = isAscii ? width + cell.shown.length : displayWidth(shown)
  }
  return { text: isWhole ? `${shown}"` : `${shown}${MORE}"`, caret }
}

/** Texts that a quotation shows as they are. */
const PLAIN_LINE = /^[ !#-[\]-~]*$/

/**
 * Quotes a message that came in one read and needs no escapes, like almost all messages. Returns `undefined` for any other message, or if
 * the quotation is too wide.
 */
function quotePlain({ text, raw, bytes, segments }: MessageObservation, columns: number): string | undefined {
  const { length } = bytes
  if (segments.length > 1 || length + 3 > columns || raw || !PLAIN_LINE.test(text)) return undefined
  // each of these characters is one byte, so the lengths show the number of bytes that the framing adds to the text
  if (length === text.length) return `"${text}"`
  return length === text.length + 1 && bytes[length - 1] === LF ? `"${text}\\n"` : undefined
}

const LF = 0x0a

/** Formats bytes in hexadecimal, as many as fit in `columns`; `undefined` for plain text. */
export function formatHex({ bytes, secrets, raw }: MessageObservation, columns: number): string | undefined {
  if (secrets.length > 0 || (!raw && !UNPRINTABLE.test(decode(bytes)))) return undefined
  const count = Math.floor((columns - 2) / 3)
  const shown = Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > count ? `${shown} ${MORE}` : shown
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]/

/**
 * Cuts the bytes of a message into reads, and the reads into characters, or into bytes if they are not text. Stops when more than `columns` columns
 * follow the first wrong byte. `isWhole` is false if bytes are left out.
 */
function toCells(
  { bytes: all, start, segments, violation }: MessageObservation,
  columns: number,
): { readonly cells: readonly Cell[]; readonly isWhole: boolean } {
  const needed = Math.max(0, (violation?.wrongAt ?? start) - start) + BYTES * columns
  const bytes = all.length > needed ? all.subarray(0, needed) : all
  const ends = segments.map(({ end }) => end - start).filter((end) => end < bytes.length)
  const cells = [0, ...ends].flatMap((from, piece) => {
    const own = toPieceCells(bytes.subarray(from, ends[piece]), start + from)
    return piece === 0 ? own : [{ shown: READ_BOUNDARY, at: start + from, isBar: true }, ...own]
  })
  return { cells, isWhole: bytes.length === all.length }
}

/** Maximum number of bytes for each column, because a character has at most four bytes. */
const BYTES = 4

function toPieceCells(bytes: Uint8Array, start: number): readonly Cell[] {
  const text = decode(bytes)
  if (text.includes('\ufffd')) {
    return Array.from(bytes, (byte, at) => ({ shown: SHOWN_BYTES[byte] ?? '', at: start + at, isBar: false }))
  }
  let at = start
  return Array.from(text, (character) => {
    const cell = { shown: PLAIN.test(character) ? character : quoteText(character).slice(1, -1), at, isBar: false }
    at += utf8Length(character)
    return cell
  })
}

/**
 * Characters that a quotation shows as they are. Almost all characters are of this kind; before the diagram had this special case, it spent
 * half of its time on quoting them.
 */
const PLAIN = /^[ !#-[\]-~]$/

/** Matches the form in which a quotation shows most characters: a character of ASCII, or an escape. */
const ASCII = /^[ -~]+$/

/** The quoted form of each byte: a table, because to quote a byte takes longer than everything else that a diagram does with the byte. */
const SHOWN_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => quoteBytes(Uint8Array.of(byte)).slice(1, -1))

/** Returns the number of bytes of a character in UTF-8. */
function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { shown }) => sum + displayWidth(shown), 0)
}

/** Cuts a quotation to a number of columns. */
function shortenQuotation(quoted: string, columns: number): string {
  return displayWidth(quoted) <= columns ? quoted : `${quoted.slice(0, Math.max(0, columns - 2))}${MORE}"`
}
