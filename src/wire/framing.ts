import { decode, type Raw, rawOf, type TextCode } from './text.ts'

/** The cap on one message, in bytes, where nobody asked for another. */
export const MESSAGE_LIMIT = 4096

/** TooLong is what a decoder answers when more bytes have come than one message may have. */
export const TooLong: unique symbol = Symbol('too long')

/** Decoded is what a decoder has to say: a message, `undefined` for "need more bytes", or `TooLong` (and then nothing else ever). */
export type Decoded = string | undefined | typeof TooLong

/** Decoder turns the bytes of one direction of one connection into messages. It does no I/O. */
export interface Decoder {
  /** Bytes taken in and not yet given out. */
  readonly pending: number
  /** Bytes that were pushed and not read. */
  readonly unread: Uint8Array
  /** The bytes of the message that was given out last, where its text does not tell them. */
  readonly raw: Raw | undefined
  /** Takes in bytes, cut anywhere. They must not be changed before `hold` is called. */
  push(bytes: Uint8Array): void
  /** The next message, if it is whole. */
  next(): Decoded
  /** Holds no more memory than what is unread needs; called when `next` has no more. */
  compact?(): void
  /** Copies what is unread, so that no pushed array stays referenced; called when it has to wait. */
  hold(): void
  /** Drops what is unread. */
  clear?(): void
  /** When nothing more will come (or has come for `settle` milliseconds): what the rest is, if it can be a message. */
  rest(): Decoded
}

/** Framing is how messages stand one after the other in a stream of bytes. */
export interface Framing {
  /** What it is, in a few words, for people. */
  readonly name: string
  /** After so many milliseconds without a byte, what has come is a message. */
  readonly settle?: number
  /** Each message goes out in a write of its own, since nothing but that marks its borders; an empty one not at all. */
  readonly alone?: true
  /** The cap on one message in bytes, where it is not the usual one. */
  readonly limit?: number
  /** One message as it goes over the wire. Throws a RangeError where it is longer than the framing can carry. */
  encode(message: string): string | Uint8Array
  /** Names what `unread` bytes need to be a whole message, as a noun with "no"; missing if any bytes are one. */
  lacks?(unread: Uint8Array): string
  /** Explains why `unread` bytes are more than a message may have, if more can be said than that. */
  excess?(unread: Uint8Array): string | undefined
  /** A decoder for one connection; `limit` is the cap on one message in bytes. */
  decoder(limit?: number): Decoder
}

/** Bytes of a buffer: what a peer has to wait above, what one read brings more, and a message. Below 128 KiB, the system gives no fresh pages to each. */
const BUFFER_SIZE = 56 * 1024
/** Free buffers that are retained. */
const RETAINED = 128

/**
 * BufferPool lends buffers for what peers have sent and waits to be read. A new buffer each time would live just long enough
 * to count as old, and V8 collects its whole heap after each 64 MB of those, with a step of 5 ms at each further one: 50
 * peers that pipelined long commands made others wait 200 ms, once or twice a second.
 */
class BufferPool {
  readonly #free: Uint8Array[] = []

  /** Lends a buffer of `BUFFER_SIZE` bytes, of any content. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(BUFFER_SIZE)
  }

  /** Takes a buffer back, to lend it again: nothing may read or write it any more. */
  put(buffer: Uint8Array): void {
    if (this.#free.length < RETAINED) this.#free.push(buffer)
  }
}

const NOTHING = new Uint8Array(0)

/** Pool that all decoders of this process share. */
const pool = new BufferPool()

/** Bytes from which on a message gets twice the room that it needs, so that one in many pieces is not copied with each. */
const LONG = 8192

/** The room for what is pending and the next piece: a piece that is not shorter is not one of many. */
function roomFor(pending: number, piece: number): number {
  const length = pending + piece
  return length > LONG && piece < pending ? 2 * length : length
}

/** Pending is what decoders have in common: the bytes that are there and not yet given out. */
export abstract class Pending implements Decoder {
  protected bytes: Uint8Array = NOTHING
  /** Where in `bytes` the next message begins. */
  protected at = 0
  raw: Raw | undefined = undefined
  protected readonly limit: number
  /** The array of our own in which `bytes` lies, where that has room for more. */
  #room: Uint8Array | undefined
  /** True if `bytes` is not ours and must be copied when it has to wait. */
  #isPushed = false
  /** True if `#room` is a buffer of the pool. */
  #isLent = false

