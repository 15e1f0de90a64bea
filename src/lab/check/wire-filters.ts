import { encode } from '../../wire/text.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'

const CR = 13
const LF = 10

/** Returns the bytes of a text that a transport writes; returns bytes unchanged. */
export function toBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encode(data) : data
}

/** CountingTransport counts the bytes that the judge's role sends. */
export class CountingTransport extends TransportFilter {
  written = 0

  override write(data: string | Uint8Array): void {
    this.written += toBytes(data).length
    super.write(data)
  }
}

/** CrLfTransport sends each line end as CR LF, as telnet and many programs on Windows do. */
export class CrLfTransport extends TransportFilter {
  #last = 0

  override write(data: string | Uint8Array): void {
    const written: number[] = []
    for (const byte of toBytes(data)) {
      if (byte === LF && this.#last !== CR) written.push(CR)
      written.push(byte)
      this.#last = byte
    }
    super.write(Uint8Array.from(written))
  }
}
