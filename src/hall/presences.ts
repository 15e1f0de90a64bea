import { OrderedList } from './ordered-list.ts'
import type { PersonId } from './ports.ts'

/** Member is one presence, and what is known of it. */
interface Member {
  readonly person: PersonId
}

/** Person is a user who is here, through one connection or several. */
interface Person<Presence> {
  /** The place in the order in which people came. */
  readonly number: number
  readonly key: string
  readonly presences: Presence[]
}

/** Presences is who is here: found by person and by name, and listed a page at a time, however many there are. */
export class Presences<Presence extends Member> {
  readonly #all = new Set<Presence>()
  readonly #byPerson = new Map<PersonId, Person<Presence>>()
  /** People by the key of equal names; a guest and an account may share one for a while. */
  readonly #byName = new Map<string, readonly Person<Presence>[]>()
  readonly #people = new OrderedList<Person<Presence>>()
  #last = 0

  /** Number of presences. */
  get size(): number {
    return this.#all.size
  }

  /** Number of users. */
  get persons(): number {
    return this.#people.size
  }

  /** All of them, in the order in which they came. */
  [Symbol.iterator](): Iterator<Presence> {
    return this.#all.values()
  }

  /** Lists the presences of a user, in order of arrival. */
  of(person: PersonId): readonly Presence[] {
    return this.#byPerson.get(person)?.presences ?? []
  }

  /** The first of those who have a name, as `foldName` has it. */
  named(key: string): Presence | undefined {
    return this.#byName.get(key)?.[0]?.presences[0]
  }

  /** The first presence of each person, in the order in which people came: at most `count` from the place `from` on. */
  page(from: number, count: number): Presence[] {
    return this.#people.slice(from, count).flatMap(({ presences }) => presences.slice(0, 1))
  }

  /** Adds a presence; `key` is its name as `foldName` has it. */
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

  /** Removes a presence; answers whether it was there. */
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
