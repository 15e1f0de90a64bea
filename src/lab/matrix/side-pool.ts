import type { CheckSubject, Finding } from '../check/check.ts'

/**
 * OpenSide is one side of a hand-in that the judge can start, or the finding that explains why the judge could not build or start it. This finding is
 * then the result of each check.
 */
export interface OpenSide {
  readonly opened: CheckSubject | Finding
  close(): Promise<void>
}

interface Entry {
  readonly side: Promise<OpenSide>
  uses: number
}

/**
 * SidePool leaves the sandbox of a side open between the conversations of the side, because it takes longer to open a sandbox and to build
 * a program than to play most conversations. If more than `capacity` sandboxes are open, the pool closes the least recently used sandbox.
 */
export class SidePool {
  readonly #open: (key: string) => Promise<OpenSide>
  readonly #capacity: number
  /** Entries by key, in the order of their last use. */
  readonly #entries = new Map<string, Entry>()
  #closed: Promise<void> | undefined

  /** `capacity` must be at least the number of sides that are in use at the same time. */
  constructor(open: (key: string) => Promise<OpenSide>, capacity: number) {
    this.#open = open
    this.#capacity = capacity
  }

  /** Calls `use` with a side, which it opens if it is not open. Two calls with one key must not overlap. */
  async withSide<Result>(key: string, use: (opened: OpenSide['opened']) => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new Error('the sandboxes are closed')
    const entry = this.#entries.get(key) ?? { side: this.#open(key), uses: 0 }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    entry.uses++
    try {
      await this.#makeRoom()
      return await use((await entry.side).opened)
    } finally {
      entry.uses--
    }
  }

  /** Closes all sides, also those that are in use. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll(this.#entries.values())
    return this.#closed
  }

  async #closeAll(entries: Iterable<Entry>): Promise<void> {
    await Promise.all(
      Array.from(entries, async ({ side }) => {
        // the caller of `use` has received the error of a side that could not be opened
        const opened = await side.catch(() => undefined)
        await opened?.close()
      }),
    )
  }

  async #makeRoom(): Promise<void> {
    const idle = [...this.#entries].filter(([, { uses }]) => uses === 0).slice(0, Math.max(0, this.#entries.size - this.#capacity))
    for (const [key] of idle) this.#entries.delete(key)
    await this.#closeAll(idle.map(([, entry]) => entry))
  }
}
