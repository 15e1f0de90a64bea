import { OrderedList } from '../base/ordered-list.ts'
import { findSeats, formatCanonical, type Match, type OpenSeek } from './open-seek.ts'
import { PEER, type PersonId } from './ports.ts'

/** Wildcard in the key of a pool; it differs from the text of every setting and clock. */
const ANY = '*'

/** Entry has the number of a seek in the order of arrival, and the keys of its pools. */
interface Entry {
  readonly number: number
  readonly pools: readonly string[]
}

/** Pool has the seeks with the same terms, by the seats that they accept and then by number. */
type Pool<Waiting> = Map<string, Map<number, Waiting>>

/**
 * SeekPools has the open seeks, in order of arrival. Each seek is in several pools, whose keys are the terms on which two seeks
 * must agree. So a search for the first suitable seek checks few seeks, even if many seeks are open. For a new seek that accepts
 * any settings or any clock, each seek is also in pools whose keys have a wildcard in place of the settings or the clock.
 */
export class SeekPools<Waiting extends OpenSeek> {
  readonly #entries = new Map<Waiting, Entry>()
  readonly #pools = new Map<string, Pool<Waiting>>()
  readonly #byPerson = new Map<PersonId, OrderedList<Waiting>>()
  readonly #byAgainst = new Map<PersonId, OrderedList<Waiting>>()
  readonly #byCode = new Map<string, OrderedList<Waiting>>()
  readonly #shown = new OrderedList<Waiting>()
  readonly #open = new OrderedList<Waiting>()
  #last = 0

  /** Number of open seeks. */
  get size(): number {
    return this.#entries.size
  }

  [Symbol.iterator](): Iterator<Waiting> {
    return this.#entries.keys()
  }

  /** Checks whether a seek is in the pools. */
  has(seek: Waiting): boolean {
    return this.#entries.has(seek)
  }

  /** Returns the same seek if it is in the pools; otherwise returns `undefined`. */
  find(seek: OpenSeek): Waiting | undefined {
    const waiting = seek as Waiting
    return this.#entries.has(waiting) ? waiting : undefined
  }

  /** Public seeks: the seeks without a code. */
  get shown(): OrderedList<Waiting> {
    return this.#shown
  }

  /** Public seeks that any user can accept. */
  get open(): OrderedList<Waiting> {
    return this.#open
  }

  /** Lists the seeks that a user has opened. */
  of(person: PersonId): OrderedList<Waiting> {
    return this.#byPerson.get(person) ?? new OrderedList()
  }

  /** Lists the public challenges to a user. */
  against(person: PersonId): OrderedList<Waiting> {
    return this.#byAgainst.get(person) ?? new OrderedList()
  }

  /** Finds the first private seek with a code. */
  withCode(code: string): Waiting | undefined {
    return this.#byCode.get(code)?.slice(0, 1)[0]
  }

