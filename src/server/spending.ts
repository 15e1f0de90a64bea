import { counted } from '../base/counts.ts'
import { makeMark } from '../hall/owners.ts'
import { type Clock, type DiskUsage, isTemporary, type Usage } from '../hall/ports.ts'

/*
 * What a network adds to the disk is counted in parts of five minutes, by a time of its own: wall time when the process
 * begins, and monotonic time from then on, so that a clock that is set changes nothing. The count is persisted, because a
 * restart must not renew it: a few seconds after it changes, when a network reaches the limit, and at the end. The time is
 * persisted with it, and the next process begins no earlier, so a wall clock that was set back does not renew it either.
 */

/** The hour in which bytes are counted, in milliseconds, and the parts in which it moves on. */
const HOUR = 3_600_000
const PARTS = 12
const PART = HOUR / PARTS
/** Networks that are known, at most. */
const NETWORKS = 10_000
/** Bytes in a megabyte. */
const MEGABYTE = 1_000_000
/** Milliseconds from a change until it is persisted, and how many networks are persisted together, at most. */
const DELAY = 5000
const TOGETHER = 500

/** SpendingStore persists spendings. */
export interface SpendingStore {
  readonly usage: DiskUsage
  /** Called with the reason why that failed. */
  readonly onTrouble: (sentence: string, reason: unknown) => void
}

/** Spendings count the bytes that each network adds to the disk in an hour. */
export class Spendings {
  readonly #clock: Clock
  /** Bytes in an hour, at most. */
  readonly #limit: number
  readonly #store: SpendingStore | undefined
  readonly #networks = new Map<string, Spending>()
  /** Difference between wall time and monotonic time. */
  #epoch: number
  /** The salt of the marks in the store; `undefined` while nothing is persisted. */
  #salt: string | undefined
  /** Spendings that earlier processes have persisted, by the mark of the network. */
  #before: ReadonlyMap<string, readonly Usage[]> = new Map()
  /** Spendings with bytes that are not persisted. */
  readonly #changed = new Set<Spending>()
  /** True if there are bytes in the store. */
  #isPersisted = false
  #cancelTimer: (() => void) | undefined

  /** `megabytes` is what one network may add in an hour. */
  constructor(clock: Clock, megabytes: number, store?: SpendingStore) {
    this.#clock = clock
    this.#limit = megabytes * MEGABYTE
    this.#store = store
    this.#epoch = clock.now() - clock.monotonic()
  }

  /** Loads what was persisted, and persists what is added from now on; to be called before anything is. */
  async open(): Promise<void> {
    if (!this.#store || this.#limit === Number.POSITIVE_INFINITY) return
    const { salt, at, usages } = await this.#store.usage.load()
    this.#isPersisted = usages.length > 0
    if (this.#isPersisted) this.#epoch = Math.max(this.#epoch, at - this.#clock.monotonic())
    this.#salt = salt
    this.#before = Map.groupBy(usages, ({ network }) => network)
  }

  /** Persists what is not persisted yet, and no more from then on. */
  async close(): Promise<void> {
    while (this.#changed.size > 0 && (await this.#persist(this.#changed)));
    // also where no byte was added: the next process goes on from this time
    if (this.#isPersisted) await this.#persist([])
    this.#cancelTimer?.()
    this.#salt = undefined
  }

  /** Returns the spending of a network; all its connections share one. */
  of(network: string): Spending {
    const known = this.#networks.get(network)
    if (known) return known
    if (this.#networks.size >= NETWORKS) this.#makeRoom()
    const mark = this.#salt === undefined ? '' : makeMark(this.#salt, network)
    const options = { mark, limit: this.#limit, now: this.#now, changed: this.#note, before: this.#before.get(mark) ?? [] }
    const spending = new Spending(options)
    this.#networks.set(network, spending)
    return spending
  }

  readonly #now = (): number => this.#epoch + this.#clock.monotonic()

  /** Forgets a quarter of the networks: those that have spent least. */
  #makeRoom(): void {
    const least = [...this.#networks].sort(([, one], [, other]) => one.total - other.total)
    for (const [network] of least.slice(0, Math.ceil(least.length / 4))) this.#networks.delete(network)
  }

  /** Persists a change soon; at once if the limit is reached: then that is written together with what has reached it. */
  readonly #note = (spending: Spending, isFull: boolean): void => {
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

  /** Persists some of what has changed; answers whether that was done. */
  async #persist(spendings: Iterable<Spending>): Promise<boolean> {
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
      if (!isTemporary(reason)) this.#store?.onTrouble('what addresses have added to the disk could not be persisted', reason)
      return false
    }
  }
}

/** SpendingOptions is what the spending of a network is made of. */
interface SpendingOptions {
  /** Mark of the network in the store. */
  readonly mark: string
  /** Bytes in an hour, at most. */
  readonly limit: number
  readonly now: () => number
  /** Called when there are bytes that are not persisted, for the first time or at the limit. */
  readonly changed: (spending: Spending, isFull: boolean) => void
  /** Earlier spending, by ascending part. */
  readonly before: readonly Usage[]
}

/** Spending is the bytes that one network has added to the disk in the last hour. */
export class Spending {
  readonly mark: string
  readonly #limit: number
  readonly #now: () => number
  readonly #changed: SpendingOptions['changed']
  /** Bytes in each part of the last hour, by the number of the part. */
  #parts: Map<number, number> | undefined
  #total = 0
  /** The part that was counted last. */
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

  /** Bytes in the last hour. */
  get total(): number {
    this.#moveOn()
    return this.#total
  }

  /** Adds bytes. */
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

  /** Takes the bytes that are not persisted. */
  takeChange(): number {
    const change = this.#change
    this.#change = 0
    return change
  }

  /** Puts bytes back that could not be persisted. */
  putBack(bytes: number): void {
    this.#change += bytes
    this.#changed(this, false)
  }

  /** Reason why nothing can be added now; `undefined` while there is room. */
  get full(): string | undefined {
    if (this.#total < this.#limit) return undefined
    this.#moveOn()
    if (this.#total < this.#limit) return undefined
    const megabytes = this.#limit / MEGABYTE
    const minutes = Math.ceil(this.#wait() / 60_000)
    const wait = counted(minutes, 'minute')
    return `your address has written ${megabytes} MB in the last hour, the limit: wait ${wait}, and then try again`
  }

  /** Milliseconds until there is less than the limit. */
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
