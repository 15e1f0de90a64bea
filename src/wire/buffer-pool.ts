/** Bytes of a buffer: what a peer has to wait above, what one read brings more, and a message. */
export const BUFFER_SIZE = 136 * 1024
/** Free buffers that are retained. */
const RETAINED = 64

/**
 * BufferPool lends buffers for what peers have sent and waits to be read. A new buffer for each read would live just long
 * enough to count as old, and V8 collects its whole heap after each 64 MB of those, with a step of 5 ms at each further
 * read: 50 peers that pipelined long commands made others wait 200 ms, once or twice a second.
 */
export class BufferPool {
  readonly #free: Uint8Array[] = []

  /** Lends a buffer of `BUFFER_SIZE` bytes, of any content. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(BUFFER_SIZE)
  }

  /** Takes a buffer back, to lend it again: nothing may read or write it any more. */
  put(buffer: Uint8Array): void {
    if (this.#free.length < RETAINED) this.#free.push(buffer)
  }
}
