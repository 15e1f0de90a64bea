import { foldName } from '../names/names.ts'
import type { PersonId, TableId } from '../ports.ts'
import { hashToken, makeToken, parseToken, type RandomBytes } from './tokens.ts'

/*
 * Any user can take a guest's name if no other user has that name. So only the memory of this process has the data of the current
 * guest of a name: the reconnect secret, and the list of finished games. Another guest who takes the name inherits none of this
 * data.
 */

const GUEST = 'guest:'
/** Maximum number of guests with a reconnect secret; the server forgets the oldest first. */
const SECRETS = 10_000
/** Maximum number of guests with finished games; the server forgets the oldest first. */
const GUESTS = 10_000
/** Maximum number of finished games of each guest; the server forgets the oldest first. */
const GAMES = 200

/** Returns the identity that all successive guests of a name have. */
export function guestOf(name: string): PersonId {
  return `${GUEST}${foldName(name)}`
}

/** Checks whether a person is a guest, by the form of the id. */
export function isGuest(person: PersonId): boolean {
  return person.startsWith(GUEST)
}

/** GuestSecrets has the hashes of the reconnect secrets; guests prove with these secrets that they own their names. */
export class GuestSecrets {
  readonly #random: RandomBytes | undefined
  readonly #hashes = new Map<PersonId, string>()

  /** `random` is the source of the secrets; without it, guests get no secrets. */
  constructor(random: RandomBytes | undefined) {
    this.#random = random
  }

  /** Makes a new secret for a guest; it replaces the previous secret. */
  make(person: PersonId): string | undefined {
    if (!this.#random) return undefined
    const secret = makeToken(this.#random)
    this.#hashes.delete(person)
    this.#hashes.set(person, hashToken(secret))
    dropOldest(this.#hashes, SECRETS)
    return secret
  }

  /** Checks whether a text is the current secret of a guest. */
  proves(person: PersonId, typed: string | undefined): boolean {
    const secret = typed === undefined ? undefined : parseToken(typed)
    return typeof secret === 'string' && this.#hashes.get(person) === hashToken(secret)
  }

  /** Removes the secret of a name, because another guest takes the name. */
  clear(person: PersonId): void {
    this.#hashes.delete(person)
  }
}

/**
 * GuestGames stores which finished games belong to the current guest of a name; the store's history has the games of all guests
 * of that name.
 */
export class GuestGames {
  readonly #tables = new Map<PersonId, Set<TableId>>()

  /** Adds a finished game of the current guest of the name. */
  add(person: PersonId, table: TableId): void {
    const tables = this.#tables.get(person) ?? new Set()
    this.#tables.delete(person)
    this.#tables.set(person, tables.add(table))
    dropOldest(tables, GAMES)
    dropOldest(this.#tables, GUESTS)
  }

  /** Checks whether a finished game belongs to the current guest. */
  has(person: PersonId, table: TableId): boolean {
    return this.#tables.get(person)?.has(table) === true
  }

  /** Removes all games of a name, because another guest takes the name. */
  clear(person: PersonId): void {
    this.#tables.delete(person)
  }
}

function dropOldest<Key>(all: { readonly size: number; keys(): Iterator<Key>; delete(key: Key): boolean }, most: number): void {
  const { value, done } = all.keys().next()
  if (all.size > most && !done) all.delete(value)
}
