import { type Lease, LeaseExpired, type LeaseId, type Leases, type TableId } from '../hall/ports.ts'
import type { Timers } from './outage.ts'

/** Milliseconds after which a lease without a renewal expires, and milliseconds between two renewals. */
const LEASE = { expiry: 10_000, renewal: 3_000 }

/** Grant is a lease that has not ended; `cancel` stops the timer of the expiry. */
interface Grant {
  cancel: (() => void) | undefined
}

/**
 * LeaseTable has the leases of all processes over one backing store in memory. A table without timers serves one process, and no lease
 * expires, because the store ends with that process.
 */
export class LeaseTable {
  readonly #timers: Timers | undefined
  readonly #grants = new Map<LeaseId, Grant>()
  readonly #listeners: ((lease: LeaseId) => void)[] = []
  #last = 0

  constructor(timers?: Timers) {
    this.#timers = timers
  }

  /** The timers of the leases; `undefined` for leases that need no renewal. */
  get timers(): Timers | undefined {
    return this.#timers
  }

  /** Calls `then` when a process releases a lease, or a lease expires. */
  onEnd(then: (lease: LeaseId) => void): void {
    this.#listeners.push(then)
  }

  /** Throws `LeaseExpired` if a lease has ended, by a release or by expiry. */
  check(lease: LeaseId): void {
    if (!this.#grants.has(lease)) throw new LeaseExpired(lease)
  }

  add(): LeaseId {
    const lease = `lease-${++this.#last}`
    this.#grants.set(lease, { cancel: undefined })
    this.renew(lease)
    return lease
  }

  /** Postpones the expiry of a lease; returns false if the lease has ended. */
  renew(lease: LeaseId): boolean {
    const grant = this.#grants.get(lease)
    grant?.cancel?.()
    if (grant) grant.cancel = this.#timers?.after(LEASE.expiry, () => this.end(lease))
    return grant !== undefined
  }

  /** Ends a lease, and notifies the listeners. */
  end(lease: LeaseId): void {
    const grant = this.#grants.get(lease)
    if (!grant) return
    grant.cancel?.()
    this.#grants.delete(lease)
    for (const listener of this.#listeners) listener(lease)
  }
}

/** MemoryLeases grants leases to one process, and renews these leases until `crash`. */
export class MemoryLeases implements Leases {
  readonly #table: LeaseTable
  readonly #renewals = new Map<LeaseId, () => void>()
  #crashed = false

  constructor(table: LeaseTable) {
    this.#table = table
  }

  async grant(): Promise<Lease> {
    const id = this.#table.add()
    this.#renewLater(id)
    return {
      id,
      release: async () => {
        this.#stop(id)
        this.#table.end(id)
      },
    }
  }

  /** Ends the renewals, as if the process had ended. */
  crash(): void {
    this.#crashed = true
    for (const id of [...this.#renewals.keys()]) this.#stop(id)
  }

  #renewLater(id: LeaseId): void {
    const { timers } = this.#table
    if (!timers || this.#crashed) return
    this.#renewals.set(
      id,
      timers.after(LEASE.renewal, () => this.#table.renew(id) && this.#renewLater(id)),
    )
  }

  #stop(id: LeaseId): void {
    this.#renewals.get(id)?.()
    this.#renewals.delete(id)
  }
}

/** Run is a sequence of consecutive tables that a process has opened under one lease. */
interface Run {
  readonly lease: LeaseId
  readonly from: TableId
  to: TableId
}

/**
 * TableClaims stores which lease has claimed each table. A process usually opens tables with consecutive numbers, so a run of new tables
 * needs only one entry.
 */
export class TableClaims {
  readonly #leases: LeaseTable
  #runs: Run[] = []
  readonly #claimed = new Map<TableId, LeaseId>()

  constructor(leases: LeaseTable) {
    this.#leases = leases
    leases.onEnd((ended) => {
      this.#runs = this.#runs.filter(({ lease }) => lease !== ended)
      for (const [table, lease] of this.#claimed) if (lease === ended) this.#claimed.delete(table)
    })
  }

  /** Claims a new table for a lease. Throws `LeaseExpired` after the end of the lease. */
  open(table: TableId, lease: LeaseId): void {
    this.openRange(table, 1, lease)
  }

  /** Claims `count` new tables, from the table `first` on, for a lease. Throws `LeaseExpired` after the end of the lease. */
  openRange(first: TableId, count: number, lease: LeaseId): void {
    this.#leases.check(lease)
    const run = this.#runs.at(-1)
    if (run?.lease === lease && run.to === first - 1) run.to = first + count - 1
    else this.#runs.push({ lease, from: first, to: first + count - 1 })
  }

  /** Claims tables; returns the tables that no other lease has claimed. Throws `LeaseExpired` after the end of the lease. */
  claim(tables: readonly TableId[], lease: LeaseId): readonly TableId[] {
    this.#leases.check(lease)
    const free = tables.filter((table) => (this.#claimant(table) ?? lease) === lease)
    for (const table of free) this.#claimed.set(table, lease)
    return free
  }

  #claimant(table: TableId): LeaseId | undefined {
    return this.#claimed.get(table) ?? this.#runs.findLast(({ from, to }) => from <= table && table <= to)?.lease
  }
}
