/**
 * ChurnMap is a Map for entries that the program adds and removes many times a second. When a Map of V8 grows or shrinks, it
 * allocates a new table, and the old table has a reference to the new table. If V8 has promoted the old table to the old generation, the
 * old table retains every value of the later tables until the next full collection. ChurnMap clears the reference to a removed value, so no
 * old table retains the value.
 */
export class ChurnMap<Key, Value extends object> {
  readonly #entries = new Map<Key, { value: Value | undefined }>()

  /** Number of entries. */
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

  /** Iterates over the values, in the order in which `set` added their keys. */
  *values(): Iterable<Value> {
    for (const { value } of this.#entries.values()) if (value) yield value
  }
}
