import { encode } from '../text.ts'
import { type Decoded, type Framing, MESSAGE_LIMIT, Pending, TooLong } from './framing.ts'

/**
 * segments is the framing without message boundaries: bytes that arrive together are a message. A pause of `settle` milliseconds ends a
 * message, because a network may cut a message anywhere, and the pauses of a person who types are longer. If a message arrives in several
 * pieces, a longer pause ends the message. Over datagrams, each datagram is a message.
 */
export function segments(settle = 20): Framing {
  return {
    name: 'none: bytes that arrive together are a message',
    settle,
    alone: true,
    encode: (message) => message,
    decoder: (limit = MESSAGE_LIMIT) => new SegmentDecoder(limit),
  }
}

/** untilEnd is the framing in which all bytes that the peer sends before its close are one message. */
export const untilEnd: Framing = {
  name: 'none: all bytes up to the end of the stream are one message',
  alone: true,
  encode: (message) => message,
  lacks: () => 'no end: it has not closed its side',
  decoder: (limit = MESSAGE_LIMIT) => new SegmentDecoder(limit),
}

/**
 * literals is the framing of known texts; no text is a prefix of another text. If none of the texts begins with the bytes, all bytes that
 * have arrived are a message, which the protocol then refuses.
 */
export function literals(texts: readonly string[], settle?: number): Framing {
  return {
    name: 'none: a message ends with the last byte of a known text',
    ...(settle === undefined ? {} : { settle }),
    alone: true,
    encode: (message) => message,
    lacks: (unread) =>
      `not the rest of ${begunBy(unread, texts)
        .map((text) => JSON.stringify(text))
        .join(' or ')}`,
    decoder: (limit = MESSAGE_LIMIT) => new LiteralDecoder(limit, texts),
  }
}

/** Returns the texts that begin with these bytes. */
function begunBy(bytes: Uint8Array, texts: readonly string[]): readonly string[] {
  return texts.filter((text) => {
    const whole = encode(text)
    return bytes.every((byte, at) => whole[at] === byte)
  })
}

class SegmentDecoder extends Pending {
  next(): Decoded {
    return this.pending > this.limit ? TooLong : undefined
  }

  override rest(): Decoded {
    return this.next() ?? this.text(this.take(this.pending))
  }
}

class LiteralDecoder extends Pending {
  readonly #texts: readonly Uint8Array[]

  constructor(limit: number, texts: readonly string[]) {
    super(limit)
    this.#texts = texts.map((text) => encode(text))
  }

  next(): Decoded {
    if (this.pending === 0) return undefined
    const here = this.bytes.subarray(this.at)
    for (const text of this.#texts) {
      if (text.every((byte, i) => here[i] === byte)) return this.text(this.take(text.length))
    }
    const begun = this.#texts.some((text) => here.every((byte, i) => text[i] === byte))
    return begun ? undefined : this.rest()
  }

  override rest(): Decoded {
    if (this.pending > this.limit) return TooLong
    return this.pending > 0 ? this.text(this.take(this.pending)) : undefined
  }
}
