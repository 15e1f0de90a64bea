import type { Refusal } from '../games/game.ts'

/**
 * Persisted is the fate of decided events: `true` if the log has the events, `false` if their append has failed, and a refusal if another
 * process has appended other events first, after which the rules refuse the command.
 */
export type Persisted = boolean | Refusal

/** Waiter is a promise that waits until the log has the event `n`. */
export interface Waiter {
  readonly n: number
  resolve(persisted: Persisted): void
}

const NONE: readonly Waiter[] = []

/** Waiters has promises. Each promise waits until a decided event of a table is in the log, or until the append of the event fails. */
export class Waiters {
  #waiting: readonly Waiter[] = NONE

  /** Resolves to `true` when the log has the event `n`, and to `false` if the append fails. */
  until(n: number): Promise<Persisted> {
    return new Promise((resolve) => this.add({ n, resolve }))
  }

  add(waiter: Waiter): void {
    this.#waiting = [...this.#waiting, waiter]
  }

  /** Removes and returns all promises. */
  take(): readonly Waiter[] {
    const waiting = this.#waiting
    this.#waiting = NONE
    return waiting
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
    for (const { resolve } of this.take()) resolve(false)
  }
}
