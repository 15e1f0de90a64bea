/** Items of a block, at most, and up to which two neighbours become one. */
const FULL = 64
const FEW = 24

/** Block is neighbours in the order of their numbers, at least one. */
interface Block<Item> {
  readonly numbers: number[]
  readonly items: Item[]
}

/**
 * OrderedList holds items by a number of their own, ascending. Most come at the end; a page of them is found by its place.
 * The items are in blocks, as in the leaves of a B+ tree, so that one that goes moves only those of its own block: in one
 * array of thousands the move takes less time than what it brings the garbage collector, which then looks at all of them.
 */
export class OrderedList<Item> {
  readonly #blocks: Block<Item>[] = []
  #size = 0

  /** Number of items. */
  get size(): number {
    return this.#size
  }

  /** Adds an item under a number; one that has it already is replaced. */
  set(number: number, item: Item): void {
    const last = this.#blocks.at(-1)
    if (!last || number > lastOf(last)) return this.#append(number, item)
    const index = this.#blockOf(number)
    const block = this.#blocks[index] ?? last
    const at = placeIn(block.numbers.length, (at) => block.numbers[at], number)
    if (block.numbers[at] === number) {
      block.items[at] = item
      return
    }
    block.numbers.splice(at, 0, number)
    block.items.splice(at, 0, item)
    this.#size++
    if (block.numbers.length > FULL) this.#blocks.splice(index + 1, 0, upperHalf(block))
  }

  /** Removes the item of a number, if there is one. */
  delete(number: number): void {
    const index = this.#blockOf(number)
    const block = this.#blocks[index]
    if (!block) return
    const at = placeIn(block.numbers.length, (at) => block.numbers[at], number)
    if (block.numbers[at] !== number) return
    block.numbers.splice(at, 1)
    block.items.splice(at, 1)
    this.#size--
    if (block.numbers.length === 0) this.#blocks.splice(index, 1)
    else if (block.numbers.length <= FEW / 2) this.#join(index)
  }

  /** Returns at most `count` items in order, from the place `from` on, counted from 0. */
  slice(from: number, count: number): Item[] {
    const taken: Item[] = []
    let skip = from
    for (const { items } of this.#blocks) {
      if (taken.length >= count) break
      if (skip < items.length) taken.push(...items.slice(skip, skip + count - taken.length))
      skip = Math.max(0, skip - items.length)
    }
    return taken
  }

  /** Returns a `slice` from the other end. */
  sliceBack(from: number, count: number): Item[] {
    const end = Math.max(0, this.#size - from)
    const begin = Math.max(0, end - Math.max(0, count))
    return this.slice(begin, end - begin).reverse()
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const { items } of this.#blocks) yield* items
  }

  #append(number: number, item: Item): void {
    this.#size++
    const last = this.#blocks.at(-1)
    if (!last || last.numbers.length >= FULL) {
      this.#blocks.push({ numbers: [number], items: [item] })
      return
    }
    last.numbers.push(number)
    last.items.push(item)
  }

  /** Makes one of a block and the next, where both are small. */
  #join(index: number): void {
    const block = this.#blocks[index]
    const next = this.#blocks[index + 1]
    if (!block || !next || block.numbers.length + next.numbers.length > FEW) return
    block.numbers.push(...next.numbers)
    block.items.push(...next.items)
    this.#blocks.splice(index + 1, 1)
  }

  /** The first block that ends with a number or beyond it. */
  #blockOf(number: number): number {
    return placeIn(this.#blocks.length, (at) => this.#blocks[at]?.numbers.at(-1), number)
  }
}

function lastOf({ numbers }: Block<unknown>): number {
  return numbers.at(-1) ?? 0
}

/** Takes the upper half of a block out of it. */
function upperHalf<Item>({ numbers, items }: Block<Item>): Block<Item> {
  const half = numbers.length >>> 1
  return { numbers: numbers.splice(half), items: items.splice(half) }
}

/** The place of the first of so many ascending numbers that is not below another. */
function placeIn(count: number, numberAt: (at: number) => number | undefined, number: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numberAt(middle) ?? 0) < number) low = middle + 1
    else high = middle
  }
  return low
}
