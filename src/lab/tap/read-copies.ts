/*
 * The memory of a read is used again for the next read, so a tap copies the bytes that it passes on. A small copy with memory of its own is slow: V8
 * places the copy in the heap. When a socket writes the copy, V8 must move it out of the heap, and the system allocates memory for each message.
 * Therefore small copies share memory. The shared memory is small, because a copy that waits for a slow reader occupies all of it.
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
