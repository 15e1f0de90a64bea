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
