import { decode } from './text.ts'

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
