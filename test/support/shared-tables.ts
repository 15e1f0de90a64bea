import { type TableEvent, type TableId, type TableLog, VersionConflict } from '../../src/hall/ports.ts'
import { turn } from './test-clock.ts'

/** Delivery passes events to one process, and then calls back the process that has appended them. */
interface Delivery {
  readonly table: TableId
  readonly events: readonly TableEvent[]
  readonly then?: () => void
}

/**
 * SharedTables has the tables of several processes, in memory. An append takes effect some turns of the event loop later, a process receives
 * the events of other processes later still, and all processes receive the events of a table in the same order.
 */
export class SharedTables {
  readonly #turns: () => number
  readonly #logs = new Map<TableId, TableEvent[]>()
  readonly #processes: ProcessTables[] = []
  #next = 1

  /** `turns` returns the number of turns that a message takes. */
  constructor(turns: () => number) {
    this.#turns = turns
  }

  /** Connects a process. */
  connect(): TableLog {
    const tables = new ProcessTables(this, this.#turns)
    this.#processes.push(tables)
    return tables
  }

  newTable(): TableId {
    return this.#next++
  }

  log(table: TableId): TableEvent[] {
    const log = this.#logs.get(table) ?? []
    this.#logs.set(table, log)
    return log
  }

  /** Adds events of a process to a log, and delivers them to all processes; returns false if their version does not fit. */
  add(from: ProcessTables, delivery: Delivery, expected: number): boolean {
    const log = this.log(delivery.table)
    if (log.length !== expected) return false
    log.push(...delivery.events)
    for (const process of this.#processes) {
      // another process decodes events of its own
      const copy = { table: delivery.table, events: structuredClone(delivery.events) }
      process.deliver(process === from ? delivery : copy)
    }
    return true
  }
}

class ProcessTables implements TableLog {
  readonly isShared = true
  readonly #all: SharedTables
  readonly #turns: () => number
  readonly #followers = new Map<TableId, Set<(events: readonly TableEvent[]) => void>>()
  #delivered = Promise.resolve()
  #sent = Promise.resolve()

  constructor(all: SharedTables, turns: () => number) {
    this.#all = all
    this.#turns = turns
  }

  newTable(): TableId {
    return this.#all.newTable()
  }

  async claim(tables: readonly TableId[]): Promise<readonly TableId[]> {
    return tables
  }

  append(table: TableId, expected: number, events: readonly TableEvent[], then: (failure?: Error) => void): number {
    this.#sent = this.#sent.then(async () => {
      await this.#wait()
      if (this.#all.add(this, { table, events, then }, expected)) return
      await this.#wait()
      then(new VersionConflict(table, expected))
    })
    return 0
  }

  /** Delivers events after all earlier events. */
  deliver({ table, events, then }: Delivery): void {
    this.#delivered = this.#delivered.then(async () => {
      await this.#wait()
      for (const follower of this.#followers.get(table) ?? []) follower(events)
      then?.()
    })
  }

  async read(table: TableId, after: number): Promise<readonly TableEvent[]> {
    return this.#all.log(table).slice(after)
  }

  async *readAll(tables: readonly TableId[]) {
    for (const table of tables) yield { table, events: this.#all.log(table).slice() }
  }

  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    const followers = this.#followers.get(table) ?? new Set()
    this.#followers.set(table, followers.add(then))
    return () => void followers.delete(then)
  }

  async unfinished(): Promise<readonly TableId[]> {
    return []
  }

  async ended(): Promise<readonly TableId[]> {
    return []
  }

  async #wait(): Promise<void> {
    for (let n = this.#turns(); n > 0; n--) await turn()
  }
}
