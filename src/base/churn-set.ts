/**
 * ChurnSet is a set whose members change many times a second. A `Set` leaves old copies of its hash table in memory as it grows
 * and shrinks, and each copy retains its members until the next full garbage collection. With 10,000 short games a second,
 * these copies caused most of the cost of garbage collection.
 */
export class ChurnSet<Member> implements Iterable<Member> {
  readonly #places: Place<Member>[] = []

  get size(): number {
    return this.#places.length
  }

  /** Adds a member. If the set already has the member, the set then has it twice. */
  add(member: Member): Membership {
    const place = new Place(this.#places, member)
    this.#places.push(place)
    return place
  }

  /** Iterates over a copy of the current members, so members may leave during the iteration. */
  [Symbol.iterator](): Iterator<Member> {
    return this.#places.map(({ member }) => member).values()
  }
}

/** Membership removes one member of a ChurnSet. */
export interface Membership {
  /** Removes the member from its set. The owner calls this method once. */
  leave(): void
}

class Place<Member> implements Membership {
  readonly member: Member
  readonly #all: Place<Member>[]
  #at: number

  constructor(all: Place<Member>[], member: Member) {
    this.member = member
    this.#all = all
    this.#at = all.length
  }

  leave(): void {
    const last = this.#all.pop()
    if (last === undefined || last === this) return
    last.#at = this.#at
    this.#all[last.#at] = last
  }
}
