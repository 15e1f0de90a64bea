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
