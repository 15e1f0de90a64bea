import type { Clock } from '../base/clock.ts'
import type { UnfinishedMessage } from './disconnect.ts'
import { type Decoded, type Decoder, type Framing, TooLong } from './framing/framing.ts'
import { type Raw, readText } from './text.ts'

/** Limit of unread datagrams; the inbox drops further datagrams, as a network may. */
const DATAGRAMS = 16
/** Bytes that a decoded message counts in addition to its text, so that many empty messages count too. */
const MESSAGE_OVERHEAD = 32
/** Shortest pause in milliseconds after a message has arrived in several pieces: a network that cuts is slow, too. */
const BETWEEN_PIECES = 100

export interface InboxOptions {
  framing: Framing
  clock: Clock
  /** Limit of one message in bytes. */
  messageLimit: number
  /** True if each `push` is a datagram, and a message. */
  datagrams: boolean
  /** Called when a pause has made earlier bytes a message, for framings with `settle`. */
  onSettled: (() => void) | undefined
}

/**
 * Inbox holds the bytes of a peer until the role reads them. A stream is decoded only then, so that unread data stays bytes, which
 * are easy to count. Datagrams, and segments that a pause has ended, are decoded at once, because bytes lose the boundaries.
 */
export class Inbox {
  readonly #framing: Framing
  readonly #decoder: Decoder
  readonly #clock: Clock
  readonly #messageLimit: number
  readonly #datagrams: boolean
  /** Milliseconds without a byte that end a message; `undefined` if no pause does. */
  readonly #pause: number | undefined
  readonly #onSettled: (() => void) | undefined
  #ready: ReadyMessage[] = NONE
  #raw: Raw | undefined
  /** Bytes that the ready messages count. */
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

  /** Number of bytes of an unfinished message, if `next` returns no more. */
  get cut(): number {
    return this.#decoder.pending
  }

  /** Bytes of the message that `next` or `rest` returned last, if they differ from its text in UTF-8. */
  get raw(): Raw | undefined {
    return this.#raw
  }

  /** The unfinished message; `undefined` if a whole message or no byte is unread. */
  get unfinished(): UnfinishedMessage | undefined {
    const { lacks } = this.#framing
    if (this.#datagrams || this.#ready.length > 0 || !lacks) return undefined
    const message = this.#decoder.next()
    if (message !== undefined && message !== TooLong) this.#addReady(message, this.#decoder.raw)
    const { unread } = this.#decoder
    return message === undefined && unread.length > 0 ? { bytes: unread, lacks: lacks(unread) } : undefined
  }

  /** Explains why the unread bytes are longer than a message may be; `undefined` if the framing has no explanation. */
  get excess(): string | undefined {
    return this.#framing.excess?.(this.#decoder.unread)
  }

  push(bytes: Uint8Array): void {
    if (this.#datagrams) {
      if (this.#ready.length < DATAGRAMS) this.#addDatagram(bytes)
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

  /** Returns the next message; `undefined` if none has arrived. */
  next(): Decoded {
    if (this.#ready.length === 0) {
      const message = this.#decoder.next()
      if (message === undefined) this.compact()
      else this.#raw = this.#decoder.raw
      return message
    }
    const entry = this.#ready.shift()
    this.#readyBytes -= weight(entry)
    const isOdd = typeof entry === 'object'
    this.#raw = isOdd ? entry.raw : undefined
    return isOdd ? entry.text : entry
  }

  /**
   * Returns the rest as the last message, if it can be one. Called when no more bytes will arrive and `next` returns no more.
   * The rest of a `broken` stream may be incomplete, so it is a message only if a pause would have made it one.
   */
  rest(broken = false): Decoded {
    this.close()
    if (this.#decoder.pending === 0 || (broken && this.#pause === undefined)) return undefined
    const message = this.#decoder.rest()
    this.#raw = this.#decoder.raw
    return message
  }

  /** Puts back the message that `next` returned last. */
  putBack(message: Exclude<Decoded, undefined>): void {
    this.#addReady(message, this.#raw, true)
  }

  /** Frees memory that the unread bytes do not need. */
  compact(): void {
    this.#decoder.compact?.()
  }

  /** Copies the unread bytes, because they have to wait. */
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
    let message = this.#decoder.next()
    while (message !== undefined && message !== TooLong) {
      this.#addReady(message, this.#decoder.raw)
      message = this.#decoder.next()
    }
    if (message === undefined && this.#decoder.pending > 0) message = this.#decoder.rest()
    if (message !== undefined) this.#addReady(message, this.#decoder.raw)
    this.#onSettled?.()
  }

  #addDatagram(bytes: Uint8Array): void {
    if (bytes.length > this.#messageLimit) return this.#addReady(TooLong, undefined)
    const { text, raw } = readText(bytes)
    this.#addReady(text, raw)
  }

  #addReady(message: Exclude<Decoded, undefined>, raw: Raw | undefined, first = false): void {
    const entry = typeof message === 'string' && raw ? { text: message, raw } : message
    this.#readyBytes += weight(entry)
    if (this.#ready.length === 0) this.#ready = [entry]
    else if (first) this.#ready.unshift(entry)
    else this.#ready.push(entry)
  }
}

/** ReadyMessage is a message that waits, with its bytes if they differ from its text in UTF-8. */
type ReadyMessage = Exclude<Decoded, undefined> | { readonly text: string; readonly raw: Raw }

function weight(entry: ReadyMessage | undefined): number {
  if (typeof entry === 'object') return MESSAGE_OVERHEAD + entry.text.length + entry.raw.body.length
  return typeof entry === 'string' ? MESSAGE_OVERHEAD + entry.length : MESSAGE_OVERHEAD
}

/** Shared by all empty inboxes. */
const NONE: ReadyMessage[] = []
