import { OrderedList } from '../../base/ordered-list.ts'
import type { PersonId } from '../ports.ts'

/** Member is one connection of a person. */
interface Member {
  readonly person: PersonId
}

/** Person is a user who is online through one or several connections. */
interface Person<Presence> {
  /** Position in the order of arrival. */
  readonly number: number
  readonly key: string
  readonly presences: Presence[]
}

/** OnlineIndex finds the connections of users online by person and by name, and lists users in pages. */
export class OnlineIndex<Presence extends Member> {
  readonly #all = new Set<Presence>()
  readonly #byPerson = new Map<PersonId, Person<Presence>>()
  /** Users by folded name; a guest and an account can share one for a moment. */
  readonly #byName = new Map<string, readonly Person<Presence>[]>()
  readonly #people = new OrderedList<Person<Presence>>()
  #last = 0

  /** Number of connections. */
  get size(): number {
    return this.#all.size
  }

  /** Number of users. */
  get persons(): number {
    return this.#people.size
  }

  /** Iterates over all connections, in order of arrival. */
  [Symbol.iterator](): Iterator<Presence> {
    return this.#all.values()
  }

  /** Lists the connections of a user, in order of arrival. */
  of(person: PersonId): readonly Presence[] {
    return this.#byPerson.get(person)?.presences ?? []
  }

  /** Finds the first connection with a folded name (`foldName`). */
  named(key: string): Presence | undefined {
    return this.#byName.get(key)?.[0]?.presences[0]
  }

  /** Lists the first connection of at most `count` users from the index `from` on, in order of arrival. */
  page(from: number, count: number): Presence[] {
    return this.#people.slice(from, count).flatMap(({ presences }) => presences.slice(0, 1))
  }

  /** Adds a connection; `key` is its folded name. */
  add(presence: Presence, key: string): void {
    this.#all.add(presence)
    const known = this.#byPerson.get(presence.person)
    if (known) {
      known.presences.push(presence)
      return
    }
    const person = { number: ++this.#last, key, presences: [presence] }
    this.#byPerson.set(presence.person, person)
    this.#people.set(person.number, person)
    this.#byName.set(key, [...(this.#byName.get(key) ?? []), person])
  }

  /** Removes a connection; returns whether it was in the index. */
  delete(presence: Presence): boolean {
    if (!this.#all.delete(presence)) return false
    const person = this.#byPerson.get(presence.person)
    if (!person) return true
    person.presences.splice(person.presences.indexOf(presence), 1)
    if (person.presences.length > 0) return true
    this.#byPerson.delete(presence.person)
    this.#people.delete(person.number)
    const others = (this.#byName.get(person.key) ?? []).filter((one) => one !== person)
    if (others.length > 0) this.#byName.set(person.key, others)
    else this.#byName.delete(person.key)
    return true
  }
}
