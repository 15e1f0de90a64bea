import { GUESTS, type PersonId, type Results, type Standing, type TableId } from '../../hall/ports.ts'
import type { GroupCommit } from '../group-commit.ts'
import { checkStandings, compareStandings, toLimit } from '../rows.ts'

/** MemoryResults stores the standings of each game in memory, in the order of its ladder. */
export class MemoryResults implements Results {
  readonly #commits: GroupCommit
  readonly #games = new Map<string, Ladder>()
  readonly #recorded = new Set<TableId>()
  /** Persons whose account the store has removed. */
  readonly #removed = new Set<PersonId>()
  #last: TableId | undefined

  constructor(commits: GroupCommit) {
    this.#commits = commits
  }

  async standing(game: string, person: PersonId): Promise<Standing | undefined> {
    return this.#games.get(game)?.of(person)
  }

  async setStandings(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean> {
    checkStandings(standings)
    return this.#commits.write(() => {
      if (this.#recorded.has(table)) return false
      this.#recorded.add(table)
      this.#last = table
      const ladder = this.#games.get(game) ?? new Ladder()
      this.#games.set(game, ladder)
      for (const standing of standings) if (!this.#removed.has(standing.person)) ladder.set(structuredClone(standing))
      return true
    })
  }

  async last(): Promise<TableId | undefined> {
    return this.#last
  }

  async ladder(game: string, limit: number): Promise<readonly Standing[]> {
    return this.#games.get(game)?.best(toLimit(limit)) ?? []
  }

  async rank(game: string, score: number): Promise<{ readonly rank: number; readonly of: number }> {
    const ladder = this.#games.get(game)
    return { rank: (ladder?.above(score) ?? 0) + 1, of: ladder?.size ?? 0 }
  }

  /** Removes a person from every ladder, and stores no more standings of this person. */
  forget(person: PersonId): void {
    this.#removed.add(person)
    for (const ladder of this.#games.values()) ladder.delete(person)
  }
}

/** Ladder has the standings of one game, best first. */
class Ladder {
  readonly #of = new Map<PersonId, Standing>()
  readonly #all: Standing[] = []
  /** Guests, by the time of their last game, ascending. */
  readonly #guests = new Set<PersonId>()

  get size(): number {
    return this.#all.length
  }

  of(person: PersonId): Standing | undefined {
    return this.#of.get(person)
  }

  best(limit: number): readonly Standing[] {
    return this.#all.slice(0, limit)
  }

  /** Returns the number of standings with a higher score than `score`. */
  above(score: number): number {
    return this.#countWhile((one) => one.score > score)
  }

  set(standing: Standing): void {
    const { person } = standing
    this.delete(person)
    this.#of.set(person, standing)
    this.#all.splice(this.#place(standing), 0, standing)
    if (!person.startsWith('guest:')) return
    this.#guests.add(person)
    const [first] = this.#guests
    if (this.#guests.size > GUESTS && first !== undefined) this.delete(first)
  }

  delete(person: PersonId): void {
    const standing = this.#of.get(person)
    if (!standing) return
    this.#of.delete(person)
    this.#guests.delete(person)
    this.#all.splice(this.#place(standing), 1)
  }

  /** Returns the index of a standing in the ladder; for a new standing, the index at which to insert it. */
  #place(standing: Standing): number {
    return this.#countWhile((one) => compareStandings(one, standing) < 0)
  }

  /** Counts the standings at the top of the ladder that satisfy a condition, with a binary search. */
  #countWhile(holds: (standing: Standing) => boolean): number {
    let [low, high] = [0, this.#all.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const standing = this.#all[middle]
      if (standing && holds(standing)) low = middle + 1
      else high = middle
    }
    return low
  }
}
