/*
 * A stream has no message boundaries: one read may contain half a message or fifty messages. A `Framing` defines the beginning and the end
 * of each message. The `Decoder` of a framing divides the bytes of one direction of one connection into messages, and does no I/O. Every
 * message has a limit in bytes, because the decoder has to store an unfinished message.
 *
 * `Pending` is the base class of all decoders. The class stores the undecoded bytes in `bytes`, beginning at `at`. The push of bytes is the
 * hot path, and one read almost always contains one whole message. Therefore `push` does not copy: `bytes` refers to the pushed array,
 * which the transport reuses. If bytes remain after decoding, `hold` copies these bytes. The bytes are always in one of three places:
 *
 * - the pushed array itself (`#isPushed`), until `hold`;
 * - an array that belongs to the decoder, perhaps with space for more bytes after `bytes` (`#room`): a message above 8 KB receives twice
 *   the necessary space, so that the decoder does not copy a long message again at each piece;
 * - a buffer of the pool (`#isLent`), for 8 to 56 KB. Without the pool, each new buffer would live so long that V8 treats it as an old
 *   object. V8 collects its whole heap after each 64 MB of old buffers, and each further read then takes 5 ms for a step of this
 *   collection. With 50 peers that pipelined long commands, the other peers waited 200 ms, once or twice a second.
 *
 * Invariants: after `hold`, the decoder refers to no pushed array. `compact` frees an array that is much longer than its remaining bytes,
 * so that an idle connection uses no more memory than its unread bytes need. A buffer of the pool has one user at a time: `unread` copies
 * the bytes, because the caller may retain the result, and `#release` returns the buffer. The span counts only removed bytes (`skip`,
 * `clear`), so the span does not depend on the place of the bytes.
 *
 */

import { decode, type Raw, type TextCode, toRaw } from '../text.ts'

/** Default maximum number of bytes in one message. */
export const MESSAGE_LIMIT = 4096

/** A decoder returns TooLong if a message, or the length that precedes a message, exceeds the limit. */
export const TooLong: unique symbol = Symbol('too long')

/**
 * Decoded is the result of a decoder: a message, `undefined` (the decoder needs more bytes), or `TooLong`. After `TooLong`, each further
 * result is also `TooLong`.
 */
export type Decoded = string | undefined | typeof TooLong

/**
 * ByteSpan is the place of a message in the stream: bytes `start` to `end`, without the byte at `end`. The first byte of the stream is 0.
 */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

/**
 * Decoder divides the bytes of one direction of one connection into messages. The span of a decoder is the span of the last message, with
 * everything that the framing adds, such as the line end. The span is valid until the next call of `next`, `rest` or `clear`. At any time,
 * `end` is the number of decoded and dropped bytes, so `end + pending` is the number of pushed bytes.
 */
export interface Decoder extends ByteSpan {
  /** Number of bytes that are not decoded yet. */
  readonly pending: number
  /** The bytes that are not decoded yet. */
  readonly unread: Uint8Array
  /** Bytes of the last message, if these bytes differ from the UTF-8 of the message's text. */
  readonly raw: Raw | undefined
  /** Appends bytes. The network may have cut the stream at any place. The caller must not change the bytes before the call of `hold`. */
  push(bytes: Uint8Array): void
  /** Returns the next message, if the message is whole. */
  next(): Decoded
  /** Frees memory that the undecoded bytes do not need. The caller calls this function when `next` returns no more messages. */
  compact?(): void
  /**
   * Copies the undecoded bytes, so that the decoder refers to no pushed array. The caller calls this function when the bytes have to wait.
   */
  hold(): void
  /** Drops the undecoded bytes. */
  clear?(): void
  /**
   * Returns the undecoded bytes as the last message, if these bytes can be a message. The caller calls this function after the end, or
   * after a pause of `settle` ms.
   */
  rest(): Decoded
}

/** Framing divides a stream of bytes into messages. */
export interface Framing {
  /** Short description for people. */
  readonly name: string
  /** Milliseconds without a byte after which the bytes that have arrived are a message. */
  readonly settle?: number
  /**
   * True if each message needs a separate write, because only the write marks the boundaries of the message. Such a framing cannot send an
   * empty message.
   */
  readonly alone?: true
  /** Limit of one message in bytes. Default: `MESSAGE_LIMIT`. */
  readonly limit?: number
  /** Encodes one message. Throws a RangeError for a message that is longer than the framing allows. */
  encode(message: string): string | Uint8Array
  /**
   * Names the missing part of the unfinished message `unread`, such as "no line end". This function is missing if a message can consist of
   * any bytes.
   */
  lacks?(unread: Uint8Array): string
  /** Explains why `unread` is longer than a message may be; `undefined` if there is no explanation. */
  excess?(unread: Uint8Array): string | undefined
  /** Creates a decoder for one direction of a connection; `limit` is the limit of one message in bytes. */
  decoder(limit?: number): Decoder
}

