import { findSecretsAfterKeyword, maskSecrets } from '../secret-masking.ts'
import { decode, encode, quoteBytes, quoteText } from '../text.ts'
import { type Decoded, type Framing, MESSAGE_LIMIT, Pending, TooLong } from './framing.ts'

const BLANK = 0x20

/** lengthPrefixed is the framing in which a length precedes each message. The length is a big-endian number of 4 bytes. */
export const lengthPrefixed: Framing = {
  name: '4-byte big-endian length, then the message',
  encode(message) {
    const body = encode(message)
    const framed = new Uint8Array(4 + body.length)
    new DataView(framed.buffer).setUint32(0, body.length)
    framed.set(body, 4)
    return framed
  },
  lacks: (unread) =>
    unread.length < 4
      ? `no whole length, which has 4 bytes (${unread.length} have arrived)`
      : `no more, though its length says ${lengthIn(unread)} bytes (${unread.length - 4} have arrived)`,
  excess: (unread) =>
    unread.length < 4
      ? undefined
      : `the first 4 bytes, ${quoteBytes(unread.subarray(0, 4))}, would be a length of ${lengthIn(unread)}: each message must begin with its length in bytes, 4 bytes big-endian${otherLength(unread)}`,
  decoder: (limit = MESSAGE_LIMIT) => new BinaryLengthDecoder(limit),
}

/** decimalPrefixed is the framing in which a length in bytes precedes each message, as ASCII digits and a colon: `5:Hello`. */
export const decimalPrefixed: Framing = {
  name: 'length in decimal digits and a colon, then the message',
  encode: (message) => `${encode(message).length}:${message}`,
  lacks: (unread) => (unread.includes(0x3a) ? 'no more, though its length says so' : 'no colon (:) after its length'),
  excess: (unread) => `${quotedBeginning(unread)} does not begin with a length in decimal digits and a colon, such as 5:Hello`,
  decoder: (limit = MESSAGE_LIMIT) => new DecimalLengthDecoder(limit),
}

/** Quotes the first bytes, and masks a password in these bytes. */
function quotedBeginning(unread: Uint8Array): string {
  const text = decode(unread.subarray(0, 12), 'bytes')
  const shown = maskSecrets(text, findSecretsAfterKeyword(text))
  return shown === text ? quoteBytes(unread.subarray(0, 12)) : quoteText(shown)
}

/**
 * fixedLength is the framing in which every message has `size` bytes. The encoder pads shorter texts with spaces, and the decoder
 * removes these spaces.
 */
export function fixedLength(size: number): Framing {
  return {
    name: `${size} bytes each, filled with blanks`,
    encode(message) {
      const body = encode(message)
      if (body.length > size) throw new RangeError(`a message has ${size} bytes here, not ${body.length}`)
      const framed = new Uint8Array(size).fill(BLANK)
      framed.set(body)
      return framed
    },
    lacks: (unread) => `no more, though every message has ${size} bytes (${unread.length} have arrived)`,
    decoder: () => new FixedDecoder(size),
  }
}

/** Returns the end of an error sentence, if the peer probably sends little-endian lengths or lengths of 2 bytes; otherwise `''`. */
function otherLength(unread: Uint8Array): string {
  const view = new DataView(unread.buffer, unread.byteOffset)
  const length = view.getUint32(0, true)
  if (length <= MESSAGE_LIMIT) return `; little-endian, as with struct.pack("I", ...), it would be ${length}: use "!I"`
  const short = view.getUint16(0)
  const isShort = short === unread.length - 2
  return isShort ? `; in 2 bytes, as with struct.pack("!H", ...) or writeUTF of Java, it would be ${short}: use "!I" or writeInt` : ''
}

/** Returns the length in the first four bytes. */
function lengthIn({ buffer, byteOffset }: Uint8Array): number {
  return new DataView(buffer, byteOffset).getUint32(0)
}

class BinaryLengthDecoder extends Pending {
  next(): Decoded {
    if (this.pending < 4) return undefined
    const length = lengthIn(this.unread)
    if (length > this.limit) return TooLong
    if (this.pending < 4 + length) return undefined
    return this.text(this.take(4 + length).subarray(4))
  }
}

class DecimalLengthDecoder extends Pending {
  next(): Decoded {
    const colon = this.bytes.indexOf(0x3a, this.at)
    const digits = decode(this.bytes.subarray(this.at, colon < 0 ? this.bytes.length : colon))
    const length = Number(digits)
    // the decoder treats other characters than digits, and too many digits, as a length above the limit
    if (!/^\d{0,9}$/.test(digits) || (colon >= 0 && digits === '') || length > this.limit) return TooLong
    if (colon < 0 || this.pending < digits.length + 1 + length) return undefined
    return this.text(this.take(digits.length + 1 + length).subarray(digits.length + 1))
  }
}

class FixedDecoder extends Pending {
  next(): Decoded {
    if (this.pending < this.limit) return undefined
    const filled = this.take(this.limit)
    return this.text(filled.subarray(0, 1 + filled.findLastIndex((byte) => byte !== BLANK)))
  }
}
