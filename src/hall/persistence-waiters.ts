/** Waiter is a promise that waits until the log has the event `n`. */
interface Waiter {
  readonly n: number
  resolve(isPersisted: boolean): void
}

const NONE: readonly Waiter[] = []

/** Waiters has promises. Each promise waits until a decided event of a table is in the log, or until the append of the event fails. */
export class Waiters {
  #waiting: readonly Waiter[] = NONE

  /** Resolves to `true` when the log has the event `n`, and to `false` if the append fails. */
  until(n: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { n, resolve }]
    })
  }

  /** Resolves the promises for all events up to the number `until`, which are persisted. */
  resolveUpTo(until: number): void {
    if (this.#waiting.length === 0) return
    const persisted = this.#waiting.filter(({ n }) => n <= until)
    this.#waiting = this.#waiting.filter(({ n }) => n > until)
    for (const { resolve } of persisted) resolve(true)
  }

  /** Resolves all promises to `false`, because the actor has rolled back their events. */
  failAll(): void {
    const waiting = this.#waiting
    this.#waiting = NONE
    for (const { resolve } of waiting) resolve(false)
  }
}
