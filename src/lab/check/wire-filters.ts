import { encode } from '../../wire/text.ts'
import type { Transport } from '../../wire/transport.ts'
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

/** HoldingTransport holds back everything that the judge sends until a promise settles, and then passes it on in order. */
export class HoldingTransport extends TransportFilter {
  #held: (() => void)[] | undefined = []

  constructor(inner: Transport, wait: () => Promise<void>) {
    super(inner)
    void wait().then(() => {
      const held = this.#held ?? []
      this.#held = undefined
      for (const act of held) act()
    })
  }

  override write(data: string | Uint8Array): void {
    const own = typeof data === 'string' ? data : Uint8Array.from(data)
    this.#act(() => super.write(own))
  }

  override finish(): void {
    this.#act(() => super.finish())
  }

  override whenSent(then: () => void): void {
    this.#act(() => super.whenSent(then))
  }

  #act(act: () => void): void {
    if (this.#held) this.#held.push(act)
    else act()
  }
}
