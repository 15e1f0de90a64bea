import type { LiveTable } from '../hall/live.ts'
import type { Sitter } from '../hall/ports.ts'
import type { Line } from '../protocols/house.ts'
import { networkOf } from './limits.ts'
import type { Rooms } from './rooms.ts'

/** Holdings are the seats that one connection has taken at tables that go on, under whatever names. */
export class Holdings {
  /** The network of the connection's peer. */
  readonly network: string
  readonly #rooms: Rooms
  #tables: readonly LiveTable[] = NONE

  constructor(rooms: Rooms, line: Line) {
    this.#rooms = rooms
    this.network = networkOf(line.address)
  }

  /** How many they are. */
  get size(): number {
    if (this.#tables.some(({ over }) => over)) this.#tables = this.#tables.filter(({ over }) => !over)
    return this.#tables.length
  }

  /** Adds a seat at a table. */
  add(table: LiveTable): void {
    if (this.size === 0) this.#tables = [table]
    else if (!this.#tables.includes(table)) this.#tables = [...this.#tables, table]
  }

  /** A sitter, with what stands for the network in the log, where tables are counted by it. */
  marked(sitter: Sitter): Sitter {
    const { hall, limits } = this.#rooms
    return limits.address === undefined || limits.address === Number.POSITIVE_INFINITY
      ? sitter
      : { ...sitter, from: hall.owners.markOf(this.network) }
  }
}

const NONE: readonly LiveTable[] = []
