/** Waiter is called when it is known whether the event `n` is persisted. */
interface Waiter {
  readonly n: number
  resolve(kept: boolean): void
}

const NONE: readonly Waiter[] = []

/** Waiters resolve when an event that was decided at a table is persisted, or cannot be. */
export class Waiters {
  #waiting: readonly Waiter[] = NONE

  /** Resolves when the event `n` is persisted, to `true`, or when it is known that it will not be. */
  until(n: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { n, resolve }]
    })
  }

  /** Notes that all events up to a number are persisted. */
  kept(until: number): void {
    if (this.#waiting.length === 0) return
    const kept = this.#waiting.filter(({ n }) => n <= until)
    this.#waiting = this.#waiting.filter(({ n }) => n > until)
    for (const { resolve } of kept) resolve(true)
  }

  /** Notes that none of the awaited events will be persisted. */
  failed(): void {
    const waiting = this.#waiting
    this.#waiting = NONE
    for (const { resolve } of waiting) resolve(false)
  }
}
