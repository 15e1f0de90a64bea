/**
 * OrderedList holds items by a number of their own, ascending. Most come at the end; a page of them is found by its place,
 * whatever the length of the list.
 */
export class OrderedList<Item> {
  readonly #numbers: number[] = []
  readonly #items: Item[] = []

  /** Number of items. */
  get size(): number {
    return this.#items.length
  }

  /** Adds an item under a number; one that has it already is replaced. */
  set(number: number, item: Item): void {
    const at = this.#placeOf(number)
    if (this.#numbers[at] === number) this.#items[at] = item
    else if (at === this.#items.length) {
      this.#numbers.push(number)
      this.#items.push(item)
    } else {
      this.#numbers.splice(at, 0, number)
      this.#items.splice(at, 0, item)
    }
  }

  /** Removes the item of a number, if there is one. */
  delete(number: number): void {
    const at = this.#placeOf(number)
    if (this.#numbers[at] !== number) return
    this.#numbers.splice(at, 1)
    this.#items.splice(at, 1)
  }

  /** Returns at most `count` items in order, from the place `from` on, counted from 0. */
  slice(from: number, count: number): Item[] {
    return this.#items.slice(from, from + Math.max(0, count))
  }

  /** Returns a `slice` from the other end. */
  sliceBack(from: number, count: number): Item[] {
    const end = Math.max(0, this.#items.length - from)
    return this.#items.slice(Math.max(0, end - Math.max(0, count)), end).reverse()
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.#items.values()
  }

  /** The place of the first number that is not below another. */
  #placeOf(number: number): number {
    let [low, high] = [0, this.#numbers.length]
    if (high === 0 || number > (this.#numbers[high - 1] ?? 0)) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}
