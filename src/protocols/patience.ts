import { type Clock, wallClock } from '../wire/clock.ts'
import type { Conversation } from './conversation.ts'

/** How long a peer may be silent when it is its turn, in milliseconds. */
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
  readonly #watched = new Set<Conversation>()
  #cancel: (() => void) | undefined

  constructor(limits: Limits, clock: Clock = wallClock) {
    this.#limits = limits
    this.#clock = clock
    this.#tick = Math.min(1000, Math.max(20, Math.min(limits.first, limits.idle) / 10))
  }

  /** Watches over a conversation until it is over. */
  watch(conversation: Conversation): void {
    this.#watched.add(conversation)
    this.#cancel ??= this.#clock.after(this.#tick, () => this.#look())
    void conversation.over.then(() => this.#watched.delete(conversation))
  }

  /** Watches no more. */
  close(): void {
    this.#cancel?.()
    this.#watched.clear()
  }

  #look(): void {
    const now = this.#clock.now()
    for (const conversation of this.#watched) conversation.checkPatience(now, this.#limits)
    this.#cancel = this.#watched.size > 0 ? this.#clock.after(this.#tick, () => this.#look()) : undefined
  }
}
