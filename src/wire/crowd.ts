/**
 * Crowd is a set whose members come and go all the time. A Set leaves copies of its table behind as it grows and shrinks,
 * and each keeps all that were in it alive until the next full collection; with 10,000 short games a second that is most
 * of what collecting costs.
 */
export class Crowd<Member> implements Iterable<Member> {
  readonly #places: Place<Member>[] = []

  /** How many there are now. */
  get size(): number {
    return this.#places.length
  }

  /** Takes a member in. */
  add(member: Member): Membership {
    const place = new Place(this.#places, member)
    this.#places.push(place)
    return place
  }

  /** Those who are in now, also if some leave meanwhile. */
  [Symbol.iterator](): Iterator<Member> {
    return this.#places.map(({ member }) => member).values()
  }
}

/** Membership is the place of one member of a crowd. */
export interface Membership {
  /** Lets the member out; called once. */
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
