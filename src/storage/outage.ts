import type { Clock } from '../base/clock.ts'
import { type Availability, isTemporary, type StoreFailure } from '../hall/ports.ts'
import type { OnStoreError } from './error.ts'

/**
 * Initial and maximum number of milliseconds between two probes during an outage. Each interval is twice the previous interval.
 */
const RETRY = { first: 250, most: 5000 }
/**
 * If more than this number of milliseconds has passed since the previous outage, the probes of a new outage begin with the initial interval
 * again.
 */
const STABLE = 30_000

/** Timers is the source of time for probes and leases. */
export type Timers = Pick<Clock, 'after' | 'monotonic'>

export interface OutageOptions {
  /** Tries to write. Throws a `StoreFailure` if the store cannot write. */
  readonly probe: () => void
  readonly timers: Timers
  readonly onError: OnStoreError
}

/** The system's timers, which do not delay the end of the process. */
export const systemTimers: Timers = {
  after(ms, then) {
    const timer = setTimeout(then, ms).unref()
    return () => clearTimeout(timer)
  },
  monotonic: () => performance.now(),
}

/**
 * Outage records whether a store can write, and probes the store while the store cannot write. An outage begins with the first temporary
 * failure. During an outage, only the probe of this class writes, at growing intervals, so the retries of a thousand clients cost nothing.
 * The outage ends when a probe succeeds. This class notifies its listeners of the beginning and of the end of an outage.
 */
export class Outage implements Availability {
  readonly #tools: OutageOptions
  #failure: StoreFailure | undefined
  #wait = RETRY.first
  /** Monotonic time at which the previous outage ended. */
  #endedAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined
  #listeners: readonly (() => void)[] = []

  constructor(tools: OutageOptions) {
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

  /** Reports a failed write. A temporary failure begins an outage. Passes any other error to `onError`. */
  reportFailure(error: unknown): void {
    if (!isTemporary(error)) return this.#tools.onError(error)
    const begins = this.#failure === undefined
    this.#failure = error
    if (!begins) return
    if (this.#tools.timers.monotonic() - this.#endedAt > STABLE) this.#wait = RETRY.first
    this.#retry()
    this.#notify()
  }

  /** Stops the probes of an outage. */
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
        // any other error also means that the store cannot write
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
        this.#tools.onError(error)
      }
    }
  }
}
