import type { Clock } from './clock.ts'
import type { Unfinished } from './ends.ts'
import { type Decoded, type Decoder, type Framing, TooLong } from './framing.ts'
import { type Raw, readText } from './text.ts'

/** Datagrams kept for a reader who is busy; further ones are lost, as a network may lose any. */
const DATAGRAMS = 16
/** What a message that is kept counts beside its text, in bytes, so that many empty ones are not for nothing. */
const KEPT = 32
/** Milliseconds that a message may pause at least, once it has come in pieces: a network that cuts is slow, too. */
const BETWEEN_PIECES = 100

/** InboxOptions is what one inbox is made of. */
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
  #ready: Kept[] = NONE
  #raw: Raw | undefined
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

  /** The bytes of the message that `next` or `rest` has given last, where its text does not tell them. */
  get raw(): Raw | undefined {
    return this.#raw
  }

  /** Unfinished message; `undefined` if there is a whole one, or no byte. */
  get unfinished(): Unfinished | undefined {
    const { lacks } = this.#framing
    if (this.#datagrams || this.#ready.length > 0 || !lacks) return undefined
    const message = this.#decoder.next()
    if (message !== undefined && message !== TooLong) this.#keep(message, this.#decoder.raw)
    const { unread } = this.#decoder
    return message === undefined && unread.length > 0 ? { bytes: unread, lacks: lacks(unread) } : undefined
  }

  /** Reason why the bytes are more than a message may have, if more can be said than that. */
  get excess(): string | undefined {
    return this.#framing.excess?.(this.#decoder.unread)
  }

  push(bytes: Uint8Array): void {
    if (this.#datagrams) {
      if (this.#ready.length < DATAGRAMS) this.#keepDatagram(bytes)
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
      if (message === undefined) this.compact()
      else this.#raw = this.#decoder.raw
      return message
    }
    const kept = this.#ready.shift()
    this.#kept -= weight(kept)
    const isOdd = typeof kept === 'object'
    this.#raw = isOdd ? kept.raw : undefined
    return isOdd ? kept.text : kept
  }

  /**
   * The last message, when nothing more will come and `next` has no more: what is left, if that can be one. Of a
   * `broken` stream nobody knows whether it was whole; only what waiting alone would have made a message is one.
   */
  rest(broken = false): Decoded {
    this.close()
    if (this.#decoder.pending === 0 || (broken && this.#pause === undefined)) return undefined
    const message = this.#decoder.rest()
    this.#raw = this.#decoder.raw
    return message
  }

  /** Puts the message back that `next` has given last. */
  putBack(message: Exclude<Decoded, undefined>): void {
    this.#keep(message, this.#raw, true)
  }

  /** Holds no more memory than what is unread needs. */
  compact(): void {
    this.#decoder.compact?.()
  }

  /** Copies what is unread to memory that is used again, because it has to wait. */
  hold(): void {
    this.#decoder.hold?.()
  }

  /** Drops what is unread: nothing is read any more. */
  clear(): void {
    this.close()
    this.#decoder.clear?.()
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
      this.#keep(message, this.#decoder.raw)
      message = this.#decoder.next()
    }
    if (message === undefined && this.#decoder.pending > 0) message = this.#decoder.rest()
    if (message !== undefined) this.#keep(message, this.#decoder.raw)
    this.#onSettled?.()
  }

  #keepDatagram(bytes: Uint8Array): void {
    if (bytes.length > this.#messageLimit) return this.#keep(TooLong, undefined)
    const { text, raw } = readText(bytes)
    this.#keep(text, raw)
  }

  #keep(message: Exclude<Decoded, undefined>, raw: Raw | undefined, first = false): void {
    const kept = typeof message === 'string' && raw ? { text: message, raw } : message
    this.#kept += weight(kept)
    if (this.#ready.length === 0) this.#ready = [kept]
    else if (first) this.#ready.unshift(kept)
    else this.#ready.push(kept)
  }
}

/** Kept is a waiting message, with its bytes if its text does not tell them. */
type Kept = Exclude<Decoded, undefined> | { readonly text: string; readonly raw: Raw }

function weight(kept: Kept | undefined): number {
  if (typeof kept === 'object') return KEPT + kept.text.length + kept.raw.body.length
  return typeof kept === 'string' ? KEPT + kept.length : KEPT
}

/** What all empty inboxes share. */
const NONE: Kept[] = []
