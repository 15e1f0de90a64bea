import { type Availability, type Clock, isTemporary, type StoreFailure } from '../hall/ports.ts'
import type { OnTrouble } from './commits.ts'

/** Milliseconds between two tries to write during an outage: the first, and the most. Each is twice the one before. */
const RETRY = { first: 250, most: 5000 }
/** Milliseconds that a store can write before its next outage begins with the first of these again. */
const STABLE = 30_000

/** Timers are where the time of tries comes from. */
export type Timers = Pick<Clock, 'after' | 'monotonic'>

/** OutageTools is what an outage needs from outside. */
export interface OutageTools {
  /** Tries to write. Throws a `StoreFailure` as long as the store cannot. */
  readonly probe: () => void
  readonly timers: Timers
  readonly onTrouble: OnTrouble
}

/** The system's timers, which do not keep the process alive. */
export const systemTimers: Timers = {
  after(ms, then) {
    const timer = setTimeout(then, ms).unref()
    return () => clearTimeout(timer)
  },
  monotonic: () => performance.now(),
}

/**
 * Outage knows whether a store can write. With the first temporary failure it begins: from then on nothing is tried but
 * by itself, with more and more time between, so that a thousand clients that try again cost nothing. It ends when
 * a try succeeds, which those are notified of who have to go on.
 */
export class Outage implements Availability {
  readonly #tools: OutageTools
  #failure: StoreFailure | undefined
  #wait = RETRY.first
  /** Time at which the previous outage ended. */
  #endedAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined
  #listeners: readonly (() => void)[] = []

  constructor(tools: OutageTools) {
    this.#tools = tools
  }

  get failure(): StoreFailure | undefined {
    return this.#failure
  }

  onChange(then: () => void): () => void {
    this.#listeners = [...this.#listeners, then]
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== then)
    }
  }

  /** Takes note of what the store could not do. An error that is not temporary goes to `onTrouble`. */
  failed(error: unknown): void {
    if (!isTemporary(error)) return this.#tools.onTrouble(error)
    const begins = this.#failure === undefined
    this.#failure = error
    if (!begins) return
    if (this.#tools.timers.monotonic() - this.#endedAt > STABLE) this.#wait = RETRY.first
    this.#retry()
    this.#notify()
  }

  /** Ends all tries. */
  close(): void {
    this.#cancel?.()
    this.#listeners = []
  }

  #retry(): void {
    this.#cancel = this.#tools.timers.after(this.#wait, () => {
      this.#wait = Math.min(2 * this.#wait, RETRY.most)
      try {
        this.#tools.probe()
      } catch (error) {
        // whatever it is: nothing can be written
        if (isTemporary(error)) this.#failure = error
        return this.#retry()
      }
      this.#failure = undefined
      this.#endedAt = this.#tools.timers.monotonic()
      this.#notify()
    })
  }

  #notify(): void {
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (error) {
        this.#tools.onTrouble(error)
      }
    }
  }
}
