import { type ByteSpan, type Decoded, type Decoder, type Framing, MESSAGE_LIMIT, TooLong } from '../../wire/framing/framing.ts'
import { type Raw, readText } from '../../wire/text.ts'
import type { Segment } from './observation.ts'

/** Shortest pause in milliseconds after a message that has arrived in several pieces; connections use the same pause. */
const BETWEEN_PIECES = 100
/** Maximum number of bytes of one message that the direction copies. */
const SHOWN = 4096

/** WholeMessage is a decoded message, with its place. */
export interface WholeMessage extends ByteSpan {
  readonly text: string
  readonly raw: Raw | undefined
  /** The bytes of its span, at most the first 4,096. */
  readonly bytes: Uint8Array
  readonly segments: readonly Segment[]
}

/** DirectionOptions has the rules by which the bytes of one direction become messages. */
export interface DirectionOptions {
  readonly framing: Framing
  /** True if each read is a datagram, which is a message. */
  readonly datagrams: boolean
}

/**
 * Direction cuts the bytes of one side into messages, as the inbox of the receiver does, but without a clock: a pause ends when an
 * event has a later time.
 */
export class Direction {
  readonly framing: Framing
  readonly limit: number
  readonly #decoder: Decoder
  readonly #datagrams: boolean
  readonly #nothing = new Uint8Array(0)
  /** Segments with bytes that are not decoded yet. */
  #segments: Segment[] = []
  /** Messages that no call of `next` has returned yet. */
  #ready: WholeMessage[] = []
  #pushed = 0
  #lastAt = 0
  /** Time at which the pause ends the unframed message; `undefined` if no pause ends it. */
  #deadline: number | undefined
  #isTooLong = false

  constructor({ framing, datagrams }: DirectionOptions) {
    this.framing = framing
    this.limit = framing.limit ?? MESSAGE_LIMIT
    this.#decoder = framing.decoder(this.limit)
    this.#datagrams = datagrams
  }

  /** Number of bytes that `push` has received. */
  get pushed(): number {
    return this.#pushed
  }

  /** Time of the last bytes. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** True after a message that is longer than the limit, because the decoder can then read no further bytes. */
  get isTooLong(): boolean {
    return this.#isTooLong
  }

  /** Offset at which the next message begins. */
  get start(): number {
    return this.#datagrams ? this.#pushed : this.#decoder.end
  }

  /** The bytes of the next message that have arrived. */
  get unread(): Uint8Array {
    return this.#decoder.pending === 0 ? this.#nothing : this.#decoder.unread
  }

  /** Time at which a pause makes the unread bytes a message; `undefined` if no pause makes them a message. */
  get deadline(): number | undefined {
    return this.#deadline
  }

  /** Adds the bytes of a read. Returns the segment of the read. */
  push(bytes: Uint8Array, at: number, number: number): Segment {
    const segment = { number, at, start: this.#pushed, end: this.#pushed + bytes.length }
    this.#pushed = segment.end
    this.#lastAt = at
    if (this.#isTooLong) return segment
    if (this.#datagrams) {
      this.#addDatagram(bytes, segment)
      return segment
    }
    this.#segments.push(segment)
    const begun = this.#decoder.pending > 0
    this.#decoder.push(bytes)
    const { settle } = this.framing
    if (settle !== undefined) this.#deadline = at + (begun ? Math.max(settle, BETWEEN_PIECES) : settle)
    this.#drain(bytes, segment.start)
    this.#decoder.compact?.()
    this.#decoder.hold()
    return segment
  }

  /** Treats the unread bytes as a message, if they can be a message. Called after the end of the direction or after a pause. */
  rest(): void {
    this.#deadline = undefined
    if (this.#isTooLong || this.#decoder.pending === 0) return
    const { unread, end } = this.#decoder
    this.#add(this.#decoder.rest(), unread, end)
  }

  /** Drops the unread bytes, because the bytes after them are missing. */
  skip(): void {
    this.#deadline = undefined
    this.#segments = []
    this.#decoder.clear?.()
  }

  /** Removes and returns the next message. */
  next(): WholeMessage | undefined {
    return this.#ready.shift()
  }

  #addDatagram(bytes: Uint8Array, segment: Segment): void {
    if (bytes.length > this.limit) {
      this.#isTooLong = true
      return
    }
    const { start, end } = segment
    this.#ready.push({ ...readText(bytes), start, end, bytes: bytes.slice(0, SHOWN), segments: [segment] })
  }

  /** Decodes all whole messages, and queues them for `next`. `bytes` are the bytes of the last read, which begins at `start`. */
  #drain(bytes: Uint8Array, start: number): void {
    const decoder = this.#decoder
    while (decoder.pending > 0) {
      const { end } = decoder
      // almost every message is within one read, so its bytes are in `bytes`
      const isHere = end >= start
      const unread = isHere ? bytes : decoder.unread
      if (!this.#add(decoder.next(), unread, isHere ? start : end)) break
    }
    if (decoder.pending === 0) this.#deadline = undefined
  }

  /** Queues a decoded message. The message is a part of `bytes`, which begin at the offset `from`. Returns false if there is no message. */
  #add(text: Decoded, bytes: Uint8Array, from: number): boolean {
    this.#isTooLong ||= text === TooLong
    if (typeof text !== 'string') return false
    const { start, end, raw } = this.#decoder
    const own = bytes.slice(start - from, Math.min(end, start + SHOWN) - from)
    this.#ready.push({ text, raw, start, end, bytes: own, segments: this.#takeSegments(start, end) })
    return true
  }

  /** Returns the segments that have bytes between `start` and `end`, and removes the segments that have no bytes after `end`. */
  #takeSegments(start: number, end: number): readonly Segment[] {
    const all = this.#segments
    const [only] = all
    if (all.length === 1 && only?.end === end && start < end) {
      this.#segments = []
      return all
    }
    this.#segments = all.filter((segment) => segment.end > end)
    return all.filter((segment) => segment.start < end && segment.end > start)
  }
}
