/** Fifo is a queue that costs as much however long it is: what is out is put away many at a time. */
export class Fifo<Item> {
  #all: Item[] = []
  /** How many of them are out. */
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

/** How many that are out wait to be put away. */
const MANY = 256
