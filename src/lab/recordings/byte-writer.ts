/** ByteWriter appends numbers and bytes to a buffer that grows. Numbers are big-endian unless the writer is created little-endian. */
export class ByteWriter {
  readonly #little: boolean
  #buffer = new Uint8Array(256)
  #view = new DataView(this.#buffer.buffer)
  #length = 0

  constructor(order: 'big' | 'little' = 'big') {
    this.#little = order === 'little'
  }

  get length(): number {
    return this.#length
  }

  uint8(value: number): this {
    const place = this.#reserve(1)
    this.#view.setUint8(place, value)
    return this
  }

  uint16(value: number): this {
    const place = this.#reserve(2)
    this.#view.setUint16(place, value, this.#little)
    return this
  }

  /** Appends the lowest 32 bits of a whole number. */
  uint32(value: number): this {
    const place = this.#reserve(4)
    this.#view.setUint32(place, value, this.#little)
    return this
  }

  bytes(bytes: Uint8Array): this {
    const place = this.#reserve(bytes.length)
    this.#buffer.set(bytes, place)
    return this
  }

  /** Appends zeros up to the next multiple of four bytes. */
  pad(): this {
    this.#reserve(-this.#length & 3)
    return this
  }

  /** Overwrites bytes that were written earlier, such as a checksum or a length. */
  setUint16(at: number, value: number): this {
    this.#view.setUint16(at, value, this.#little)
    return this
  }

  setUint32(at: number, value: number): this {
    this.#view.setUint32(at, value, this.#little)
    return this
  }

  /** Returns the bytes that begin at an offset. They are valid until the next byte is written. */
  view(from: number): Uint8Array {
    return this.#buffer.subarray(from, this.#length)
  }

  /** Removes all bytes, and reuses the memory for the next bytes. */
  clear(): this {
    // `pad` relies on zeros
    this.#buffer.fill(0, 0, this.#length)
    this.#length = 0
    return this
  }

  /** Returns a copy of all bytes. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  /** Reserves `count` further bytes, and returns their offset. The writer may replace its buffer by a larger buffer. */
  #reserve(count: number): number {
    const place = this.#length
    this.#length += count
    if (this.#length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#buffer.length * 2))
      larger.set(this.#buffer)
      this.#buffer = larger
      this.#view = new DataView(larger.buffer)
    }
    return place
  }
}
