import type { Clock } from '../../src/wire/clock.ts'

/** Lets everything run that is not waiting for a clock. */
export async function settled(): Promise<void> {
  // what is kept is published a turn or two later, and what follows from that another one
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const TURNS = 6

/** TestClock is a clock that stands still until a test lets time pass. */
export class TestClock implements Clock {
  #now: number
  #timers: { at: number; then: () => void }[] = []

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  /** How many wait for their time. */
  get waiting(): number {
    return this.#timers.length
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + ms, then }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  /** Lets time pass, and all that happens in it happen in order. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms
    await settled()
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#timers = this.#timers.filter((one) => one !== next)
      this.#now = next.at
      next.then()
      await settled()
    }
    this.#now = until
  }
}
