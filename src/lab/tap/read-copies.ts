/*
 * The memory of a read is used again for the next read, so a tap copies the bytes that it passes on. A copy with memory of its own is slow
 * if it is small: V8 places it in the heap, and must move it out when a socket writes it, with an allocation of the system for each
 * message. Therefore small copies share memory. The shared memory is small, because a copy that waits for a slow reader occupies all of it.
 */

/** Bytes of memory that small copies share. */
const SLAB = 16 * 1024
/** Length of the longest copy that shares memory. */
const SMALL = 2048

/** ReadCopies copies the bytes of reads. */
export class ReadCopies {
  #slab = new Uint8Array(0)
  #used = 0

  /** Returns a copy, which does not change later. */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes
    // a Buffer's `slice` is not a copy
    if (length > SMALL) return new Uint8Array(bytes)
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB)
      this.#used = 0
    }
    const start = this.#used
    this.#used += length
    this.#slab.set(bytes, start)
    return this.#slab.subarray(start, this.#used)
  }
}
