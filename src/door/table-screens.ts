import type { TableScreen } from './table-screen.ts'

/** TableScreens contains the tables of one session. It shows one table in full, and short notices about the other tables. */
export class TableScreens {
  readonly #all = new Map<number, TableScreen>()
  #current: TableScreen | undefined

  /** The shown table, which receives moves and chat. */
  get current(): TableScreen | undefined {
    return this.#current
  }

  /** All tables, by number. */
  get all(): readonly TableScreen[] {
    return [...this.#all.values()].sort((one, other) => one.table - other.table)
  }

  /** The tables at which this user plays, by number. */
  get playing(): readonly TableScreen[] {
    return this.all.filter(({ playing }) => playing)
  }

  get(table: number): TableScreen | undefined {
    return this.#all.get(table)
  }

  /** Adds a table, and shows it unless it is `aside`. */
  add(screen: TableScreen, aside = false): void {
    this.#all.set(screen.table, screen)
    if (!aside) this.#current = screen
  }

  /** Shows another table; `screen` must be one of `all`. */
  show(screen: TableScreen): void {
    this.#current = screen
  }

  remove(table: number): void {
    this.#all.delete(table)
    if (this.#current?.table === table) this.#current = undefined
  }

  clear(): void {
    this.#all.clear()
    this.#current = undefined
  }

  /** Returns the updates of the tables that the session does not show, and clears these updates. */
  takeNotices(): readonly string[] {
    if (this.#all.size < 2 && this.#current) return []
    return this.all.filter((one) => one !== this.#current).flatMap((one) => one.takeNotices())
  }
}
