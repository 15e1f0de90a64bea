import type { Transport } from './transport.ts'

/**
 * AcceptQueue starts to serve peers. In a concurrent server, the queue serves each peer immediately; in an iterative server, the queue
 * serves one peer after another. While an iterative server serves a peer, other peers can connect, but the server does not read from these
 * peers.
 */
export class AcceptQueue {
  readonly #serve: (transport: Transport, next: () => void) => void
  readonly #oneAtATime: boolean
  #isOpen: boolean
  #waiting: Transport[] = []
  #serving = false

  /** `serve` calls `next` after the end of the work for a peer. If `isOpen` is false, all peers wait until `open`. */
  constructor(
    serve: (transport: Transport, next: () => void) => void,
    { oneAtATime, isOpen = true }: { readonly oneAtATime: boolean; readonly isOpen?: boolean },
  ) {
    this.#serve = serve
    this.#oneAtATime = oneAtATime
    this.#isOpen = isOpen
  }

  /** Adds a peer that has connected. */
  readonly arrive = (transport: Transport): void => {
    if (this.#isOpen && !this.#oneAtATime) return this.#serve(transport, nothing)
    this.#waiting.push(transport)
    if (this.#isOpen && !this.#serving) this.#next()
  }

  /** Serves the waiting peers and, from now on, each peer that connects. */
  open(): void {
    this.#isOpen = true
    if (this.#oneAtATime) return this.#next()
    for (const transport of this.#waiting.splice(0)) this.#serve(transport, nothing)
  }

  /** Resets the connections of the waiting peers. */
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