/**
 * Number of bytes of a buffer. A buffer has space for one message, for the bytes that may wait unread before the connection pauses, and for one more
 * read. A larger buffer would need fresh pages.
 */
const BUFFER_SIZE = 56 * 1024
/** Maximum number of free buffers in the pool. */
const RETAINED = 128

/** BufferPool lends buffers for undecoded bytes. */
class BufferPool {
  readonly #free: Uint8Array[] = []

  /** Returns a buffer of `BUFFER_SIZE` bytes. The buffer may contain bytes of an earlier borrower. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(BUFFER_SIZE)
  }

  /** Returns a buffer to the pool. The borrower must not use the buffer any more. */
  put(buffer: Uint8Array): void {
    if (this.#free.length < RETAINED) this.#free.push(buffer)
  }
}

const NOTHING = new Uint8Array(0)

/** The pool of all decoders of this process. */
const pool = new BufferPool()

/** Number of bytes above which a message receives twice the necessary space. */
const LONG = 8192

/** Returns the capacity for the pending bytes and a piece. A piece that is as long as the pending bytes is probably the last piece. */
function roomFor(pending: number, piece: number): number {
  const length = pending + piece
  return length > LONG && piece < pending ? 2 * length : length
}

/** Pending is the base class of decoders, and stores the undecoded bytes. */
export abstract class Pending implements Decoder {
  protected bytes: Uint8Array = NOTHING
  /** Index in `bytes` at which the next message begins. */
  protected at = 0
  raw: Raw | undefined = undefined
  start = 0
  end = 0
  protected readonly limit: number
  /** The array or pool buffer that contains `bytes`, if this array or buffer has space for more bytes. */
  #room: Uint8Array | undefined
  /** True if `bytes` is a pushed array, which `hold` must copy. */
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

  compact(): void {
    if (this.bytes === NOTHING && !this.#isLent) return
    const { pending } = this
    const { byteLength } = this.bytes.buffer
    if (!this.#isLent && (byteLength <= LONG || 4 * pending > byteLength)) return
    this.#copy()
  }

  hold(): void {
    const { pending } = this
    if (this.#isLent || pending === 0) return
    if (pending > LONG && pending <= BUFFER_SIZE) this.#borrow(pending)
    else if (this.#isPushed) this.#copy()
  }

  clear(): void {
    this.end += this.pending
    this.start = this.end
    this.bytes = NOTHING
    this.at = 0
    this.#release()
  }

  #copy(): void {
    // a Buffer's own slice would be a view of the long array
    this.bytes = this.pending === 0 ? NOTHING : new Uint8Array(this.bytes.subarray(this.at))
    this.at = 0
    this.#release()
  }

  #borrow(pending: number): void {
    const room = pool.take()
    room.set(this.bytes.subarray(this.at))
    this.bytes = room.subarray(0, pending)
    this.at = 0
    this.#room = room
    this.#isLent = true
    this.#isPushed = false
  }

  /** Moves the undecoded bytes to the beginning of `#room`, and returns `#room`. */
  #move(pending: number): Uint8Array {
    const room = this.#room ?? NOTHING
    room.copyWithin(0, this.at, this.at + pending)
    this.at = 0
    return room
  }

  #release(): void {
    if (this.#isLent && this.#room) pool.put(this.#room)
    this.#room = undefined
    this.#isLent = false
    this.#isPushed = false
  }

  /** Checks whether there is space for `length` more bytes behind `bytes`. */
  #hasRoomFor(length: number): boolean {
    const { byteOffset, buffer } = this.bytes
    return this.#room?.buffer === buffer && byteOffset + this.bytes.length + length <= this.#room.length
  }

  /** Removes and returns the next `length` bytes. */
  protected take(length: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + length)
    this.skip(length)
    return taken
  }

  /** Removes the next `length` bytes, which become the span. */
  protected skip(length: number): void {
    this.start = this.end
    this.end += length
    this.at += length
    if (this.at < this.bytes.length) return
    this.bytes = NOTHING
    this.at = 0
  }

  /** Decodes the body of a message and sets `raw`. `end` is the line end that followed the body. */
  protected text(body: Uint8Array, end = '', code: TextCode = 'utf-8'): string {
    const text = decode(body, code)
    this.raw = toRaw(text, body, end, code)
    return text
  }

  abstract next(): Decoded

  rest(): Decoded {
    return undefined
  }
}
