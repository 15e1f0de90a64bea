import type { Situation, Watcher } from './game.ts'

/** Sight is what comes to one seat: situations, kept until they are asked for or watched. */
export class Sight<View> {
  #unseen: Situation<View> | undefined
  /** What comes after that. */
  #later: Situation<View>[] = NONE
  #watcher: Watcher<View> | undefined
  #waiting: Waiting<View> | undefined
  #closed: Error | undefined

  /** Whether there is nothing that was not shown. */
  get empty(): boolean {
    return this.#unseen === undefined
  }

  /** Whether somebody waits for what comes. */
  get awaited(): boolean {
    return this.#waiting !== undefined
  }

  /** The next situation, or the next in which there is something to be done or the game is over; see `Seat`. */
  next(toMove = false): Promise<Situation<View>> {
    const situation = this.#shift(toMove)
    if (situation) return Promise.resolve(situation)
    if (this.#closed) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => {
      this.#waiting = { toMove, resolve, reject }
    })
  }

  /** Shows everything from now on to a watcher; see `Seat`. */
  watch(watcher: Watcher<View>): void {
    this.#watcher = watcher
    this.show()
    if (this.#closed) watcher.closed(this.#closed)
  }

  /** Keeps a situation until it is shown. */
  push(situation: Situation<View>): void {
    if (!this.#unseen) this.#unseen = situation
    else if (this.#later.length > 0) this.#later.push(situation)
    else this.#later = [situation]
  }

  /** Shows what there is to whoever watches or waits. */
  show(): void {
    while (this.#watcher || this.#waiting) {
      const waiting = this.#waiting
      const situation = this.#shift(!this.#watcher && waiting?.toMove)
      if (!situation) return
      this.#waiting = undefined
      if (this.#watcher) this.#watcher.see(situation)
      else waiting?.resolve(situation)
    }
  }

  #shift(toMove = false): Situation<View> | undefined {
    for (;;) {
      const situation = this.#unseen
      this.#unseen = this.#later.length > 0 ? this.#later.shift() : undefined
      if (!situation || !toMove || situation.turn || situation.outcome) return situation
    }
  }

  /** Nothing more will come, for a reason that lies outside of the game. */
  close(reason: Error): void {
    if (this.#closed) return
    this.#closed = reason
    this.#watcher?.closed(reason)
    this.#waiting?.reject(reason)
    this.#waiting = undefined
  }
}

/** Waiting is somebody who wants the next situation, or the next in which there is something to be done. */
interface Waiting<View> {
  readonly toMove: boolean
  resolve(situation: Situation<View>): void
  reject(reason: Error): void
}

/** What all sights share in which at most one is unseen. */
const NONE: never[] = []
