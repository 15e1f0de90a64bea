import type { Clock } from '../base/clock.ts'
import type { UnfinishedMessage } from './disconnect.ts'
import { type ByteSpan, type Decoded, type Decoder, type Framing, TooLong } from './framing/framing.ts'
import { type Raw, readText } from './text.ts'

/** Maximum number of unread datagrams; the inbox drops further datagrams, because a network may also drop datagrams. */
const DATAGRAMS = 16
/**
 * Number of bytes that the inbox adds to the size of each decoded message, so that the limit of unread bytes also applies to many empty
 * messages.
 */
const MESSAGE_OVERHEAD = 32
/** Minimum pause in milliseconds that ends a message in several pieces, because a network that cuts messages is also slow. */
const BETWEEN_PIECES = 100

export interface InboxOptions {
  framing: Framing
  clock: Clock
  /** Maximum number of bytes in one message. */
  messageLimit: number
  /** True if each `push` is a datagram, which is a message. */
  datagrams: boolean
  /** Called when a pause has ended a message, for framings with `settle`. */
  onSettled: (() => void) | undefined
}

/**
 * Inbox stores the bytes of a peer until the role reads these bytes. The inbox decodes a stream only when the role reads, because unread
 * bytes are easy to count. The inbox immediately decodes datagrams, and segments that a pause has ended, because stored bytes would have no
 * boundaries.
 */
export class Inbox {
  readonly #framing: Framing
  readonly #decoder: Decoder
  readonly #clock: Clock
  readonly #messageLimit: number
  readonly #datagrams: boolean
  /** Milliseconds without a byte that end a message; `undefined` if no pause ends a message. */
  readonly #pause: number | undefined
  readonly #onSettled: (() => void) | undefined
  #ready: ReadyMessage[] = NONE
  #raw: Raw | undefined
  /** Span of the message that `next` or `rest` returned last, if the decoder no longer has this span. */
  #span: ByteSpan | undefined
  /** Number of bytes of all datagrams, including dropped datagrams. */
  #datagramBytes = 0
  /** Number of bytes of the ready messages, for the limit. */
  #readyBytes = 0
  #cancelSettle: (() => void) | undefined

  constructor({ framing, clock, messageLimit, datagrams, onSettled }: InboxOptions) {
    this.#framing = framing
    this.#decoder = framing.decoder(messageLimit)
    this.#clock = clock
    this.#messageLimit = messageLimit
    this.#datagrams = datagrams
    this.#pause = framing.settle
    this.#onSettled = onSettled
  }

  /** Number of unread bytes. */
  get pending(): number {
    return this.#decoder.pending + this.#readyBytes
  }

  /** Number of bytes of an unfinished message, if `next` returns no more messages. */
  get cut(): number {
    return this.#decoder.pending
  }

  /** Bytes of the message that `next` or `rest` returned last, if these bytes differ from the UTF-8 of the message's text. */
  get raw(): Raw | undefined {
    return this.#raw
  }

  /** Span of the message that `next` or `rest` returned last, until the next call of `next`, `rest` or `clear`. */
  get span(): ByteSpan {
    return this.#span ?? spanOf(this.#decoder)
  }

