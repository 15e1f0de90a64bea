import type { Clock } from '../base/clock.ts'
import { sweepSome } from '../base/sweep.ts'
import type { TableActor } from './table-actor.ts'

/*
 * One timer serves all tables, so a move sets no timer. The timer fires at the deadline of the next table, but at most LOOKS times within
 * the limit. A loop over all tables visits only some tables in one turn of the event loop.
 */

/** Maximum number of checks for idle tables during the time that a table may be idle. */
const LOOKS = 100
/**
 * Without an idle limit, the server reserves a seat at a table without observers for `HELD` milliseconds, and there are at least `TIDY`
 * milliseconds between two runs of `tidy`.
 */
const HELD = 7 * 24 * 3_600_000
const TIDY = 1000
/** Maximum number of tables that one run of `tidy` ends. */
const ROOM = 20

export interface IdleTablesOptions {
  readonly clock: Clock
  /** Milliseconds that a table may be without a move; if missing or infinite, only `tidy` ends tables. */
  readonly limit: number | undefined
  readonly tables: { readonly all: Iterable<TableActor>; readonly size: number }
  /** Checks whether the store can write now. */
  readonly isWritable: () => boolean
  /** Removes a table from the hall. */
  readonly remove: (table: TableActor) => void
}

/** IdleTables ends tables that have been without a move for too long. No player loses such a game. */
export class IdleTables {
  readonly #options: IdleTablesOptions
  readonly #limit: number | undefined
  /** Monotonic time in milliseconds since which the players of all tables could move: the last restart, or the end of the last outage. */
  #since = Number.NEGATIVE_INFINITY
  /** Cancels the timer; `undefined` without tables or without an idle limit. */
  #cancel: (() => void) | undefined
  #tidyAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: IdleTablesOptions) {
    this.#options = options
    this.#limit = options.limit === Number.POSITIVE_INFINITY ? undefined : options.limit
  }

  /** Gives more time to tables whose time has run out while no player could move. */
  extend(): void {
    this.#since = this.#options.clock.monotonic()
  }

  /** Sets the timer for a new table, unless the timer is set already. */
  add(table: TableActor): void {
    if (this.#limit !== undefined && !this.#isClosed) this.#cancel ??= this.#setTimer(table.untilIdle(this.#limit, this.#since))
  }

  /** Cancels the timer until the hall adds the next table. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** Cancels the timer permanently. */
  close(): void {
    this.#isClosed = true
    this.stop()
  }

  /** Without an idle limit, ends the tables that have been without a move for a week and have no observer. */
  tidy(): void {
    const now = this.#options.clock.monotonic()
    if (this.#limit !== undefined || now < this.#tidyAt) return
    this.#tidyAt = now + TIDY
    let ended = 0
    for (const table of [...this.#options.tables.all]) {
      if (table.observers.length > 0 || table.untilIdle(HELD, this.#since) > 0) continue
      this.#abandon(table)
      if (++ended === ROOM) return
    }
  }

  #setTimer(wait: number): (() => void) | undefined {
    const limit = this.#limit
    if (limit === undefined) return undefined
    return this.#options.clock.after(Math.min(Math.max(Math.ceil(wait), 0), limit), () => this.#endIdle(limit))
  }

  /** Ends the idle tables, some in each turn of the event loop. */
  #endIdle(limit: number): void {
    const { clock, tables, isWritable } = this.#options
    const each = [...tables.all].values()
    let next = limit
    const look = (table: TableActor) => {
      const left = table.untilIdle(limit, this.#since)
      if (left > 0) next = Math.min(next, Math.max(left, limit / LOOKS))
      else this.#abandon(table)
    }
    const lookOn = () => {
      // no game continues while the store cannot write
      const isMore = isWritable() && sweepSome(each, look)
      this.#cancel = tables.size === 0 ? undefined : isMore ? clock.after(0, lookOn) : this.#setTimer(next)
    }
    lookOn()
  }

  #abandon(table: TableActor): void {
    table.submit({ type: 'abandon' })
    // the table frees its capacity immediately, before the store has written the end
    if (table.over && table.observers.length === 0) this.#options.remove(table)
  }
}
