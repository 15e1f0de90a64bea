import type { Clock } from './clock.ts'
import type { Decoded, Decoder, Framing } from './framing.ts'

/** Datagrams kept for a reader who is busy; further ones are lost, as a network may lose any. */
const DATAGRAMS = 64

/** What one inbox is made of. */
export interface InboxOptions {
  framing: Framing
  clock: Clock
  /** The cap on one message in bytes. */
  messageLimit: number
  /** Each `push` is a datagram, and a message. */
  datagrams: boolean
  /** Called when bytes that came earlier have become a message by waiting. */
  onSettled: () => void
}

/**
 * Inbox holds what a peer has said until it is asked for. Streams are decoded only then, so that what is unread stays
 * bytes, which are counted; datagrams and settled segments keep their borders by being decoded at once.
 */
export class Inbox {
  readonly #options: InboxOptions
  readonly #decoder: Decoder
  #ready: Decoded[] = NONE
  #cancelSettle: (() => void) | undefined

  constructor(options: InboxOptions) {
    this.#options = options
    this.#decoder = options.framing.decoder(options.messageLimit)
  }

  /** Bytes that are unread. */
  get pending(): number {
    return this.#decoder.pending
  }

  push(bytes: Uint8Array): void {
    const { framing, datagrams, clock, onSettled } = this.#options
    this.#decoder.push(bytes)
    if (datagrams) {
      this.#keep(this.#decoder.next() ?? this.#decoder.rest())
    } else if (framing.settle !== undefined) {
      this.#cancelSettle?.()
      this.#cancelSettle = clock.after(framing.settle, () => {
        this.#keep(this.#decoder.next() ?? this.#decoder.rest())
        onSettled()
      })
    }
  }

  /** The next message; `undefined` while there is none. */
  next(): Decoded {
    return this.#ready.length > 0 ? this.#ready.shift() : this.#decoder.next()
  }

  /** The last message, when the stream has ended and `next` has no more: what is left, if that can be one. */
  rest(): Decoded {
    this.#cancelSettle?.()
    return this.#decoder.pending > 0 ? this.#decoder.rest() : undefined
  }

  /** Puts a message back that was only looked at. */
  putBack(message: string): void {
    this.#ready = [message, ...this.#ready]
  }

  #keep(message: Decoded): void {
    if (message !== undefined && this.#ready.length < DATAGRAMS) this.#ready = [...this.#ready, message]
  }
}

const NONE: Decoded[] = []