  /** The unfinished message; `undefined` if a whole message or no byte is unread. */
  get unfinished(): UnfinishedMessage | undefined {
    const { lacks } = this.#framing
    if (this.#datagrams || this.#ready.length > 0 || !lacks) return undefined
    this.#span ??= spanOf(this.#decoder)
    const message = this.#decoder.next()
    if (message !== undefined && message !== TooLong) this.#addDecoded(message)
    const { unread } = this.#decoder
    return message === undefined && unread.length > 0 ? { bytes: unread, lacks: lacks(unread) } : undefined
  }

  /** Explains why the unread bytes are longer than a message may be; `undefined` if the framing has no explanation. */
  get excess(): string | undefined {
    return this.#framing.excess?.(this.#decoder.unread)
  }

  push(bytes: Uint8Array): void {
    if (this.#datagrams) return this.#addDatagram(bytes)
    const begun = this.#decoder.pending > 0
    this.#decoder.push(bytes)
    if (this.#pause !== undefined) {
      this.#cancelSettle?.()
      const pause = begun ? Math.max(this.#pause, BETWEEN_PIECES) : this.#pause
      this.#cancelSettle = this.#clock.after(pause, () => this.#settle())
    }
  }

  /** Returns the next message; `undefined` before a message has arrived. */
  next(): Decoded {
    const entry = this.#ready.length === 0 ? undefined : this.#ready.shift()
    if (entry === undefined) {
      const message = this.#decoder.next()
      this.#span = undefined
      if (message === undefined) this.compact()
      else this.#raw = this.#decoder.raw
      return message
    }
    this.#readyBytes -= weight(entry)
    this.#raw = entry.raw
    this.#span = entry
    return entry.message
  }

  /**
   * Returns the remaining bytes as the last message, if these bytes can be a message. The caller calls this function when no more bytes can
   * arrive and `next` returns no more messages. The last bytes of a `broken` stream may be incomplete. Therefore these bytes are a message
   * only if the framing ends messages by pauses.
   */
  rest(broken = false): Decoded {
    this.close()
    if (this.#decoder.pending === 0 || (broken && this.#pause === undefined)) return undefined
    const message = this.#decoder.rest()
    this.#raw = this.#decoder.raw
    this.#span = undefined
    return message
  }

  /** Puts back the message that `next` returned last. */
  putBack(message: Exclude<Decoded, undefined>): void {
    const { start, end } = this.span
    const entry: ReadyMessage = { message, raw: this.#raw, start, end }
    this.#readyBytes += weight(entry)
    if (this.#ready === NONE) this.#ready = [entry]
    else this.#ready.unshift(entry)
  }

  /** Frees memory that the unread bytes do not need. */
  compact(): void {
    this.#decoder.compact?.()
  }

  /** Copies the unread bytes, because these bytes have to wait. */
  hold(): void {
    this.#decoder.hold?.()
  }

  /** Drops the unread bytes. */
  clear(): void {
    this.close()
    this.#decoder.clear?.()
  }

  /** Cancels the wait for a pause. */
  close(): void {
    this.#cancelSettle?.()
    this.#cancelSettle = undefined
  }

  #settle(): void {
    this.#cancelSettle = undefined
    this.#span ??= spanOf(this.#decoder)
    let message = this.#decoder.next()
    while (message !== undefined && message !== TooLong) {
      this.#addDecoded(message)
      message = this.#decoder.next()
    }
    if (message === undefined && this.#decoder.pending > 0) message = this.#decoder.rest()
    if (message !== undefined) this.#addDecoded(message)
    this.#onSettled?.()
  }

  #addDatagram(bytes: Uint8Array): void {
    const start = this.#datagramBytes
    const end = start + bytes.length
    this.#datagramBytes = end
    if (this.#ready.length >= DATAGRAMS) return
    if (bytes.length > this.#messageLimit) return this.#addReady({ message: TooLong, raw: undefined, start, end })
    const { text, raw } = readText(bytes)
    this.#addReady({ message: text, raw, start, end })
  }

  /** Adds the message that the decoder returned last. */
  #addDecoded(message: Exclude<Decoded, undefined>): void {
    const { raw, start, end } = this.#decoder
    this.#addReady({ message, raw, start, end })
  }

  #addReady(entry: ReadyMessage): void {
    this.#readyBytes += weight(entry)
    if (this.#ready === NONE) this.#ready = [entry]
    else this.#ready.push(entry)
  }
}

/**
 * ReadyMessage is a waiting message and the span of the message. `raw` has the bytes of the message, if these bytes differ from the UTF-8
 * of the message's text.
 */
interface ReadyMessage extends ByteSpan {
  readonly message: Exclude<Decoded, undefined>
  readonly raw: Raw | undefined
}

function weight({ message, raw }: ReadyMessage): number {
  return MESSAGE_OVERHEAD + (typeof message === 'string' ? message.length : 0) + (raw ? raw.body.length : 0)
}

/** An empty array that all inboxes without a waiting message share. */
const NONE: ReadyMessage[] = []

function spanOf({ start, end }: Decoder): ByteSpan {
  return { start, end }
}
