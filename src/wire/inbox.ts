import type { Clock } from './clock.ts'
import type { Unfinished } from './ends.ts'
import { type Decoded, type Decoder, type Framing, TooLong } from './framing.ts'
import { decode } from './text.ts'

/** Datagrams kept for a reader who is busy; further ones are lost, as a network may lose any. */
const DATAGRAMS = 16
/** What a message that is kept counts beside its text, in bytes, so that many empty ones are not for nothing. */
const KEPT = 32
/** Milliseconds that a message may pause at least, once it has come in pieces: a network that cuts is slow, too. */
const BETWEEN_PIECES = 100

/** What one inbox is made of. */
export interface InboxOptions {
  framing: Framing
  clock: Clock
  /** The cap on one message in bytes. */
  messageLimit: number
  /** Each `push` is a datagram, and a message. */
  datagrams: boolean
  /** Called when bytes that came earlier have become a message by waiting, where the framing has that. */
  onSettled: (() => void) | undefined
}

/**
 * Inbox holds what a peer has said until it is asked for. Streams are decoded only then, so that what is unread stays
 * bytes, which are counted; datagrams and settled segments keep their borders by being decoded at once.
 */
export class Inbox {
  readonly #framing: Framing
  readonly #decoder: Decoder
  readonly #clock: Clock
  readonly #messageLimit: number
  readonly #datagrams: boolean
  /** After how many milliseconds without a byte what has come is a message, where it ever is. */
  readonly #pause: number | undefined
  readonly #onSettled: (() => void) | undefined
  #ready: Exclude<Decoded, undefined>[] = NONE
  /** What the ready messages count, in bytes. */
  #kept = 0
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

  /** Bytes that are unread. */
  get pending(): number {
    return this.#decoder.pending + this.#kept
  }

  /** Bytes of a message that is not whole, when `next` has no more. */
  get cut(): number {
    return this.#decoder.pending
  }

  /** What has come of a message that is not whole; `undefined` where there is a whole one, or nothing at all. */
  get unfinished(): Unfinished | undefined {
    const { lacks } = this.#framing
    if (this.#datagrams || this.#ready.length > 0 || !lacks) return undefined
    const message = this.#decoder.next()
    if (message !== undefined && message !== TooLong) this.#keep(message)
    const { unread } = this.#decoder
    return message === undefined && unread.length > 0 ? { bytes: unread, lacks: lacks(unread) } : undefined
  }

  /** Why what has come is more than a message may have, where more can be said than that. */
  get excess(): string | undefined {
    return this.#framing.excess?.(this.#decoder.unread)
  }

  push(bytes: Uint8Array): void {
    if (this.#datagrams) {
      if (this.#ready.length < DATAGRAMS) this.#keep(bytes.length > this.#messageLimit ? TooLong : decode(bytes))
      return
    }
    const begun = this.#decoder.pending > 0
    this.#decoder.push(bytes)
    if (this.#pause !== undefined) {
      this.#cancelSettle?.()
      const pause = begun ? Math.max(this.#pause, BETWEEN_PIECES) : this.#pause
      this.#cancelSettle = this.#clock.after(pause, () => this.#settle())
    }
  }

  /** The next message; `undefined` while there is none. */
  next(): Decoded {
    if (this.#ready.length === 0) {
      const message = this.#decoder.next()
      if (message === undefined) this.#decoder.compact?.()
      return message
    }
    const message = this.#ready.shift()
    this.#kept -= weight(message)
    return message
  }

  /**
   * The last message, when nothing more will come and `next` has no more: what is left, if that can be one. Of a
   * `broken` stream nobody knows whether it was whole; only what waiting alone would have made a message is one.
   */
  rest(broken = false): Decoded {
    this.close()
    if (this.#decoder.pending === 0 || (broken && this.#pause === undefined)) return undefined
    return this.#decoder.rest()
  }

  /** Puts a message back that was only looked at. */
  putBack(message: Exclude<Decoded, undefined>): void {
    this.#keep(message, true)
  }

  /** Waits for nothing any more. */
  close(): void {
    this.#cancelSettle?.()
    this.#cancelSettle = undefined
  }

  #settle(): void {
    this.#cancelSettle = undefined
    let message = this.#decoder.next()
    while (message !== undefined && message !== TooLong) {
      this.#keep(message)
      message = this.#decoder.next()
    }
    if (message === undefined && this.#decoder.pending > 0) message = this.#decoder.rest()
    if (message !== undefined) this.#keep(message)
    this.#onSettled?.()
  }

  #keep(message: Exclude<Decoded, undefined>, first = false): void {
    this.#kept += weight(message)
    if (this.#ready.length === 0) this.#ready = [message]
    else if (first) this.#ready.unshift(message)
    else this.#ready.push(message)
  }
}

function weight(message: Decoded): number {
  return typeof message === 'string' ? KEPT + message.length : KEPT
}

/** What all empty inboxes share. */
const NONE: Exclude<Decoded, undefined>[] = []
