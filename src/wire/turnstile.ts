import type { Transport } from './transport.ts'

/**
 * Turnstile lets peers in: all at once, as a concurrent server does, or strictly one at a time, as an iterative one:
 * then whoever comes while another is served waits, connected and unheard, until that one is done.
 */
export class Turnstile {
  readonly #serve: (transport: Transport) => Promise<void>
  readonly #oneAtATime: boolean
  #waiting: Transport[] = []
  #serving = false

  constructor(serve: (transport: Transport) => Promise<void>, options: { oneAtATime: boolean }) {
    this.#serve = serve
    this.#oneAtATime = options.oneAtATime
  }

  /** Takes a peer that has arrived. */
  readonly arrive = (transport: Transport): void => {
    if (!this.#oneAtATime) void this.#serve(transport)
    else if (this.#serving) this.#waiting.push(transport)
    else void this.#admit(transport)
  }

  /** Turns away whoever still waits. */
  close(): void {
    for (const transport of this.#waiting) transport.reset()
    this.#waiting = []
  }

  async #admit(first: Transport): Promise<void> {
    this.#serving = true
    for (let next: Transport | undefined = first; next; next = this.#waiting.shift()) await this.#serve(next)
    this.#serving = false
  }
}
