/** Bytes of a room: what a peer has to wait above, what one read brings more, and a message. */
export const ROOM = 136 * 1024
/** Rooms that are held for the next peers. */
const FREE = 64

/**
 * Rooms lends arrays to what peers have sent and waits to be read. Arrays of its own for each read would live just long
 * enough to count as old, and each 64 MB of those cost a collection of the whole heap, in steps of 5 ms with each further
 * read: 50 peers that said all they could made others wait for 200 ms, once or twice a second.
 */
export class Rooms {
  readonly #free: Uint8Array[] = []

  /** An array of `ROOM` bytes, with anything in them. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(ROOM)
  }

  /** Takes an array back, of which nothing is used any more. */
  put(room: Uint8Array): void {
    if (this.#free.length < FREE) this.#free.push(room)
  }
}
