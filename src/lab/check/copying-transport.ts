import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'

/** CopyingTransport writes everything that the judge sends to a second transport, too. */
export class CopyingTransport extends TransportFilter {
  readonly #copy: Transport | undefined
  readonly #onProgress: () => void

  /** `onProgress` is called with each piece of data in either direction. */
  constructor(inner: Transport, copy: Transport | undefined, onProgress: () => void) {
    super(inner)
    this.#copy = copy
    this.#onProgress = onProgress
  }

  override write(data: string | Uint8Array): void {
    this.#onProgress()
    this.#copy?.write(data)
    super.write(data)
  }

  override data(bytes: Uint8Array): void {
    this.#onProgress()
    super.data(bytes)
  }

  override finish(): void {
    this.#copy?.finish()
    super.finish()
  }

  override destroy(): void {
    this.#copy?.destroy()
    super.destroy()
  }

  override reset(): void {
    this.#copy?.reset()
    super.reset()
  }
}
