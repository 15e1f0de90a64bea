import type { Transport } from './transport.ts'

/**
 * Turnstile lets peers in: all at once, as a concurrent server does, or strictly one at a time, as an iterative one:
 * then whoever comes while another is served waits, connected and unheard, until that one is done.
 */
export class Turnstile {
  readonly #serve: (transport: Transport, next: () => void) => void
  readonly #oneAtATime: boolean
  #isOpen: boolean
  #waiting: Transport[] = []
  #serving = false

  /** `serve` calls `next` when it is done with a peer. With `isOpen: false`, all peers wait until `open` is called. */
  constructor(
    serve: (transport: Transport, next: () => void) => void,
    { oneAtATime, isOpen = true }: { readonly oneAtATime: boolean; readonly isOpen?: boolean },
  ) {
    this.#serve = serve
    this.#oneAtATime = oneAtATime
    this.#isOpen = isOpen
  }

  /** Takes a peer that has arrived. */
  readonly arrive = (transport: Transport): void => {
    if (this.#isOpen && !this.#oneAtATime) return this.#serve(transport, nothing)
    this.#waiting.push(transport)
    if (this.#isOpen && !this.#serving) this.#next()
  }

  /** Lets in the peers that have arrived already, and from then on those that arrive. */
  open(): void {
    this.#isOpen = true
    if (this.#oneAtATime) return this.#next()
    for (const transport of this.#waiting.splice(0)) this.#serve(transport, nothing)
  }

  /** Turns away whoever still waits. */
  close(): void {
    for (const transport of this.#waiting) transport.reset()
    this.#waiting = []
  }

  readonly #next = (): void => {
    const next = this.#waiting.shift()
    this.#serving = next !== undefined
    if (next) this.#serve(next, this.#next)
  }
}

function nothing(): void {}
