/** TurnLimits is the limits of a queue of turns. */
export interface TurnLimits {
  /** Tasks that may work at once. */
  readonly atOnce: number
  /** Tasks that may wait, of one key and of all together. */
  readonly waiting: { readonly each: number; readonly all: number }
}

/** Waiting is called once: its turn has come, or there is no room for it. */
type Waiting = (admitted: boolean) => void

/**
 * Turns lets a few work at once, and the others wait for their turn: the keys, such as addresses, take turns, so that one
 * that wants much is no reason for another to wait long. If too many wait, the last of the key that has most is refused.
 */
export class Turns {
  readonly #limits: TurnLimits
  readonly #queues = new Map<string, Waiting[]>()
  #waiting = 0
  #running = 0

  constructor(limits: TurnLimits) {
    this.#limits = limits
  }

  /** Waits for a turn; `false` if there is no room to wait. The caller calls `done` when it has finished its turn. */
  take(key: string): boolean | Promise<boolean> {
    const { atOnce, waiting } = this.#limits
    if (this.#running < atOnce) {
      this.#running++
      return true
    }
    const queue = this.#queues.get(key) ?? []
    if (queue.length >= waiting.each) return false
    if (this.#waiting >= waiting.all && !this.#makeRoom(queue)) return false
    this.#queues.set(key, queue)
    this.#waiting++
    return new Promise((resolve) => queue.push(resolve))
  }

  /** A turn is over. */
  done(): void {
    for (const [key, queue] of this.#queues) {
      const next = queue.shift()
      // the next turn is another key's
      this.#queues.delete(key)
      if (queue.length > 0) this.#queues.set(key, queue)
      if (!next) continue
      this.#waiting--
      next(true)
      return
    }
    this.#running--
  }

  /** Refuses the last of the longest queue, if that is longer than the one for which there is to be room. */
  #makeRoom(queue: readonly Waiting[]): boolean {
    let longest: Waiting[] = []
    for (const other of this.#queues.values()) if (other.length > longest.length) longest = other
    if (longest.length <= queue.length) return false
    longest.pop()?.(false)
    this.#waiting--
    return true
  }
}
