/**
 * ChurnMap is a Map whose entries come and go all the time. A Map leaves copies of its table behind, each of which leads
 * to the next; once one of them is old, all that was ever in those after it stays until the next full collection. Here
 * what is taken out is no longer to be found through them.
 */
export class ChurnMap<Key, Value extends object> {
  readonly #entries = new Map<Key, { value: Value | undefined }>()

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value
  }

  set(key: Key, value: Value): void {
    const entry = this.#entries.get(key)
    if (entry) entry.value = value
    else this.#entries.set(key, { value })
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    entry.value = undefined
    this.#entries.delete(key)
  }

  /** All values, in the order in which their keys came. */
  *values(): Iterable<Value> {
    for (const { value } of this.#entries.values()) if (value) yield value
  }
}
