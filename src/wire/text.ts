const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const toUtf8 = new TextEncoder()

/**
 * TextCode is the encoding of a message: `utf-8` (invalid bytes become U+FFFD), or `bytes` (each byte becomes the character with the same
 * number, for programs that show bytes unchanged).
 */
export type TextCode = 'utf-8' | 'bytes'

/** Decodes a whole text. An incomplete character at the end becomes U+FFFD. */
export function decode(bytes: Uint8Array, code: TextCode = 'utf-8'): string {
  if (code === 'utf-8') return utf8.decode(bytes)
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Encodes text. In the encoding `bytes`, characters above U+00FF become `?`. */
export function encode(text: string, code: TextCode = 'utf-8'): Uint8Array {
  if (code === 'utf-8') return toUtf8.encode(text)
  return Uint8Array.from(text, (char) => (char.charCodeAt(0) > 0xff ? 0x3f : char.charCodeAt(0)))
}

/** Counts the bytes of a text in UTF-8 without encoding the text; half of a surrogate pair has the same number of bytes as U+FFFD. */
export function countBytes(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit <= 0x7f) continue
    bytes += unit > 0x7ff ? 2 : 1
    // the two units of a surrogate pair have four bytes together
    if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++
  }
  return bytes
}

/** TextStream decodes text in pieces. The stream stores an incomplete character until the other bytes of the character arrive. */
export class TextStream {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  /** Returns the text that `bytes` complete. If `last` is true, an incomplete character becomes U+FFFD. */
  read(bytes: Uint8Array, last = false): string {
    return this.#decoder.decode(bytes, { stream: !last })
  }
}

/** Raw has the bytes of one message, without framing, if these bytes differ from the message's text in UTF-8. */
export interface Raw {
  /** The bytes of the message itself, but at most the first 4,096 bytes. */
  readonly body: Uint8Array
  /** The line end that followed the message, or ''. */
  readonly end: string
}

/** Maximum number of copied bytes of a message. */
const RAW_LIMIT = 4096

/** A text with one of these characters may differ from its bytes. */
const ODD = /[\0\ufffd]|\r$/
const ODD_BYTES = /[\0\x80-\xff\ufffd]|\r$/

/**
 * Returns a copy of the bytes of a message whose decoded text is `text`; `undefined` if encoding the text results in the same bytes. The
 * bytes differ if a byte was invalid UTF-8 or, in the encoding `bytes`, above ASCII. The function also returns the bytes of a text with NUL
 * or a final CR, because the line end after such a text matters.
 */
export function toRaw(text: string, body: Uint8Array, end = '', code: TextCode = 'utf-8'): Raw | undefined {
  return (code === 'bytes' ? ODD_BYTES : ODD).test(text) ? { body: new Uint8Array(body.subarray(0, RAW_LIMIT)), end } : undefined
}

/** Decodes the bytes of a whole message. Returns the text, and the result of `toRaw`. */
export function readText(body: Uint8Array): { readonly text: string; readonly raw: Raw | undefined } {
  const text = decode(body)
  return { text, raw: toRaw(text, body) }
}

/**
 * Escapes text from outside for output, because raw control characters must not reach a terminal. Escapes control characters (`\x1b`),
 * characters that change the direction of text (`\u202e`), and other line separators (`\u2028`). Does not escape LF, TAB, and a CR directly
 * before LF.
 */
export function escapeControls(text: string): string {
  return HARMLESS.test(text) ? text : text.replace(CONTROL, escaped)
}

/**
 * Escapes the same characters as `escapeControls`, and all characters without a visible shape: byte order marks, blanks other than the
 * space, joiners and separators of no width, tags, variation selectors, and marks without a base letter. Use this function for quotations
 * and diagnostics, and not for talk, because emoji need some of these characters.
 */
export function escapeInvisible(text: string): string {
  if (PLAIN.test(text)) return text
  // the first call of the function compiles the pattern, because the Unicode classes take a millisecond; U+2800 and U+1D159 are symbols
  // without a visible shape
  const unseen = /\r(?!\n)|(?![\t\n\r ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]|(?<![\p{L}\p{N}\p{S}\p{M}])\p{M}+/gu
  return text.replace(unseen, (chars) => Array.from(chars, escaped).join(''))
}

/** Quotes text from outside on one line, in at most `length` characters, for a sentence. */
export function quoteText(text: string, length = 60): string {
  const characters = text.length > length ? Array.from(text) : []
  const json = JSON.stringify(characters.length > length ? `${characters.slice(0, length).join('')}…` : text)
  // the result has the escapes of Python for control characters, and not the escapes of JSON
  return escapeInvisible(
    json.replace(JSON_ESCAPE, (_, before = '', letter, code) => `${before}\\x${code ?? (letter === 'b' ? '08' : '0c')}`),
  )
}

/** Returns the error text for a setting or option that has several values in one place. */
export function formatDuplicate(setting: string, values: readonly unknown[]): string {
  return `${setting} is given twice, as ${values.map((value) => quoteText(String(value))).join(' and ')}: leave one of them out`
}

/** Quotes bytes from outside: as text or, if the bytes are not plain UTF-8, with escapes as in Python (`\xff`). */
export function quoteBytes(bytes: Uint8Array, length = 60): string {
  // these bytes are enough for one character more than the quotation shows
  const text = decode(bytes.subarray(0, 4 * (length + 1)))
  const cut = bytes.length > 4 * (length + 1)
  if (!BINARY.test(cut ? text.slice(0, -1) : text)) return quoteText(text, length)
  const shown = Array.from(
    bytes.subarray(0, length),
    (byte) => SIGNS[byte] ?? (byte < 0x7f && byte >= 0x20 ? String.fromCharCode(byte) : escaped(String.fromCharCode(byte))),
  )
  return `"${shown.join('')}${bytes.length > length ? '…' : ''}"`
}

function escaped(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16)
  if (code.length > 4) return `\\u{${code}}`
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const BINARY = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/
/** Matches an escape of JSON for a control character that Python writes as `\x..`; such an escape begins with an odd backslash. */
const JSON_ESCAPE = /(?<!\\)((?:\\\\)*)\\(?:([bf])|u00([01][\da-f]))/g
const SIGNS: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' }
const HARMLESS = /^[\t\n\x20-\x7e\u00a0-\u2027\u202f-\u2065\u206a-\u{10ffff}]*$/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g
const PLAIN = /^[\t\n\x20-\x7e]*$/
