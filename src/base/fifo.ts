/**
 * Fifo is a queue whose `shift` takes constant time on average: the queue cuts its array only after many
 * removals.
 */
export class Fifo<Item> {
  #all: Item[] = []
  /** Number of removed items at the front of the array. */
  #out = 0

  get size(): number {
    return this.#all.length - this.#out
  }

  /** The oldest item; `undefined` for an empty queue. */
  get first(): Item | undefined {
    return this.#all[this.#out]
  }

  push(item: Item): void {
    this.#all.push(item)
  }

  /** Removes and returns the oldest item; `undefined` for an empty queue. */
  shift(): Item | undefined {
    if (this.size === 0) return undefined
    const item = this.first
    this.#out++
    if (this.#out === this.#all.length) {
      this.#all = []
      this.#out = 0
    } else if (this.#out === MANY) {
      this.#all = this.#all.slice(MANY)
      this.#out = 0
    }
    return item
  }
}

/** Number of removed items at which the queue cuts the array. */
const MANY = 256
