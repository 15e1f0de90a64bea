/** Bytes outside of messages that cost a peer as much as a message: a client of telnet sends fewer when it begins. */
const PRICE = 64
/**
 * Bytes outside of messages that a peer may send before one that is read: an hour of a client that asks twice a second to
 * stay connected.
 */
const BETWEEN = 16 * 1024
/** Bytes that are read and dropped after the end. What comes then is left unread. */
const AFTER_END = 1024 * 1024

/** Ignored counts the bytes of a peer that are no part of a message: commands of telnet, and what comes after the end. */
export class Ignored {
  #skipped = 0
  #discarded = 0

  /** True if the peer has sent any since the last message. */
  get any(): boolean {
    return this.#skipped > 0
  }

  /** Reason why those since the last message are too many; `undefined` if they are not. */
  get excess(): string | undefined {
    if (this.#skipped <= BETWEEN) return undefined
    return `the other side sent more than ${BETWEEN} bytes of telnet commands without a line between them`
  }

  /** Counts bytes that a layer has taken out of the stream; returns what they cost. */
  skip(count: number): number {
    const before = Math.trunc(this.#skipped / PRICE)
    this.#skipped += count
    return Math.trunc(this.#skipped / PRICE) - before
  }

  /** Counts from nothing again, because a message was read. */
  clear(): void {
    this.#skipped = 0
  }

  /** Counts bytes that came after the end; returns whether more may be read. */
  mayDiscard(count: number): boolean {
    this.#discarded += count
    return this.#discarded <= AFTER_END
  }
}
