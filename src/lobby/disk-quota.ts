import type { Clock } from '../base/clock.ts'
import { formatCount } from '../base/counts.ts'
import { makeNetworkMark } from '../hall/network-holdings.ts'
import { type DiskUsage, isTemporary, type NetworkUsage } from '../hall/ports.ts'

/*
 * The server limits the bytes that one network may add to the disk in an hour. It counts the bytes in parts of five minutes, so the
 * hour advances by five minutes at a time. Two events must not renew a network's budget: a change of the wall clock, and a restart.
 *
 * When the process starts, the time of the parts is the wall time. From then on, it advances with the monotonic clock, so a change of the
 * wall clock while the process runs has no effect. The server persists the counts a few seconds after they change, immediately when a
 * network reaches the limit, and when the server stops. It persists the time together with the counts, and the time of the next process
 * begins no earlier than this time. So a wall clock that has gone back does not renew a budget either. The store has a salted mark in place
 * of each network's address.
 */

/** The period in which the server counts bytes, in milliseconds, with the number and the length of its parts. */
const HOUR = 3_600_000
const PARTS = 12
const PART = HOUR / PARTS
/** Maximum number of networks in memory. */
const NETWORKS = 10_000
/** Bytes in a megabyte. */
const MEGABYTE = 1_000_000
/** Milliseconds after which the server persists a change, and maximum number of networks in one write. */
const DELAY = 5000
const TOGETHER = 500

/** DiskUsageStore persists the counts. */
export interface DiskUsageStore {
  readonly usage: DiskUsage
  /** Called with the error if the store fails to persist the counts. */
  readonly onError: (sentence: string, reason: unknown) => void
}

/** DiskQuotas counts the bytes that each network adds to the disk in an hour. */
export class DiskQuotas {
  readonly #clock: Clock
  /** Maximum number of bytes in an hour. */
  readonly #limit: number
  readonly #store: DiskUsageStore | undefined
  readonly #networks = new Map<string, DiskQuota>()
  /** Difference between wall time and monotonic time. */
  #epoch: number
  /** The salt of the marks in the store; `undefined` while nothing is persisted. */
  #salt: string | undefined
  /** Counts from earlier processes, by the mark of the network. */
  #before: ReadonlyMap<string, readonly NetworkUsage[]> = new Map()
  /** Quotas whose last bytes are not persisted yet. */
  readonly #changed = new Set<DiskQuota>()
  /** True if the store has rows of disk usage. */
  #isPersisted = false
  #cancelTimer: (() => void) | undefined

  /** `megabytes` is the maximum of one network in an hour. */
  constructor(clock: Clock, megabytes: number, store?: DiskUsageStore) {
    this.#clock = clock
    this.#limit = megabytes * MEGABYTE
    this.#store = store
    this.#epoch = clock.now() - clock.monotonic()
  }

