import { OrderedList } from '../../base/ordered-list.ts'
import type { PersonId } from '../ports.ts'

/** Member is one connection of a person. */
interface Member {
  readonly person: PersonId
}

/** Person has the connections of one user. */
interface Person<Connection> {
  /** Position in the order of arrival. */
  readonly number: number
  readonly key: string
  readonly connections: Connection[]
}

/** OnlineIndex finds the connections of online users by person and by name, and lists users in pages. */
export class OnlineIndex<Connection extends Member> {
  readonly #all = new Set<Connection>()
  readonly #byPerson = new Map<PersonId, Person<Connection>>()
  /**
   * Users by folded name; a guest and an account can have the same name for a short time, during a registration.
   */
  readonly #byName = new Map<string, readonly Person<Connection>[]>()
  readonly #people = new OrderedList<Person<Connection>>()
  #last = 0

  /** Number of connections, of all users. */
  get size(): number {
    return this.#all.size
  }

  /** Number of users; each user counts once. */
  get persons(): number {
    return this.#people.size
  }

  /** Iterates over all connections, in order of arrival. */
  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }

  /** Lists the connections of a user, in order of arrival. */
  of(person: PersonId): readonly Connection[] {
    return this.#byPerson.get(person)?.connections ?? []
  }

  /** Finds the first connection with a folded name (`foldName`). */
  named(key: string): Connection | undefined {
    return this.#byName.get(key)?.[0]?.connections[0]
  }

  /**
   * Lists at most `count` users, in order of arrival; `from` is the index of the first user. Returns the first connection of each user.
   */
  page(from: number, count: number): Connection[] {
    return this.#people.slice(from, count).flatMap(({ connections }) => connections.slice(0, 1))
  }

  /** Adds a connection; `key` is its folded name. */
  add(connection: Connection, key: string): void {
    this.#all.add(connection)
    const known = this.#byPerson.get(connection.person)
    if (known) {
      known.connections.push(connection)
      return
    }
    const person = { number: ++this.#last, key, connections: [connection] }
    this.#byPerson.set(connection.person, person)
    this.#people.set(person.number, person)
    // arrays without free space: a spread leaves space for 16 more elements
    this.#byName.set(key, this.#byName.get(key)?.concat(person) ?? [person])
  }

  /** Removes a connection; returns true if it was in the index. */
  delete(connection: Connection): boolean {
    if (!this.#all.delete(connection)) return false
    const person = this.#byPerson.get(connection.person)
    if (!person) return true
    person.connections.splice(person.connections.indexOf(connection), 1)
    if (person.connections.length > 0) return true
    this.#byPerson.delete(connection.person)
    this.#people.delete(person.number)
    const others = (this.#byName.get(person.key) ?? []).filter((one) => one !== person)
    if (others.length > 0) this.#byName.set(person.key, others)
    else this.#byName.delete(person.key)
    return true
  }
}
