const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const toUtf8 = new TextEncoder()

/**
 * TextCode is how the bytes of a message are read as text: `utf-8`, where what is not UTF-8 becomes U+FFFD, or
 * `bytes`, where each byte is the character of that number (for programs that show bytes as they came).
 */
export type TextCode = 'utf-8' | 'bytes'

/** Reads whole text: whatever is no UTF-8 at the end counts as broken, not as unfinished. */
export function decode(bytes: Uint8Array, code: TextCode = 'utf-8'): string {
  if (code === 'utf-8') return utf8.decode(bytes)
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Writes text as bytes. In the code `bytes`, characters past U+00FF have no byte and become `?`. */
export function encode(text: string, code: TextCode = 'utf-8'): Uint8Array {
  if (code === 'utf-8') return toUtf8.encode(text)
  return Uint8Array.from(text, (char) => (char.charCodeAt(0) > 0xff ? 0x3f : char.charCodeAt(0)))
}

/** TextStream reads text that comes in pieces: a character that is cut waits for its other bytes. */
export class TextStream {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  /** The text that `bytes` complete. With `last`, what is unfinished is replaced by U+FFFD. */
  read(bytes: Uint8Array, last = false): string {
    return this.#decoder.decode(bytes, { stream: !last })
  }
}

/** Raw is the bytes of one message where its text alone does not tell them, without what frames them. */
export interface Raw {
  /** The message itself, at most the first 4,096 bytes of it. */
  readonly body: Uint8Array
  /** The line end behind it, where it has one. */
  readonly end: string
}

/** Bytes of a message that are copied. */
const KEPT = 4096

/** Characters of a text that does not tell its bytes: one scan finds them. */
const ODD = /[\0\ufffd]|\r$/
const ODD_BYTES = /[\0\x80-\xff\ufffd]|\r$/

/**
 * The bytes of a message that was read as `text`, copied; `undefined` where they are those of the text. They are not where
 * a byte was no UTF-8, or was read as a character of its own, and where NUL or CR makes the line end matter.
 */
export function rawOf(text: string, body: Uint8Array, end = '', code: TextCode = 'utf-8'): Raw | undefined {
  return (code === 'bytes' ? ODD_BYTES : ODD).test(text) ? { body: new Uint8Array(body.subarray(0, KEPT)), end } : undefined
}

/** Reads the bytes of a whole message: its text, and `raw` as of `rawOf`. */
export function readText(body: Uint8Array): { readonly text: string; readonly raw: Raw | undefined } {
  const text = decode(body)
  return { text, raw: rawOf(text, body) }
}

/**
 * Text from outside as it may be shown: control characters, except LF, TAB and a CR directly before LF, stand as their
 * escapes, `\x1b`, and so do those that turn the direction of what follows, `\u202e`, or begin another line, `\u2028`. (HOUSE rule 7: nothing raw reaches a
 * terminal.)
 */
export function visible(text: string): string {
  return HARMLESS.test(text) ? text : text.replace(CONTROL, escaped)
}

/**
 * Text in which every character can be seen: as `visible`, and what has no shape of its own stands as its escape too. That
 * is a byte order mark, a blank other than the space, what joins or separates without a width, tags, selectors of
 * variations, and a mark without a letter that it belongs to. For quotations and diagnostics; talk keeps its emoji.
 */
export function revealed(text: string): string {
  if (PLAIN.test(text)) return text
  // made here, because Unicode's classes in it take a millisecond; two letters are in it that fonts leave blank, the pattern of no dots and the null note
  const unseen = /\r(?!\n)|(?![\t\n\r ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]|(?<![\p{L}\p{N}\p{S}\p{M}])\p{M}+/gu
  return text.replace(unseen, (chars) => Array.from(chars, escaped).join(''))
}

/** Text from outside as a short quotation on one line, for a sentence. */
export function quoted(text: string, length = 60): string {
  const characters = text.length > length ? Array.from(text) : []
  const json = JSON.stringify(characters.length > length ? `${characters.slice(0, length).join('')}…` : text)
  // bytes that are no characters are written as Python writes them, wherever they stand
  return revealed(json.replace(JSON_ESCAPE, (_, before = '', letter, code) => `${before}\\x${code ?? (letter === 'b' ? '08' : '0c')}`))
}

/** Says that a setting or option has several values in one place, where one is expected. */
export function givenTwice(setting: string, values: readonly unknown[]): string {
  return `${setting} is given twice, as ${values.map((value) => quoted(String(value))).join(' and ')}: leave one of them out`
}

/** Bytes from outside as a short quotation: as their text, or, where they are no plain UTF-8, as Python writes them, `\xff`. */
export function quotedBytes(bytes: Uint8Array, length = 60): string {
  // one character more than is shown, in as many bytes as that can have
  const text = decode(bytes.subarray(0, 4 * (length + 1)))
  const cut = bytes.length > 4 * (length + 1)
  if (!BINARY.test(cut ? text.slice(0, -1) : text)) return quoted(text, length)
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
/** An escape of JSON for a control character that Python has none of its own for, behind backslashes in pairs. */
const JSON_ESCAPE = /(?<!\\)((?:\\\\)*)\\(?:([bf])|u00([01][\da-f]))/g
const SIGNS: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' }
const HARMLESS = /^[\t\n\x20-\x7e\u00a0-\u2027\u202f-\u2065\u206a-\u{10ffff}]*$/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g
const PLAIN = /^[\t\n\x20-\x7e]*$/
