import { type Finished, HISTORY, type History, type PersonId, type Slice, type TableId } from '../hall/ports.ts'
import type { Commits } from './group-commit.ts'
import { atMost } from './standings.ts'

/** MemoryHistory stores the finished tables of each person in memory, the newest first. */
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

  /** Deletes the history of a person, and accepts no more tables for this person. */
  forget(person: PersonId): void {
    this.#forgotten.add(person)
    this.#of.delete(person)
  }
}
