import { type ForeignSeek, LocalSeek, toForeignSeek } from './local-seek.ts'
import type { SeekChange, SeekEntries, SeekId } from './ports.ts'
import { parseSeekEntry } from './seek-entry.ts'
import { SeekPools } from './seek-pools.ts'

/** VisibleSeek is an open seek of this server or of another server. */
export type VisibleSeek = LocalSeek | ForeignSeek

export interface SeekViewOptions {
  readonly entries: SeekEntries
  /** Called when the entry of a seek of this server has changed. */
  readonly onOwnChange: (seek: LocalSeek, change: SeekChange) => void
  readonly onError: (sentence: string, reason: unknown) => void
}

/**
 * SeekView has the open seeks that one hall can match: its own seeks as soon as they open, and the seeks of other
 * servers when their entries arrive. A seek that this hall is about to claim is not in the lists.
 */
export class SeekView {
  readonly #options: SeekViewOptions
  /** The lists of open seeks. */
  readonly lists = new SeekPools<VisibleSeek>()
  readonly #local = new Map<SeekId, LocalSeek>()
  readonly #foreign = new Map<SeekId, ForeignSeek>()
  readonly #unfollow: () => void

  constructor(options: SeekViewOptions) {
    this.#options = options
    this.#unfollow = options.entries.follow((change) => this.#onChange(change))
  }

  /** Unsubscribes from the entries of seeks. */
  close(): void {
    this.#unfollow()
  }

  /** Records that a seek of this server gets an entry under its id. */
  addEntry(seek: LocalSeek): void {
    this.#local.set(seek.id, seek)
  }

  /** Records that a seek of this server no longer has an entry. */
  removeEntry(seek: LocalSeek): void {
    this.#local.delete(seek.id)
  }

  /** Records that no hall can claim the entry of a seek any more. */
  noteClaimed(seek: VisibleSeek): void {
    if (seek instanceof LocalSeek) seek.isClaimed = true
    else this.#foreign.delete(seek.id)
    this.lists.delete(seek)
  }

  /**
   * Puts a seek back into the lists, unless a hall has claimed its entry. If another seek that suits this seek has opened meanwhile,
   * returns the seek of this server that the matchmaker must place again.
   */
  restore(seek: VisibleSeek): LocalSeek | undefined {
    const isClaimable = seek instanceof LocalSeek ? seek.state === 'open' && !seek.isClaimed : this.#foreign.has(seek.id)
    if (!isClaimable || this.lists.has(seek)) return undefined
    const other = this.lists.match(seek)?.waiting
    this.lists.add(seek)
    return [other && seek, other].find((one) => one instanceof LocalSeek)
  }

  /**
   * Checks whether an earlier open seek of another server suits a seek of this server; `revision` is the revision of the seek's entry.
   */
  hasEarlier(seek: LocalSeek, revision: number): boolean {
    if (this.#foreign.size === 0 || !this.lists.has(seek)) return false
    // the seek is not in the lists during the search, because the seek of a peer without a name would match itself
    this.lists.delete(seek)
    const other = this.lists.match(seek)?.waiting
    this.lists.add(seek)
    return other !== undefined && !(other instanceof LocalSeek) && other.revision < revision
  }

  #onChange(change: SeekChange): void {
    try {
      const seek = this.#local.get(change.id)
      if (seek) this.#options.onOwnChange(seek, change)
      else this.#onForeignChange(change)
    } catch (reason) {
      this.#options.onError(`the server could not read the seek ${change.id} of another server`, reason)
    }
  }

  #onForeignChange(change: SeekChange): void {
    if (change.type === 'put') {
      const seek = toForeignSeek(change.id, change.revision, parseSeekEntry(change.entry))
      this.#foreign.set(seek.id, seek)
      this.lists.add(seek)
      return
    }
    const seek = this.#foreign.get(change.id)
    if (seek) this.noteClaimed(seek)
  }
}
