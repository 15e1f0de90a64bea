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

  /** Takes a member in; the answer lets it out again, and is called once. */
  add(member: Member): () => void {
    const place = { member, at: this.#places.length }
    this.#places.push(place)
    return () => this.#leave(place)
  }

  /** Those who are in now, also if some leave meanwhile. */
  [Symbol.iterator](): Iterator<Member> {
    return this.#places.map(({ member }) => member).values()
  }

  #leave(place: Place<Member>): void {
    const last = this.#places.pop()
    if (last === undefined || last === place) return
    last.at = place.at
    this.#places[last.at] = last
  }
}

interface Place<Member> {
  readonly member: Member
  at: number
}
