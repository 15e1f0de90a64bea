/**
 * Maximum number of items in a block. The list joins two neighboring blocks only if the two blocks together have at most `FEW` items.
 */
const FULL = 64
const FEW = 24

/** Block is an array of one or more neighboring items, ascending by number. */
interface Block<Item> {
  readonly numbers: number[]
  readonly items: Item[]
}

/**
 * OrderedList is a list of items by ascending number, with pages by index. Most callers add items at the end. The list stores its
 * items in blocks, like the leaves of a B+ tree, so a removal moves only the items of one block. In a single array of thousands of
 * items, a removal would be fast, but the garbage collector would then scan the whole array.
 */
export class OrderedList<Item> {
  readonly #blocks: Block<Item>[] = []
  #size = 0

  /** Number of items. */
  get size(): number {
    return this.#size
  }

  /** Adds an item, or replaces the item with the same number. */
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

  /** Removes the item with a number; does nothing if the list has no such item. */
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

  /** Returns at most `count` items in order; `from` is the index of the first item. */
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

  /** Returns at most `count` items in reverse order; `from` is the index of the first item, counted from the end. */
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

  /** Joins a block with the next block if the two blocks together have few items. */
  #join(index: number): void {
    const block = this.#blocks[index]
    const next = this.#blocks[index + 1]
    if (!block || !next || block.numbers.length + next.numbers.length > FEW) return
    block.numbers.push(...next.numbers)
    block.items.push(...next.items)
    this.#blocks.splice(index + 1, 1)
  }

  /** Returns the index of the first block whose last number is not below `number`. */
  #blockOf(number: number): number {
    return placeIn(this.#blocks.length, (at) => this.#blocks[at]?.numbers.at(-1), number)
  }
}

function lastOf({ numbers }: Block<unknown>): number {
  return numbers.at(-1) ?? 0
}

/** Removes and returns the upper half of a block. */
function upperHalf<Item>({ numbers, items }: Block<Item>): Block<Item> {
  const half = numbers.length >>> 1
  return { numbers: numbers.splice(half), items: items.splice(half) }
}

/** Returns the index of the first of `count` ascending numbers that is not below `number`. */
function placeIn(count: number, numberAt: (at: number) => number | undefined, number: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numberAt(middle) ?? 0) < number) low = middle + 1
    else high = middle
  }
  return low
}