  add(seek: Waiting): void {
    const number = ++this.#last
    const pools = poolsOf(seek)
    this.#entries.set(seek, { number, pools })
    const seats = seatsKey(seek)
    for (const key of pools) inner(inner(this.#pools, key), seats).set(number, seek)
    for (const [map, key] of this.#lists(seek)) {
      const list = map.get(key) ?? new OrderedList()
      map.set(key, list)
      list.set(number, seek)
    }
    if (seek.code !== undefined) return
    this.#shown.set(number, seek)
    if (seek.against === undefined) this.#open.set(number, seek)
  }

  delete(seek: Waiting): void {
    const entry = this.#entries.get(seek)
    if (!entry) return
    const { number, pools } = entry
    this.#entries.delete(seek)
    for (const key of pools) this.#leavePool(key, seatsKey(seek), number)
    for (const [map, key] of this.#lists(seek)) {
      const list = map.get(key)
      list?.delete(number)
      if (list?.size === 0) map.delete(key)
    }
    this.#shown.delete(number)
    this.#open.delete(number)
  }

  /**
   * Finds the first open seek, in order of arrival, that suits a new seek; `undefined` without a suitable seek. The open seek's
   * preference determines the seats.
   */
  match(coming: OpenSeek): Match<Waiting> | undefined {
    if (this.#entries.size === 0) return undefined
    let best: { readonly number: number; readonly match: Match<Waiting> } | undefined
    for (const key of suitable(coming)) {
      for (const members of this.#pools.get(key)?.values() ?? []) {
        const found = first(members, coming)
        if (found && found.number < (best?.number ?? Number.POSITIVE_INFINITY)) best = found
      }
    }
    return best?.match
  }

  /** Returns the maps to which a seek belongs, each with the key of the seek. */
  #lists({ person, against, code }: Waiting): readonly (readonly [Map<string, OrderedList<Waiting>>, string])[] {
    const lists: [Map<string, OrderedList<Waiting>>, string][] = []
    if (person !== PEER) lists.push([this.#byPerson, person])
    if (against !== undefined && code === undefined) lists.push([this.#byAgainst, against])
    if (code !== undefined) lists.push([this.#byCode, code])
    return lists
  }

  #leavePool(key: string, seats: string, number: number): void {
    const pool = this.#pools.get(key)
    const members = pool?.get(seats)
    members?.delete(number)
    if (members?.size === 0) pool?.delete(seats)
    if (pool?.size === 0) this.#pools.delete(key)
  }
}

/** Finds the first seek of another person in a pool, and the seats that this seek and the new seek get. */
function first<Waiting extends OpenSeek>(members: ReadonlyMap<number, Waiting>, coming: OpenSeek) {
  for (const [number, waiting] of members) {
    // all seeks of `members` accept the same seats
    const seats = findSeats(waiting.seats, coming.seats)
    if (!seats) return undefined
    if (waiting.person !== coming.person || coming.person === PEER) return { number, match: { waiting, seats } }
  }
  return undefined
}

/** Returns the keys of a seek's pools: with and without its settings, and with and without its clock. */
function poolsOf(seek: OpenSeek): readonly string[] {
  const [settings, clock] = [settingsKey(seek), clockKey(seek)]
  // a challenge finds only the challenged user's seeks, and only that user's seeks find a challenge
  const people = [`${ANY} ${seek.against ?? ANY}`, `${seek.person} ${seek.against ?? ANY}`]
  return people.flatMap((both) => [
    keyOf(seek, both, settings, clock),
    keyOf(seek, both, settings, ANY),
    keyOf(seek, both, ANY, clock),
    keyOf(seek, both, ANY, ANY),
  ])
}

/** Returns the keys of the pools whose seeks suit a new seek: with and without the settings and the clock of the new seek. */
function* suitable(coming: OpenSeek): Iterable<string> {
  const settings = coming.options === undefined ? [ANY] : [settingsKey(coming), NONE]
  const clocks = clockKey(coming) === NONE ? [ANY] : [clockKey(coming), NONE]
  for (const against of [ANY, coming.person])
    for (const setting of settings) for (const clock of clocks) yield keyOf(coming, `${coming.against ?? ANY} ${against}`, setting, clock)
}

/** Key of a seek without settings, or without a clock. */
const NONE = ''

/** Returns the key of a pool; no part has a line break. */
function keyOf({ game, rated, code = '' }: OpenSeek, people: string, settings: string, clock: string): string {
  return `${game}\n${rated}\n${code}\n${people}\n${settings}\n${clock}`
}

function settingsKey({ options }: OpenSeek): string {
  return options === undefined ? NONE : formatCanonical(options)
}

function clockKey({ clock: { turn, total } = {} }: OpenSeek): string {
  return turn === undefined && total === undefined ? NONE : `${turn} ${total}`
}

/** Returns the accepted seats in order of preference, each seat once. */
function seatsKey({ seats }: OpenSeek): string {
  return [...new Set(seats)].join(' ')
}

function inner<Key, InnerKey, Value>(map: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  const found = map.get(key) ?? new Map<InnerKey, Value>()
  map.set(key, found)
  return found
}
