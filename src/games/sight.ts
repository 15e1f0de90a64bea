import type { Situation, Watcher } from './game.ts'

/** Sight is what comes to one seat: situations, kept until they are asked for or watched. */
export class Sight<View> {
  #unseen: Situation<View> | undefined
  /** What comes after that. */
  #later: Situation<View>[] = NONE
  #watcher: Watcher<View> | undefined
  #waiting: { resolve: (situation: Situation<View>) => void; reject: (reason: Error) => void } | undefined
  #closed: Error | undefined

  /** Whether there is nothing that was not shown. */
  get empty(): boolean {
    return this.#unseen === undefined
  }

  /** The next situation; see `Seat`. */
  next(): Promise<Situation<View>> {
    const situation = this.#shift()
    if (situation) return Promise.resolve(situation)
    if (this.#closed) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
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
      const situation = this.#shift()
      if (!situation) return
      const waiting = this.#waiting
      this.#waiting = undefined
      if (this.#watcher) this.#watcher.see(situation)
      else waiting?.resolve(situation)
    }
  }

  #shift(): Situation<View> | undefined {
    const situation = this.#unseen
    this.#unseen = this.#later.length > 0 ? this.#later.shift() : undefined
    return situation
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

/** What all sights share in which at most one is unseen. */
const NONE: never[] = []
