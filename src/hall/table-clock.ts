import type { Clock } from '../base/clock.ts'

/** The clock of one table: monotonic time plus an offset, and one timer. Its time never decreases, and continues after the last event. */
export class TableClock {
  readonly #clock: Clock
  /** Offset of the table's clock from monotonic time. */
  #epoch: number
  #cancel: (() => void) | undefined

  /** Starts at the wall time, or at the time of the last event if that time is later. */
  constructor(clock: Clock, lastAt: number) {
    this.#clock = clock
    const wall = Math.max(clock.now(), lastAt)
    const monotonic = clock.monotonic()
    this.#epoch = wall - monotonic
  }

  /** Milliseconds since the Unix epoch. */
  get time(): number {
    return this.#epoch + this.#clock.monotonic()
  }

  /** Converts monotonic time in milliseconds to the table's time. */
  fromMonotonic(time: number): number {
    return this.#epoch + time
  }

  /** Advances the clock to a time if that time is later: the clock of the process that has appended an event may be ahead. */
  advanceTo(at: number): void {
    this.#epoch += Math.max(0, at - this.time)
  }

  /** Calls `then` at a time, in place of the call that was set before; never if the time is `undefined`. */
  callAt(at: number | undefined, then: () => void): void {
    this.#cancel?.()
    this.#cancel = at === undefined ? undefined : this.#clock.after(at - this.time, then)
  }

  cancel(): void {
    this.#cancel?.()
  }
}
