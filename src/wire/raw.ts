import { decode, type TextCode } from './text.ts'

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
