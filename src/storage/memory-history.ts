import { type Finished, HISTORY, type History, type PersonId, type Slice, type TableId } from '../hall/ports.ts'
import type { Commits } from './commits.ts'
import { atMost } from './standings.ts'

/** MemoryHistory keeps what each person has played, the newest table first. */
export class MemoryHistory implements History {
  readonly #commits: Commits
  readonly #forgotten = new Set<PersonId>()
  readonly #of = new Map<PersonId, readonly Finished[]>()

  constructor(commits: Commits) {
    this.#commits = commits
  }

  add(persons: readonly PersonId[], finished: Finished): Promise<void> {
    return this.#commits.add(() => {
      for (const person of persons) {
        if (this.#forgotten.has(person)) continue
        const others = (this.#of.get(person) ?? []).filter(({ table }) => table !== finished.table)
        const all = [...others, structuredClone(finished)].sort((one, other) => other.table - one.table)
        this.#of.set(person, all.slice(0, HISTORY))
      }
      return undefined
    })
  }

  async of(person: PersonId, { from, count, hidden }: Slice): Promise<{ readonly items: readonly Finished[]; readonly total: number }> {
    const all = (this.#of.get(person) ?? []).filter((one) => hidden || !one.private)
    return { items: all.slice(atMost(from), atMost(from) + atMost(count)), total: all.length }
  }

  async all(after: TableId, count: number): Promise<readonly Finished[]> {
    const found = new Map<TableId, Finished>()
    for (const tables of this.#of.values()) for (const one of tables) if (one.table > after) found.set(one.table, one)
    return [...found.values()].sort((one, other) => one.table - other.table).slice(0, atMost(count))
  }

  /** Forgets all that a person has played, for good. */
  forget(person: PersonId): void {
    this.#forgotten.add(person)
    this.#of.delete(person)
  }
}
