import { encode, type TextCode } from '../text.ts'
import { type Decoded, type Framing, MESSAGE_LIMIT, Pending, TooLong } from './framing.ts'

const LF = 10
const CR = 13
/** Longest line in bytes that `ascii` decodes. */
const SHORT = 12
/** Number of bytes in which a loop searches for an LF. */
const NEAR = 32

/** LineOptions configures the framing `lines`; the default is LF lines in UTF-8. */
export interface LineOptions {
  /** Line end of sent messages. Received lines always end in LF or CR LF. */
  end?: '\n' | '\r\n'
  /** True if a CR before the LF belongs to the line, because the worksheets' chats show the CR. */
  keepCr?: boolean
  /** True if the line end is part of the message, and the end of the stream ends a line, too. */
  keepEnd?: boolean
  /** A message may also end with this text, without LF (the prompt of head/tail). The text is part of the message. */
  orEnd?: string
  /** Name of a missing line end, for error sentences. Default: "no line end (\\n)". */
  lacks?: string
  code?: TextCode
}

/** lines is the framing in which a message is a line of text. A line end inside a sent message becomes a space. */
export function lines(options?: LineOptions): Framing {
  return options ? framing(options) : PLAIN
}

function framing(options: LineOptions): Framing {
  const { end = '\n', keepEnd = false, orEnd, code = 'utf-8' } = options
  const plain = code === 'utf-8'
  return {
    name: orEnd ? `LF lines, or text up to ${JSON.stringify(orEnd)}` : end === '\n' ? 'LF lines' : 'CR LF lines',
    encode(message) {
      const unended = keepEnd || (orEnd !== undefined && message.endsWith(orEnd))
      const text = unended ? message : oneLine(message) + end
      return plain ? text : encode(text, code)
    },
    lacks: () => options.lacks ?? (orEnd === undefined ? 'no line end (\\n)' : `neither a line end (\\n) nor ${JSON.stringify(orEnd)}`),
    decoder: (limit = MESSAGE_LIMIT) => new LineDecoder(limit, options),
  }
}

/** Most protocols share this object. */
const PLAIN = framing({})

/** Replaces line ends inside a message, because a line end would split the message into two messages. */
function oneLine(message: string): string {
  return message.includes('\n') ? message.replace(/\r?\n/g, ' ') : message
}

class LineDecoder extends Pending {
  readonly #options: LineOptions
  readonly #orEnd: Uint8Array | undefined
  /** Number of bytes, counted from `at`, in which the decoder has found no LF. */
  #searched = 0

  constructor(limit: number, options: LineOptions) {
    super(limit)
    this.#options = options
    this.#orEnd = options.orEnd === undefined ? undefined : encode(options.orEnd)
  }

  next(): Decoded {
    const { bytes, at } = this
    const lf = indexOfLf(bytes, at + this.#searched)
    if (this.#orEnd) {
      const found = indexOf(bytes, this.#orEnd, at)
      if (found >= 0 && (lf < 0 || found < lf)) return this.#message(found - at + this.#orEnd.length, 0)
    }
    if (lf < 0) {
      this.#searched = bytes.length - at
      // the first byte beyond the limit may still be the CR of a line that fits
      return this.#searched > this.limit + 1 ? TooLong : undefined
    }
    return this.#message(lf - at, 1)
  }

  override rest(): Decoded {
    return this.#options.keepEnd && this.pending > 0 ? this.#message(this.pending, 0) : undefined
  }

  override clear(): void {
    this.#searched = 0
    super.clear()
  }

  #message(length: number, end: number): Decoded {
    const { bytes, at } = this
    const { keepEnd, keepCr, code } = this.#options
    const cr = end > 0 && length > 0 && bytes[at + length - 1] === CR && !keepCr ? 1 : 0
    if (length - cr > this.limit) return TooLong
    this.#searched = 0
    const text = keepEnd ? length + end : length - cr
    const short = text <= SHORT ? ascii(bytes, at, text) : undefined
    this.skip(length + end)
    if (short === undefined) return this.text(bytes.subarray(at, at + text), END_OF[keepEnd ? 0 : end + cr], code)
    this.raw = undefined
    return short
  }
}

/** The possible line ends; the index of a line end is the length of the line end. */
const END_OF = ['', '\n', '\r\n'] as const

/** Returns the index of the next LF at or after `from`, or -1. For the usual short line, a loop is faster than `indexOf`. */
function indexOfLf(bytes: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR, bytes.length)
  for (let at = from; at < near; at++) if (bytes[at] === LF) return at
  return bytes.indexOf(LF, near)
}

/** Decodes a few ASCII bytes, several times as fast as a `TextDecoder`. Returns `undefined` if a byte is not ASCII, or is NUL or CR. */
function ascii(bytes: Uint8Array, from: number, length: number): string | undefined {
  let text = ''
  for (let at = from; at < from + length; at++) {
    const byte = bytes[at] ?? 0x80
    if (byte > 0x7f || byte === 0 || byte === CR) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

/** Returns the index of `part` in `bytes` at or after `from`, or -1. */
function indexOf(bytes: Uint8Array, part: Uint8Array, from: number): number {
  const first = part[0] ?? 0
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return at
  }
  return -1
}