  constructor(limit: number) {
    this.limit = limit
  }

  get pending(): number {
    return this.bytes.length - this.at
  }

  get unread(): Uint8Array {
    const unread = this.bytes.subarray(this.at)
    return this.#isLent ? new Uint8Array(unread) : unread
  }

  push(bytes: Uint8Array): void {
    const { pending } = this
    if (pending === 0) {
      this.bytes = bytes
      this.at = 0
      this.#release()
      this.#isPushed = true
    } else if (this.#isLent && pending + bytes.length <= BUFFER_SIZE) {
      const room = this.#move(pending)
      room.set(bytes, pending)
      this.bytes = room.subarray(0, pending + bytes.length)
    } else if (this.#hasRoomFor(bytes.length)) {
      const end = this.bytes.byteOffset + this.bytes.length
      this.#room?.set(bytes, end)
      this.bytes = new Uint8Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length + bytes.length)
    } else {
      const joined = new Uint8Array(roomFor(pending, bytes.length))
      joined.set(this.bytes.subarray(this.at))
      joined.set(bytes, pending)
      this.#release()
      this.#room = joined.length > pending + bytes.length ? joined : undefined
      this.bytes = joined.subarray(0, pending + bytes.length)
      this.at = 0
    }
  }

  /** Copies what is unread out of an array that is much longer, which would be held for as long as the peer says nothing more. */
  compact(): void {
    if (this.bytes === NOTHING && !this.#isLent) return
    const { pending } = this
    const { byteLength } = this.bytes.buffer
    if (!this.#isLent && (byteLength <= LONG || 4 * pending > byteLength)) return
    this.#copy()
  }

  /** Copies what is unread, if it was not yet: to a buffer of the pool if it is much. */
  hold(): void {
    const { pending } = this
    if (this.#isLent || pending === 0) return
    if (pending > LONG && pending <= BUFFER_SIZE) this.#borrow(pending)
    else if (this.#isPushed) this.#copy()
  }

  clear(): void {
    this.bytes = NOTHING
    this.at = 0
    this.#release()
  }

  /** Copies what is unread to an array of its length. */
  #copy(): void {
    // a Buffer's own slice would be a view of the long array
    this.bytes = this.pending === 0 ? NOTHING : new Uint8Array(this.bytes.subarray(this.at))
    this.at = 0
    this.#release()
  }

  /** Copies what is unread to a buffer of the pool. */
  #borrow(pending: number): void {
    const room = pool.take()
    room.set(this.bytes.subarray(this.at))
    this.bytes = room.subarray(0, pending)
    this.at = 0
    this.#room = room
    this.#isLent = true
    this.#isPushed = false
  }

  /** Moves what is unread to the beginning of its buffer. */
  #move(pending: number): Uint8Array {
    const room = this.#room ?? NOTHING
    room.copyWithin(0, this.at, this.at + pending)
    this.at = 0
    return room
  }

  /** Gives the buffer back to the pool, if the bytes were in one. */
  #release(): void {
    if (this.#isLent && this.#room) pool.put(this.#room)
    this.#room = undefined
    this.#isLent = false
    this.#isPushed = false
  }

  /** Checks whether bytes can be added without copying the present ones. */
  #hasRoomFor(length: number): boolean {
    const { byteOffset, buffer } = this.bytes
    return this.#room?.buffer === buffer && byteOffset + this.bytes.length + length <= this.#room.length
  }

  /** The next `length` bytes, which are thereby given out. */
  protected take(length: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + length)
    this.skip(length)
    return taken
  }

  /** Gives the next `length` bytes out. */
  protected skip(length: number): void {
    this.at += length
    if (this.at < this.bytes.length) return
    this.bytes = NOTHING
    this.at = 0
  }

  /** The text of a message that is given out, with `end` behind it; sets `raw`. */
  protected text(body: Uint8Array, end = '', code: TextCode = 'utf-8'): string {
    const text = decode(body, code)
    this.raw = rawOf(text, body, end, code)
    return text
  }

  abstract next(): Decoded

  rest(): Decoded {
    return undefined
  }
}
