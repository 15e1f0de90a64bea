import {
  type FinishedGames,
  type FinishedTable,
  HISTORY,
  type HistoryRange,
  type PersonId,
  type SeatScores,
  type TableId,
} from '../../hall/ports.ts'
import type { GroupCommit } from '../group-commit.ts'
import { toLimit } from '../rows.ts'

/** MemoryHistory stores the finished tables of each person in memory, newest first. */
export class MemoryHistory implements FinishedGames {
  readonly #commits: GroupCommit
  readonly #forgotten = new Set<PersonId>()
  readonly #of = new Map<PersonId, readonly FinishedTable[]>()

  constructor(commits: GroupCommit) {
    this.#commits = commits
  }

  add(persons: readonly PersonId[], finished: FinishedTable): Promise<void> {
    return this.#commits.write(() => {
      for (const person of persons) {
        if (this.#forgotten.has(person)) continue
        const others = (this.#of.get(person) ?? []).filter(({ table }) => table !== finished.table)
        const all = [...others, structuredClone(finished)].sort((one, other) => other.table - one.table)
        this.#of.set(person, all.slice(0, HISTORY))
      }
      return undefined
    })
  }

  setScores(table: TableId, scores: SeatScores): Promise<void> {
    return this.#commits.write(() => {
      for (const [person, tables] of this.#of) {
        if (!tables.some((one) => one.table === table)) continue
        this.#of.set(
          person,
          tables.map((one) => (one.table === table ? { ...one, scores: { ...scores } } : one)),
        )
      }
      return undefined
    })
  }

  async of(
    person: PersonId,
    { from, count, hidden }: HistoryRange,
  ): Promise<{ readonly items: readonly FinishedTable[]; readonly total: number }> {
    const all = (this.#of.get(person) ?? []).filter((one) => hidden || !one.private)
    return { items: all.slice(toLimit(from), toLimit(from) + toLimit(count)), total: all.length }
  }

  async latest(count: number): Promise<readonly FinishedTable[]> {
    const found = this.#collect((one) => !one.private)
    return found.sort((one, other) => other.table - one.table).slice(0, toLimit(count))
  }

  async all(after: TableId, count: number): Promise<readonly FinishedTable[]> {
    const found = this.#collect((one) => one.table > after)
    return found.sort((one, other) => one.table - other.table).slice(0, toLimit(count))
  }

  /** Deletes the history of a person, and accepts no more tables for this person. */
  forget(person: PersonId): void {
    this.#forgotten.add(person)
    this.#of.delete(person)
  }

  /** Returns the finished tables that satisfy a condition; each table occurs once. */
  #collect(isWanted: (one: FinishedTable) => boolean): FinishedTable[] {
    const found = new Map<TableId, FinishedTable>()
    for (const tables of this.#of.values()) for (const one of tables) if (isWanted(one)) found.set(one.table, one)
    return [...found.values()]
  }
}
