import { formatCount } from '../../base/counts.ts'
import type { Automaton } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { type Decoded, type Decoder, type Framing, TooLong } from '../../wire/framing/framing.ts'
import { decode } from '../../wire/text.ts'
import { MessageNames } from './message-names.ts'

/** Maximum number of bytes in one message; after a longer message, the finder treats the stream as bytes without messages. */
const LONGEST = 65_536
/** Minimum length, in milliseconds, of the pause that ends a message of several pieces. Connections use the same minimum. */
const BETWEEN_PIECES = 100

/** MessagePart is some bytes of a direction: a whole message, or bytes of one message. */
export interface MessagePart {
  readonly bytes: Uint8Array
  /** Number of the message, counted from 1. */
  readonly message: number
  /** Names of the message; `undefined` for a part of a message, and if the finder needs no names. */
  readonly names: readonly string[] | undefined
}

/** FinderOptions describes the messages to a finder. */
export interface FinderOptions {
  readonly framing: Framing
  readonly automaton: Automaton
  readonly sender: Side
  /**
   * Treats each push as a message. The reason: only a pause would end a message, but the sender writes each message with a write of its
   * own.
   */
  readonly isWritten: boolean
  /** Holds the bytes of a message until the message is whole, because a part has no name; without this option, the finder only counts messages. */
  readonly whole: boolean
}

/**
 * MessageFinder finds the messages in the bytes of one direction. If rules need names, it holds the bytes of a message until the
 * message is whole. It changes no byte, and holds at most one message of 64 KB.
 */
export class MessageFinder {
  readonly #options: FinderOptions
  readonly #decoder: Decoder
  readonly #names: MessageNames
  /** Bytes that the finder has not returned yet. */
  #held: Uint8Array[] = []
  /** Number of bytes that the finder has returned. */
  #returned = 0
  #message = 1
  #isLost = false

  constructor(options: FinderOptions) {
    this.#options = options
    this.#decoder = options.framing.decoder(LONGEST)
    this.#names = new MessageNames(options.automaton, options.sender)
  }

  /** True if the finder holds bytes because their message is not whole. */
  get isHolding(): boolean {
    return this.#held.length > 0
  }

  /** Milliseconds after which the held bytes are a message, if no more bytes arrive; `undefined` if no pause ends the message. */
  get settle(): number | undefined {
    const { settle } = this.#options.framing
    if (settle === undefined || this.#held.length === 0) return undefined
    return this.#held.length > 1 ? Math.max(settle, BETWEEN_PIECES) : settle
  }

  /** Adds bytes, and returns the parts that the lane can pass on. The caller must not change the bytes afterwards. */
  push(bytes: Uint8Array): readonly MessagePart[] {
    if (this.#isLost) return [this.#bare(bytes)]
    if (this.#options.isWritten) return [{ bytes, message: this.#message++, names: this.#name(decode(bytes)) }]
    this.#held.push(bytes)
    this.#decoder.push(bytes)
    const parts = this.#drain(() => this.#decoder.next())
    this.#decoder.hold()
    return this.#options.whole && !this.#isLost ? parts : [...parts, ...this.#release()]
  }

  /** Returns the held bytes, after the end of the stream or after a long pause. The bytes are a message if they can be a message. */
  rest(): readonly MessagePart[] {
    if (this.#isLost || this.#held.length === 0) return this.#release()
    const parts = this.#drain(() => (this.#decoder.pending > 0 ? this.#decoder.rest() : undefined))
    return [...parts, ...this.#release()]
  }

  /** Describes the held bytes, and the part that is missing from the message; does not quote their text, which may have a password. */
  describeHeld(): string {
    const held = joinBytes(this.#held)
    const lacks = this.#options.framing.lacks?.(held)
    return `${formatCount(held.length, 'byte')}${lacks === undefined ? '' : `, with ${lacks}`}`
  }

  #drain(next: () => Decoded): readonly MessagePart[] {
    const parts: MessagePart[] = []
    for (let text = next(); text !== undefined; text = next()) {
      if (text === TooLong) {
        this.#isLost = true
        break
      }
      const bytes = this.#take(this.#decoder.end - this.#returned)
      if (bytes.length > 0) parts.push({ bytes, message: this.#message, names: this.#name(text) })
      this.#message++
    }
    return parts
  }

  #name(text: string): readonly string[] | undefined {
    return this.#options.whole ? this.#names.name(text) : undefined
  }

  /** Returns the held bytes as a part of a message. */
  #release(): readonly MessagePart[] {
    const bytes = this.#take(Number.POSITIVE_INFINITY)
    return bytes.length === 0 ? [] : [this.#bare(bytes)]
  }

  #bare(bytes: Uint8Array): MessagePart {
    return { bytes, message: this.#message, names: undefined }
  }

  /** Removes the first `length` held bytes. */
  #take(length: number): Uint8Array {
    const all = joinBytes(this.#held)
    const taken = all.subarray(0, length)
    this.#held = taken.length < all.length ? [all.subarray(taken.length)] : []
    this.#returned += taken.length
    return taken
  }
}

/** Returns pieces as one array; if there is only one piece, returns that piece without a copy. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const [first, second] = pieces
  if (first && !second) return first
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
