import type { Transport } from '../../wire/transport.ts'
import { TransportFilter } from '../../wire/transport-filter.ts'

/**
 * LingeringTransport ends a connection gently if the program is late: it sends the end (FIN), and breaks the connection off only after a
 * moment. A program that has a message in a buffer sends it at this end, which shows where the message was.
 */
export class LingeringTransport extends TransportFilter {
  readonly #wait: () => Promise<void>
  #isGone = false
  /** True if the program is late, so that the next reset lingers. */
  isLate = false

  /** `wait` resolves when this moment is over. */
  constructor(inner: Transport, wait: () => Promise<void>) {
    super(inner)
    this.#wait = wait
  }

  override reset(): void {
    if (!this.isLate || this.#isGone) return super.reset()
    this.inner.finish()
    void this.#wait().then(() => super.reset())
  }

  override closed(broken?: string): void {
    this.#isGone = true
    super.closed(broken)
  }
}
