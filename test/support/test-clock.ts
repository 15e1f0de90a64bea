import type { Clock } from '../../src/base/clock.ts'
import { Changes } from './changes.ts'

/** Resolves in the next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** The number of calls of `settled` that wait for a turn now: they do not wait for each other. */
let waiting = 0
/** The number of turns after which a test is at fault: something in it runs forever. */
const ENDLESS = 100_000

/**
 * Runs all code that waits neither for a clock nor for the system. Promises and ticks run in each turn of the event loop,
 * and Node knows the pending callbacks of `setImmediate`; if there are none, no code runs by itself. It does
 * not wait for threads and sockets: tests await their results.
 */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < ENDLESS; turns++) {
    waiting++
    await turn()
    waiting--
    const immediates = process.getActiveResourcesInfo().filter((type) => type === 'Immediate').length
    if (immediates <= waiting) return
  }
  throw new Error(`the event loop is still busy after ${ENDLESS} turns`)
}

/** Runs all code that follows in this turn of the event loop. */
export async function settledInTurn(): Promise<void> {
  for (let n = 0; n < TICKS; n++) await new Promise<void>((resolve) => process.nextTick(resolve))
}

const TICKS = 60

/** The start of monotonic time in tests. It differs from wall time, so that a confusion of the two is visible. */
const ORIGIN = 5_000_000

/** TestClock is a clock that advances only when a test advances it. */
export class TestClock implements Clock {
  #now: number
  #monotonic = ORIGIN
  #timers: { at: number; then: () => void }[] = []
  /** Called after each timer that has fired, before anything else runs. */
  onFired: (() => void) | undefined
  readonly #changes = new Changes()

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
    this.#changes.note()
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
      this.#changes.note()
    }
  }

  /** Resolves when the number of waiting timers meets a condition, which sets and cancellations of timers can change. */
  until(met: (timers: number) => boolean): Promise<void> {
    return this.#changes.until(() => met(this.waiting))
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
