import type { PersonId, TableId } from './ports.ts'

/** Guests of whom finished games are noted, at most: the latest. */
const GUESTS = 10_000
/** Games of each, at most: the latest. */
const GAMES = 200

/**
 * GuestGames is which finished games are of the guest who has a name now. Any user can take a guest's name, so what the
 * store has under it can be of an earlier guest, or of one before the server was started.
 */
export class GuestGames {
  readonly #tables = new Map<PersonId, Set<TableId>>()

  /** Notes a finished game of the guest who has the name. */
  add(person: PersonId, table: TableId): void {
    const tables = this.#tables.get(person) ?? new Set()
    this.#tables.delete(person)
    this.#tables.set(person, tables.add(table))
    dropOldest(tables, GAMES)
    dropOldest(this.#tables, GUESTS)
  }

  /** Checks whether a finished game belongs to the guest who has the name. */
  has(person: PersonId, table: TableId): boolean {
    return this.#tables.get(person)?.has(table) === true
  }

  /** Another guest takes the name. */
  clear(person: PersonId): void {
    this.#tables.delete(person)
  }
}

function dropOldest<Key>(all: { readonly size: number; keys(): Iterator<Key>; delete(key: Key): boolean }, most: number): void {
  const { value, done } = all.keys().next()
  if (all.size > most && !done) all.delete(value)
}