  /** Loads the persisted counts, and persists changes from then on. The caller awaits this call before the first `add`. */
  async open(): Promise<void> {
    if (!this.#store || this.#limit === Number.POSITIVE_INFINITY) return
    const { salt, at, usages } = await this.#store.usage.load()
    this.#isPersisted = usages.length > 0
    if (this.#isPersisted) this.#epoch = Math.max(this.#epoch, at - this.#clock.monotonic())
    this.#salt = salt
    this.#before = Map.groupBy(usages, ({ network }) => network)
  }

  /** Persists all changes so far, and no later change. */
  async close(): Promise<void> {
    while (this.#changed.size > 0 && (await this.#persist(this.#changed)));
    // the quotas persist the last time even without new bytes, because the next process continues from that time
    if (this.#isPersisted) await this.#persist([])
    this.#cancelTimer?.()
    this.#salt = undefined
  }

  /** Returns the count of a network: the same object for all connections of the network. */
  of(network: string): DiskQuota {
    const known = this.#networks.get(network)
    if (known) return known
    if (this.#networks.size >= NETWORKS) this.#makeRoom()
    const mark = this.#salt === undefined ? '' : makeNetworkMark(this.#salt, network)
    const options = { mark, limit: this.#limit, now: this.#now, changed: this.#note, before: this.#before.get(mark) ?? [] }
    const spending = new DiskQuota(options)
    this.#networks.set(network, spending)
    return spending
  }

  readonly #now = (): number => this.#epoch + this.#clock.monotonic()

  /** Removes a quarter of the networks: the networks with the fewest bytes. */
  #makeRoom(): void {
    const least = [...this.#networks].sort(([, one], [, other]) => one.total - other.total)
    for (const [network] of least.slice(0, Math.ceil(least.length / 4))) this.#networks.delete(network)
  }

  /**
   * Persists a change after `DELAY`. If the change reaches the limit, persists it immediately, in the same commit as the write that has
   * caused the change.
   */
  readonly #note = (spending: DiskQuota, isFull: boolean): void => {
    if (this.#salt === undefined) return
    this.#changed.add(spending)
    if (isFull) void this.#persist([spending])
    else this.#cancelTimer ??= this.#clock.after(DELAY, () => this.#persistSoon())
  }

  #persistSoon(): void {
    this.#cancelTimer = undefined
    void this.#persist(this.#changed)
    if (this.#changed.size > 0) this.#cancelTimer = this.#clock.after(DELAY, () => this.#persistSoon())
  }

  /** Persists up to 500 counts; resolves to true if the store has written them. */
  async #persist(spendings: Iterable<DiskQuota>): Promise<boolean> {
    const now = Math.floor(this.#now())
    const part = Math.floor(now / PART)
    const together = [...Iterator.from(spendings).take(TOGETHER)]
    const usages = together.map((spending) => ({ network: spending.mark, part, bytes: spending.takeChange() }))
    for (const spending of together) this.#changed.delete(spending)
    try {
      await this.#store?.usage.add(usages, { from: part - PARTS, at: now })
      this.#isPersisted = true
      return true
    } catch (reason) {
      for (const [at, spending] of together.entries()) spending.putBack(usages[at]?.bytes ?? 0)
      if (!isTemporary(reason))
        this.#store?.onError('the server could not persist the counts of the bytes that addresses have written', reason)
      return false
    }
  }
}

interface SpendingOptions {
  /** Mark of the network in the store. */
  readonly mark: string
  /** Maximum number of bytes in an hour. */
  readonly limit: number
  readonly now: () => number
  /** Called after the first byte that is not persisted, and at the limit. */
  readonly changed: (spending: DiskQuota, isFull: boolean) => void
  /** Persisted counts, by ascending part. */
  readonly before: readonly NetworkUsage[]
}

/** DiskQuota counts the bytes that one network has added to the disk in the last hour. */
export class DiskQuota {
  readonly mark: string
  readonly #limit: number
  readonly #now: () => number
  readonly #changed: SpendingOptions['changed']
  /** Bytes in each part of the last hour, by the part's index. */
  #parts: Map<number, number> | undefined
  #total = 0
  /** Index of the current part of the hour. */
  #last = 0
  /** Bytes that are not persisted. */
  #change = 0

  constructor({ mark, limit, now, changed, before }: SpendingOptions) {
    this.mark = mark
    this.#limit = limit
    this.#now = now
    this.#changed = changed
    if (before.length > 0) this.#parts = new Map(before.map(({ part, bytes }) => [part, bytes]))
    for (const { bytes } of before) this.#total += bytes
  }

  /** Number of bytes in the last hour. */
  get total(): number {
    this.#moveOn()
    return this.#total
  }

  /** Counts bytes that the network adds now. */
  add(bytes: number): void {
    if (this.#limit === Number.POSITIVE_INFINITY || bytes === 0) return
    this.#moveOn()
    this.#parts ??= new Map()
    this.#parts.set(this.#last, (this.#parts.get(this.#last) ?? 0) + bytes)
    const isFull = this.#total < this.#limit && this.#total + bytes >= this.#limit
    this.#total += bytes
    this.#change += bytes
    if (isFull || this.#change === bytes) this.#changed(this, isFull)
  }

  /** Returns the number of bytes that are not persisted, and resets it to 0. */
  takeChange(): number {
    const change = this.#change
    this.#change = 0
    return change
  }

  /** Counts bytes as unpersisted again, because the store has failed to write them. */
  putBack(bytes: number): void {
    this.#change += bytes
    this.#changed(this, false)
  }

  /** A sentence that says why the network cannot add bytes now; `undefined` below the limit. */
  get full(): string | undefined {
    if (this.#total < this.#limit) return undefined
    this.#moveOn()
    if (this.#total < this.#limit) return undefined
    const megabytes = this.#limit / MEGABYTE
    const minutes = Math.ceil(this.#wait() / 60_000)
    const wait = formatCount(minutes, 'minute')
    return `your address has written ${megabytes} MB in the last hour, the limit: wait ${wait}, and then try again`
  }

  /** Returns the milliseconds until the count is below the limit again. */
  #wait(): number {
    let left = this.#total
    for (const [part, bytes] of this.#parts ?? []) {
      left -= bytes
      if (left < this.#limit) return (part + PARTS + 1) * PART - this.#now()
    }
    return 0
  }

  #moveOn(): void {
    const now = Math.floor(this.#now() / PART)
    if (now === this.#last) return
    this.#last = now
    for (const [part, bytes] of this.#parts ?? []) {
      if (part >= now - PARTS) break
      this.#parts?.delete(part)
      this.#total -= bytes
    }
  }
}
