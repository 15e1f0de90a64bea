import { sweepSome } from '../base/sweep.ts'
import { type Clock, wallClock } from '../wire/clock.ts'
import { Crowd, type Membership } from '../wire/crowd.ts'
import type { Conversation } from './conversation.ts'

/** Limits is how long a peer may be silent when it is its turn, in milliseconds. */
export interface Limits {
  /** Until its first message. */
  readonly first: number
  /** Until each further one. */
  readonly idle: number
}

/** Patience ends conversations whose peers are silent for too long: one timer for all of them. */
export class Patience {
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #tick: number
  readonly #watched = new Crowd<Conversation>()
  #cancel: (() => void) | undefined

  /** `tick` is how often it looks at most, in milliseconds. */
  constructor(limits: Limits, clock: Clock = wallClock, tick = 1000) {
    this.#limits = limits
    this.#clock = clock
    this.#tick = Math.min(tick, Math.max(20, Math.min(limits.first, limits.idle) / 10))
  }

  /** Those who are watched over. */
  get watched(): Iterable<Conversation> & { readonly size: number } {
    return this.#watched
  }

  /** Watches over a conversation, until it leaves. */
  watch(conversation: Conversation): Membership {
    const membership = this.#watched.add(conversation)
    this.#cancel ??= this.#clock.after(this.#tick, () => this.#look())
    return membership
  }

  /** Watches no more. */
  close(): void {
    this.#cancel?.()
  }

  #look(): void {
    this.#lookOn(this.#watched[Symbol.iterator]())
  }

  /** Looks at some of those that were there, and at the others in further turns of the event loop. */
  #lookOn(conversations: Iterator<Conversation>): void {
    const now = this.#clock.monotonic()
    if (sweepSome(conversations, (conversation) => conversation.checkPatience(now, this.#limits))) {
      this.#cancel = this.#clock.after(0, () => this.#lookOn(conversations))
    } else this.#cancel = this.#watched.size > 0 ? this.#clock.after(this.#tick, () => this.#look()) : undefined
  }
}
