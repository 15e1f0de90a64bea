import type { Clock } from '../../src/base/clock.ts'

/** Runs everything that is not waiting for a clock. */
export async function settled(): Promise<void> {
  // a persisted event is published a turn or two later, and its consequences run another turn later
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const TURNS = 6

/** Runs everything that follows in this turn of the event loop. */
export async function settledInTurn(): Promise<void> {
  for (let n = 0; n < TICKS; n++) await new Promise<void>((resolve) => process.nextTick(resolve))
}

const TICKS = 60

/** The start of monotonic time in tests. It differs from wall time, so that a confusion of the two is visible. */
const ORIGIN = 5_000_000

/** TestClock is a clock that stands still until a test advances it. */
export class TestClock implements Clock {
  #now: number
  #monotonic = ORIGIN
  #timers: { at: number; then: () => void }[] = []
  /** Called after each timer that has fired, before anything else runs. */
  onFired: (() => void) | undefined

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  /** Sets the wall clock forward by a number of milliseconds, or back; monotonic time does not advance. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** The number of waiting timers. */
  get waiting(): number {
    return this.#timers.length
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#monotonic + ms, then }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  /** Advances time, and runs all timers in order. */
  async pass(ms: number): Promise<void> {
    const until = this.#monotonic + ms
    await settled()
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#timers = this.#timers.filter((one) => one !== next)
      this.#pass(next.at)
      next.then()
      this.onFired?.()
      await settled()
    }
    this.#pass(until)
  }

  #pass(until: number): void {
    this.#now += until - this.#monotonic
    this.#monotonic = until
  }
}
