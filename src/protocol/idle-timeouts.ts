import { ChurnSet, type Membership } from '../base/churn-set.ts'
import { type Clock, createSystemClock } from '../base/clock.ts'
import { sweepSome } from '../base/sweep.ts'
import type { Conversation } from './conversation.ts'

/** TimeoutLimits has the limits on a peer's silence in its turn, in milliseconds. */
export interface TimeoutLimits {
  /** Maximum silence before the peer's first message. */
  readonly first: number
  /** Maximum silence before each further message. */
  readonly idle: number
}

/**
 * IdleTimeouts ends conversations whose peers exceed their timeout. One timer serves all conversations, because the
 * server handles too many messages to start a timer for each message.
 */
export class IdleTimeouts {
  readonly #limits: TimeoutLimits
  readonly #clock: Clock
  readonly #tick: number
  readonly #watched = new ChurnSet<Conversation>()
  #cancel: (() => void) | undefined

  /** `tick` is the longest interval between two checks, in milliseconds. */
  constructor(limits: TimeoutLimits, clock: Clock = createSystemClock(), tick = 1000) {
    this.#limits = limits
    this.#clock = clock
    this.#tick = Math.min(tick, Math.max(20, Math.min(limits.first, limits.idle) / 10))
  }

  /** The conversations that have a timeout, for metrics. */
  get conversations(): Iterable<Conversation> & { readonly size: number } {
    return this.#watched
  }

  /** Adds a conversation. The returned membership can remove this conversation. */
  add(conversation: Conversation): Membership {
    const membership = this.#watched.add(conversation)
    this.#cancel ??= this.#clock.after(this.#tick, () => this.#check())
    return membership
  }

  /** Stops the checks of all conversations. */
  close(): void {
    this.#cancel?.()
  }

  #check(): void {
    this.#checkSome(this.#watched[Symbol.iterator]())
  }

  /** Checks some conversations, and checks the other conversations in later turns of the event loop. */
  #checkSome(conversations: Iterator<Conversation>): void {
    const now = this.#clock.monotonic()
    if (sweepSome(conversations, (conversation) => conversation.checkTimeout(now, this.#limits))) {
      this.#cancel = this.#clock.after(0, () => this.#checkSome(conversations))
    } else this.#cancel = this.#watched.size > 0 ? this.#clock.after(this.#tick, () => this.#check()) : undefined
  }
}
