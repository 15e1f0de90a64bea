/*
 * This file parses bytes that a user types: a text with the escapes of Python and C, or hexadecimal digits. If `formatBytes` has returned a
 * text, parsing this text results in the same bytes.
 */

/** TypedBytes is the bytes of a typed text, or a sentence about the first invalid part of the text. */
export type TypedBytes = { readonly bytes: Uint8Array } | { readonly wrong: string }

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0, '\\': 92 }
const NAMES = new Map(Object.entries(ESCAPES).map(([name, byte]) => [byte, name]))
/** An escape with two digits, a short escape, a bare backslash, or the text up to the next backslash. */
const PARTS = /\\x([\da-fA-F]{2})|\\([nrt0\\])|(\\.{0,3})|([^\\]+)/gsu

/** Parses a text with escapes. A character outside of an escape becomes its bytes in UTF-8. */
export function parseEscapes(text: string): TypedBytes {
  const bytes: number[] = []
  for (const [, hex, short, bare, plain] of text.matchAll(PARTS)) {
    if (bare !== undefined) return { wrong: `${bare} is no escape: write \\n, \\r, \\t, \\0, \\x and two digits, or \\\\ for a backslash.` }
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else if (short !== undefined) bytes.push(ESCAPES[short] ?? 0)
    else bytes.push(...new TextEncoder().encode(plain))
  }
  return { bytes: Uint8Array.from(bytes) }
}

/** Parses hexadecimal digits, with or without blanks between the bytes. */
export function parseHex(text: string): TypedBytes {
  const digits = text.replaceAll(/\s+/g, '')
  const wrong = /[^\da-fA-F]/u.exec(digits)?.[0]
  if (wrong !== undefined) return { wrong: `${wrong} is no hexadecimal digit: write two digits from 0 to f for each byte.` }
  if (digits.length % 2 === 1) return { wrong: 'A digit is missing: write two digits from 0 to f for each byte.' }
  return { bytes: fromHex(digits) }
}

/** Converts pairs of hexadecimal digits to bytes. */
export function fromHex(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16))
}

/** Converts bytes to pairs of hexadecimal digits, with a text between two bytes. */
export function toHex(bytes: Uint8Array, between = ''): string {
  return Array.from(bytes, hexOf).join(between)
}

/** Formats bytes as a text with escapes. Invisible characters, and characters that change the direction of text, become escapes, too. */
export function formatBytes(bytes: Uint8Array): string {
  const text = decodeText(bytes)
  if (text === undefined) return Array.from(bytes, formatByte).join('')
  return text.replaceAll(SPECIAL, (one) => Array.from(new TextEncoder().encode(one), formatByte).join(''))
}

/** Formats one byte: a character of ASCII, or an escape. */
export function formatByte(byte: number): string {
  const name = NAMES.get(byte)
  if (name !== undefined) return `\\${name}`
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${hexOf(byte)}`
}

/** The backslash, and invisible characters. */
const SPECIAL = /[\\\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/gu

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/** Decodes UTF-8; `undefined` for other bytes. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (reason) {
    if (reason instanceof TypeError) return undefined
    throw reason
  }
}
