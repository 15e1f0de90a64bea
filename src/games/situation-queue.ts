import type { Situation, SituationObserver } from './game.ts'

/** SituationQueue stores the situations of one seat until the seat's player requests them or observes the seat. */
export class SituationQueue<View> {
  #first: Situation<View> | undefined
  #later: Situation<View>[] = NONE
  #observer: SituationObserver<View> | undefined
  #waiting: Waiting<View> | undefined
  #closed: Error | undefined

  /** True if the queue has no situation. */
  get isEmpty(): boolean {
    return this.#first === undefined
  }

  /** True if a call of `next` is pending. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined
  }

  /**
   * Returns the next situation; with `toMove`, the next situation in which the seat may move or the game is over. See
   * `Seat`.
   */
  next(toMove = false): Promise<Situation<View>> {
    const situation = this.#shift(toMove)
    if (situation) return Promise.resolve(situation)
    if (this.#closed) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => {
      this.#waiting = { toMove, resolve, reject }
    })
  }

  /** Passes all situations, the queued situations first, to an observer; see `Seat`. */
  observe(observer: SituationObserver<View>): void {
    this.#observer = observer
    this.deliver()
    if (this.#closed) observer.closed(this.#closed)
  }

  /** Queues a situation; `show` delivers it. */
  push(situation: Situation<View>): void {
    if (!this.#first) this.#first = situation
    else if (this.#later.length > 0) this.#later.push(situation)
    else this.#later = [situation]
  }

  /** Delivers the queued situations to the observer, or the first queued situation to the pending `next`. */
  deliver(): void {
    while (this.#observer || this.#waiting) {
      const waiting = this.#waiting
      const situation = this.#shift(!this.#observer && waiting?.toMove)
      if (!situation) return
      this.#waiting = undefined
      if (this.#observer) this.#observer.see(situation)
      else waiting?.resolve(situation)
    }
  }

  #shift(toMove = false): Situation<View> | undefined {
    for (;;) {
      const situation = this.#first
      this.#first = this.#later.length > 0 ? this.#later.shift() : undefined
      if (!situation || !toMove || situation.turn || situation.outcome) return situation
    }
  }

  /** Closes the queue before the game is over; the observer and the pending `next` receive the reason. */
  close(reason: Error): void {
    if (this.#closed) return
    this.#closed = reason
    this.#observer?.closed(reason)
    this.#waiting?.reject(reason)
    this.#waiting = undefined
  }
}

/** Waiting is a pending call of `next`. */
interface Waiting<View> {
  readonly toMove: boolean
  resolve(situation: Situation<View>): void
  reject(reason: Error): void
}

/** An empty array that all queues with at most one situation share, so that not every seat needs an array. */
const NONE: never[] = []
