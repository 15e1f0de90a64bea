import type { LeaseId, SeekChange, SeekClaim, SeekEntries, SeekEntry, SeekId } from '../hall/ports.ts'
import { ChangeFeed } from './change-feed.ts'
import type { OnStoreError } from './error.ts'
import type { LeaseTable } from './memory-leases.ts'

/** Put is an entry, and the claim of the hall that has claimed the entry. */
interface Put {
  readonly entry: SeekEntry
  readonly lease: LeaseId
  readonly put: number
  claimed: { readonly revision: number; readonly claim: SeekClaim } | undefined
}

/**
 * MemorySeeks has the open seeks of the processes over one backing store in memory. Each call changes the data before the call returns, so
 * the promise of the call resolves in the next microtask.
 */
export class MemorySeeks implements SeekEntries {
  readonly #leases: LeaseTable
  readonly #entries = new Map<SeekId, Put>()
  readonly #feed: ChangeFeed<SeekChange>

  constructor(leases: LeaseTable, onError: OnStoreError) {
    this.#leases = leases
    this.#feed = new ChangeFeed(onError)
    leases.onEnd((ended) => {
      for (const [id, { lease }] of [...this.#entries]) if (lease === ended) this.#remove(id)
    })
  }

  async put(id: SeekId, entry: SeekEntry, lease: LeaseId): Promise<number> {
    this.#leases.check(lease)
    if (this.#entries.has(id)) throw new RangeError(`the seek ${id} is open already`)
    const revision = this.#feed.nextRevision()
    this.#entries.set(id, { entry, lease, put: revision, claimed: undefined })
    this.#feed.publish({ type: 'put', id, revision, entry })
    return revision
  }

  async claim(id: SeekId, revision: number, claim: SeekClaim): Promise<boolean> {
    const found = this.#entries.get(id)
    if (!found || found.claimed || found.put !== revision) return false
    const claimed = { revision: this.#feed.nextRevision(), claim }
    found.claimed = claimed
    this.#feed.publish({ type: 'claimed', id, ...claimed })
    return true
  }

  async remove(id: SeekId): Promise<void> {
    if (this.#entries.has(id)) this.#remove(id)
  }

  follow(then: (change: SeekChange) => void): () => void {
    const present = [...this.#entries].flatMap(([id, { entry, put, claimed }]): SeekChange[] => [
      { type: 'put', id, revision: put, entry },
      ...(claimed ? [{ type: 'claimed', id, ...claimed } as const] : []),
    ])
    return this.#feed.follow(
      present.sort((one, other) => one.revision - other.revision),
      then,
    )
  }

  #remove(id: SeekId): void {
    this.#entries.delete(id)
    this.#feed.publish({ type: 'removed', id, revision: this.#feed.nextRevision() })
  }
}
