/** Fifo is a queue that costs as much however long it is: what is out is put away many at a time. */
export class Fifo<Item> {
  #all: Item[] = []
  /** Number of items at the front of the array that were taken out. */
  #out = 0

  get size(): number {
    return this.#all.length - this.#out
  }

  /** The one that came first. */
  get first(): Item | undefined {
    return this.#all[this.#out]
  }

  push(item: Item): void {
    this.#all.push(item)
  }

  /** The first, which is taken out; `undefined` where there is none. */
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

/** Items that have to be taken out before the array is cut. */
const MANY = 256
