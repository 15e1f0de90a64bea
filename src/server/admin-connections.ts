import type { Clock } from '../base/clock.ts'
import { TokenBucket } from '../base/rate-limit.ts'
import type { Connection } from '../wire/connection.ts'
import { Disconnected } from '../wire/disconnect.ts'

/**
 * Maximum number of connections that have sent no request yet. If there is one more connection, the server disconnects the oldest
 * connection.
 */
const SILENT = 32
/** Timeout for the request, in milliseconds. */
const FIRST = 10_000
/** Maximum number of requests in progress. */
const BUSY = 32
/** Rate of requests: a burst of 200, then 100 a second, because a long list has many pages. */
const RATE = { burst: 200, refill: 10 }
/** Rate of log rows about connections without an answer: a burst of 20, then one row in three seconds. */
const LOGGED = { burst: 20, refill: 3000 }

/**
 * AdminConnections limits the connections to the admin socket and the requests of these connections, so that they cannot occupy the server.
 */
export class AdminConnections {
  readonly #clock: Clock
  readonly #silent = new Set<Connection>()
  readonly #requests = new TokenBucket(RATE)
  readonly #logged = new TokenBucket(LOGGED)
  #busy = 0
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Receives the request line of a connection. Rejects with `Disconnected` if no line arrives within ten seconds, if newer connections exceed
   * the maximum number of silent connections, or if the server stops.
   */
  async receive(connection: Connection): Promise<string> {
    const [oldest] = this.#silent
    if (oldest && this.#silent.size >= SILENT)
      oldest.fail(new Disconnected('full', `more than ${SILENT} connections have sent no request yet`))
    this.#silent.add(connection)
    const cancel = this.#clock.after(FIRST, () => {
      connection.fail(new Disconnected('late', `the connection has sent no line for ${FIRST / 1000} s`))
    })
    try {
      const line = connection.receive()
      if (this.#closed) connection.fail(STOPPED)
      return await line
    } finally {
      cancel()
      this.#silent.delete(connection)
    }
  }

  /** Waits until the rate allows a request, and then calls `work`. Resolves to `undefined` if too many requests are in progress. */
  async handle<Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> {
    if (this.#busy >= BUSY) return undefined
    this.#busy++
    try {
      for (let wait = this.#requests.take(this.#clock.monotonic()); wait > 0; wait = this.#requests.take(this.#clock.monotonic())) {
        const due = wait
        await new Promise<void>((resolve) => this.#clock.after(due, resolve))
      }
      return await work()
    } finally {
      this.#busy--
    }
  }

  /** Returns true if the server may log that a connection got no answer. */
  mayLog(): boolean {
    return this.#logged.take(this.#clock.monotonic()) === 0
  }

  /**
   * Disconnects the connections that have sent no request yet, and all connections that arrive later. The server still answers requests in
   * progress.
   */
  close(): void {
    this.#closed = true
    for (const connection of this.#silent) connection.fail(STOPPED)
  }
}

const STOPPED = new Disconnected('ours', 'the server was stopped')
