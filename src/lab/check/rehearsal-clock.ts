import type { Clock } from '../../base/clock.ts'

interface Timer {
  readonly at: number
  readonly then: () => void
}

/**
 * RehearsalClock is the clock of conversations in memory: as soon as nothing else is left to do, the time jumps to the next timer. So
 * a role that pauses between its messages costs no time.
 */
export class RehearsalClock implements Clock {
  readonly #idle: (then: () => void) => void
  #time: number
  #timers: readonly Timer[] = []
  #isWaiting = false

  /** `idle` calls a function when all promises have run; `start` is the initial time, in milliseconds since 1970. */
  constructor(idle: (then: () => void) => void, start = 0) {
    this.#idle = idle
    this.#time = start
  }

  now(): number {
    return this.#time
  }

  monotonic(): number {
    return this.#time
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#time + ms, then }
    const later = this.#timers.findIndex(({ at }) => at > timer.at)
    this.#timers = this.#timers.toSpliced(later < 0 ? this.#timers.length : later, 0, timer)
    this.#wait()
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  #wait(): void {
    if (this.#isWaiting || this.#timers.length === 0) return
    this.#isWaiting = true
    this.#idle(() => {
      this.#isWaiting = false
      const [next, ...others] = this.#timers
      if (!next) return
      this.#timers = others
      this.#time = next.at
      next.then()
      this.#wait()
    })
  }
}
