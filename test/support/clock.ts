import type { Clock } from '../../src/base/clock.ts'

/** Lets everything run that is not waiting for a clock. */
export async function settled(): Promise<void> {
  // what is kept is published a turn or two later, and what follows from that another one
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const TURNS = 6

/** Lets all run that follows in this turn of the event loop. */
export async function settledInTurn(): Promise<void> {
  for (let n = 0; n < TICKS; n++) await new Promise<void>((resolve) => process.nextTick(resolve))
}

const TICKS = 60

/** Where monotonic time begins in tests: wherever wall time is taken for it, or it for wall time, is to be seen. */
const ORIGIN = 5_000_000

/** TestClock is a clock that stands still until a test lets time pass. */
export class TestClock implements Clock {
  #now: number
  #monotonic = ORIGIN
  #timers: { at: number; then: () => void }[] = []
  /** Called when something whose time had come was done, before anything else is. */
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

  /** Sets the wall clock forward by so many milliseconds, or back: no time passes. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** How many wait for their time. */
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

  /** Lets time pass, and all that happens in it happen in order. */
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
