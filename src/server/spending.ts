import type { Clock } from '../hall/ports.ts'

/** The hour in which bytes are counted, in milliseconds, and the parts in which it moves on. */
const HOUR = 3_600_000
const PARTS = 12
const PART = HOUR / PARTS
/** Networks that are known, at most. */
const NETWORKS = 10_000
/** Bytes in a megabyte. */
const MEGABYTE = 1_000_000

/** Spendings count the bytes that each network adds to the disk in an hour. */
export class Spendings {
  readonly #clock: Clock
  /** Bytes in an hour, at most. */
  readonly #limit: number
  readonly #networks = new Map<string, Spending>()

  /** `megabytes` is what one network may add in an hour. */
  constructor(clock: Clock, megabytes: number) {
    this.#clock = clock
    this.#limit = megabytes * MEGABYTE
  }

  /** What a network spends; the same for all its connections. */
  of(network: string): Spending {
    const known = this.#networks.get(network)
    if (known) return known
    if (this.#networks.size >= NETWORKS) this.#makeRoom()
    const spending = new Spending(this.#clock, this.#limit)
    this.#networks.set(network, spending)
    return spending
  }

  /** Forgets a quarter of the networks: those that have spent least. */
  #makeRoom(): void {
    const least = [...this.#networks].sort(([, one], [, other]) => one.total - other.total)
    for (const [network] of least.slice(0, Math.ceil(least.length / 4))) this.#networks.delete(network)
  }
}

/** Spending is the bytes that one network has added to the disk in the last hour. */
export class Spending {
  readonly #clock: Clock
  readonly #limit: number
  /** Bytes in each part of the last hour, by the number of the part. */
  #parts: Map<number, number> | undefined
  #total = 0
  /** The part that was counted last. */
  #last = 0

  constructor(clock: Clock, limit: number) {
    this.#clock = clock
    this.#limit = limit
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
    this.#total += bytes
  }

  /** Why nothing can be added now; `undefined` while that can be. */
  get full(): string | undefined {
    if (this.#total < this.#limit) return undefined
    this.#moveOn()
    if (this.#total < this.#limit) return undefined
    const megabytes = this.#limit / MEGABYTE
    const minutes = Math.ceil(this.#wait() / 60_000)
    const wait = minutes === 1 ? '1 minute' : `${minutes} minutes`
    return `your address has written ${megabytes} MB in the last hour, the limit: wait ${wait}, and then try again`
  }

  /** Milliseconds until there is less than the limit. */
  #wait(): number {
    let left = this.#total
    for (const [part, bytes] of this.#parts ?? []) {
      left -= bytes
      if (left < this.#limit) return (part + PARTS + 1) * PART - this.#clock.monotonic()
    }
    return 0
  }

  #moveOn(): void {
    const now = Math.floor(this.#clock.monotonic() / PART)
    if (now === this.#last) return
    this.#last = now
    for (const [part, bytes] of this.#parts ?? []) {
      if (part >= now - PARTS) break
      this.#parts?.delete(part)
      this.#total -= bytes
    }
  }
}
