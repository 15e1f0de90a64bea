import type { PersonId, TableId } from '../ports.ts'

/** Limit of guests with finished games: the latest stay. */
const GUESTS = 10_000
/** Limit of games of each guest: the latest stay. */
const GAMES = 200

/**
 * GuestGames knows which finished games belong to the present guest of a name. Any user can take a guest's name, so the store's
 * history of that name also has games of earlier guests.
 */
export class GuestGames {
  readonly #tables = new Map<PersonId, Set<TableId>>()

  /** Adds a finished game of the present guest. */
  add(person: PersonId, table: TableId): void {
    const tables = this.#tables.get(person) ?? new Set()
    this.#tables.delete(person)
    this.#tables.set(person, tables.add(table))
    dropOldest(tables, GAMES)
    dropOldest(this.#tables, GUESTS)
  }

  /** Checks whether a finished game belongs to the present guest. */
  has(person: PersonId, table: TableId): boolean {
    return this.#tables.get(person)?.has(table) === true
  }

  /** Removes all games of a name, because another guest takes it. */
  clear(person: PersonId): void {
    this.#tables.delete(person)
  }
}

function dropOldest<Key>(all: { readonly size: number; keys(): Iterator<Key>; delete(key: Key): boolean }, most: number): void {
  const { value, done } = all.keys().next()
  if (all.size > most && !done) all.delete(value)
}
