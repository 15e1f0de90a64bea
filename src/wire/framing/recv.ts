import { encode, type TextCode } from '../text.ts'
import { type Decoded, type Framing, Pending } from './framing.ts'

/**
 * recvOnce is the framing of programs that call `recv(size)` once for each message. The bytes that have arrived, but at most `size` bytes,
 * are a message, even if this limit cuts a message of the peer.
 */
export function recvOnce(size = 1024, code: TextCode = 'utf-8'): Framing {
  return {
    name: `none: the bytes that have arrived are a message, up to ${size} bytes`,
    alone: true,
    encode: (message) => encode(message, code),
    decoder: () => new PieceDecoder(size, code),
  }
}

class PieceDecoder extends Pending {
  readonly #code: TextCode

  constructor(size: number, code: TextCode) {
    super(size)
    this.#code = code
  }

  next(): Decoded {
    return this.pending > 0 ? this.text(this.take(Math.min(this.pending, this.limit)), '', this.#code) : undefined
  }
}
