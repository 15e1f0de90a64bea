/** Waiter is told whether the event `n` is kept. */
interface Waiter {
  readonly n: number
  resolve(kept: boolean): void
}

const NONE: readonly Waiter[] = []

/** Waiters is those who wait until what was decided at a table is kept, or cannot be. */
export class Waiters {
  #waiting: readonly Waiter[] = NONE

  /** Resolves when the event `n` is kept, to `true`, or when it is known that it will not be. */
  until(n: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { n, resolve }]
    })
  }

  /** All events up to a number are kept. */
  kept(until: number): void {
    if (this.#waiting.length === 0) return
    const kept = this.#waiting.filter(({ n }) => n <= until)
    this.#waiting = this.#waiting.filter(({ n }) => n > until)
    for (const { resolve } of kept) resolve(true)
  }

  /** Nothing of what is waited for will be kept. */
  failed(): void {
    const waiting = this.#waiting
    this.#waiting = NONE
    for (const { resolve } of waiting) resolve(false)
  }
}
