import { Bucket } from '../hall/throttle.ts'
import type { Clock } from '../wire/clock.ts'
import type { Connection } from '../wire/connection.ts'
import { Ended } from '../wire/ends.ts'

/** Connections that have said nothing yet. For a further one, the oldest is ended. */
const SILENT = 32
/** Milliseconds in which a connection must have said what it wants. */
const FIRST = 10_000
/** Wishes that are answered at a time. */
const BUSY = 32
/** Wishes that are answered: 200 at once, then 100 a second, for a long list has many pages. */
const RATE = { burst: 200, refill: 10 }
/** Connections that are logged because they were not answered: twenty at once, then one in three seconds. */
const TOLD = { burst: 20, refill: 3000 }

/** Visits limits what connections to the operator's socket can take of the server's attention. */
export class Visits {
  readonly #clock: Clock
  readonly #silent = new Set<Connection>()
  readonly #wishes = new Bucket(RATE)
  readonly #told = new Bucket(TOLD)
  #busy = 0
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The line that a connection says. Rejects with `Ended` if that takes too long, or when the server stops. */
  async receive(connection: Connection): Promise<string> {
    const [oldest] = this.#silent
    if (oldest && this.#silent.size >= SILENT) oldest.fail(new Ended('full', `more than ${SILENT} connections have said nothing yet`))
    this.#silent.add(connection)
    const cancel = this.#clock.after(FIRST, () => {
      connection.fail(new Ended('late', `the other side has said no line for ${FIRST / 1000} s`))
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

  /** Does some work when there may be more; `undefined` if too much of it is under way already. */
  async attend<Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> {
    if (this.#busy >= BUSY) return undefined
    this.#busy++
    try {
      for (let wait = this.#wishes.take(this.#clock.monotonic()); wait > 0; wait = this.#wishes.take(this.#clock.monotonic())) {
        const due = wait
        await new Promise<void>((resolve) => this.#clock.after(due, resolve))
      }
      return await work()
    } finally {
      this.#busy--
    }
  }

  /** Checks whether to log that a connection was not answered. */
  mayTell(): boolean {
    return this.#told.take(this.#clock.monotonic()) === 0
  }

  /** Ends the connections that have said nothing yet, and those that come. What is under way is answered. */
  close(): void {
    this.#closed = true
    for (const connection of this.#silent) connection.fail(STOPPED)
  }
}

const STOPPED = new Ended('ours', 'the server was stopped')
