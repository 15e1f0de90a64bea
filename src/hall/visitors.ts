import { Lookalikes } from './lookalikes.ts'
import { foldName } from './names.ts'
import { hasAccount, type PersonId } from './ports.ts'
import { Presences } from './presences.ts'

/** Visitor is a user who is here, under a name, through one connection. */
export interface Visitor {
  readonly person: PersonId
  readonly name: string
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** What all visitors of one connection have in common, under whatever names; for comparing only. */
  readonly connection: object
  /**
   * Time at which the account left, or this process began, in the same milliseconds; missing if the account is here
   * already, and for guests.
   */
  readonly awaySince?: number | undefined
  /** True if this visitor has neither left nor been ended. */
  readonly here: boolean
  /** Notes the hash of a seat token that this visitor has been given, or has shown. */
  hold(token: string): void
  /** Checks whether this visitor has been given, or has shown, the seat token of a hash. */
  holds(token: string): boolean
  /** Hashes of the seat tokens that this visitor holds. */
  readonly tokens: Iterable<string>
  /** Goes away. */
  leave(): void
}

/** Arrival is a visitor that comes. */
type Arrival = Pick<Visitor, 'person' | 'name' | 'since'> & {
  readonly quiet?: boolean | undefined
  readonly connection?: object | undefined
}

/** Called when a connection has to end, with the reason as a sentence for its user. */
export type OnReplaced = (reason: string) => void

/** Seat tokens of one visitor that are remembered, at most: the latest. */
const TOKENS = 50
/** Accounts of which it is remembered when they left, at most: the latest. */
const LEFT = 10_000

interface Present extends Visitor {
  readonly quiet: boolean
  readonly end: OnReplaced
}

/** Visitors is the registry of the connections that act for a person: logged in, or in a seat by its token alone. */
export class Visitors {
  readonly #present = new Presences<Present>()
  /** The names of guests who are here; those of accounts are known to `People`, here or not. */
  readonly guests = new Lookalikes()
  readonly #holders = new Map<PersonId, Set<OnReplaced>>()
  readonly #now: () => number
  /** Time at which this process began, for accounts that have not been here since. */
  readonly #began: number
  /** Times at which accounts left, ascending. */
  readonly #left = new Map<PersonId, number>()

  /** `now` answers with milliseconds since the Unix epoch. */
  constructor(now: () => number) {
    this.#now = now
    this.#began = now()
  }

  /** All visitors, to be found by name and listed in pages. */
  get present(): Pick<Presences<Visitor>, 'size' | 'persons' | 'page' | 'named' | typeof Symbol.iterator> {
    return this.#present
  }

  /** The visitors of one person. */
  of(person: PersonId): readonly Visitor[] {
    return this.#present.of(person)
  }

  /**
   * Adds a visitor; `onReplaced` is called when its connection has to end. A `quiet` one speaks a worksheet's protocol, and
   * is not notified of what happens elsewhere: the account counts as away meanwhile.
   */
  arrive({ person, name, since, quiet = false, connection = {} }: Arrival, onReplaced: OnReplaced): Visitor {
    const isAway = this.#present.of(person).every((one) => one.quiet)
    const awaySince = hasAccount(person) && isAway ? (this.#left.get(person) ?? this.#began) : undefined
    const tokens = new Set<string>()
    let here = true
    const leave = () => {
      if (here && !quiet) this.#noteLeft(person)
      here = false
      this.#present.delete(visitor)
      if (!hasAccount(person) && this.of(person).length === 0) this.guests.remove(person, name)
    }
    const visitor: Present = {
      person,
      name,
      since,
      connection,
      quiet,
      awaySince,
      get here() {
        return here
      },
      hold(token) {
        tokens.add(token)
        if (tokens.size > TOKENS) for (const [oldest] of tokens.entries()) return void tokens.delete(oldest)
      },
      holds: (token) => tokens.has(token),
      tokens,
      leave,
      end: onReplaced,
    }
    this.#present.add(visitor, foldName(name))
    if (!hasAccount(person)) this.guests.add(person, name)
    return visitor
  }

  #noteLeft(person: PersonId): void {
    if (!hasAccount(person)) return
    this.#left.delete(person)
    this.#left.set(person, this.#now())
    const [oldest] = this.#left.keys()
    if (this.#left.size > LEFT && oldest !== undefined) this.#left.delete(oldest)
  }

  /** Adds a connection that is in a seat of a person by the seat's token, without being logged in; the answer removes it. */
  holdSeat(person: PersonId, onReplaced: OnReplaced): () => void {
    // a connection may hold several seats of one person
    const holder: OnReplaced = (reason) => onReplaced(reason)
    add(this.#holders, person, holder)
    return () => remove(this.#holders, person, holder)
  }

  /**
   * Removes all connections that act for a person, except one visitor; answers with what ends each of them. A guest's name
   * is no claim to the seats of who had it before, so those that are in such a seat by its token stay.
   */
  remove(person: PersonId, keep: Visitor | undefined): readonly OnReplaced[] {
    const others = this.#present.of(person).filter((one) => one !== keep)
    for (const one of others) one.leave()
    const holders = hasAccount(person) ? [...(this.#holders.get(person) ?? [])] : []
    if (holders.length > 0) this.#holders.delete(person)
    return [...others.map(({ end }) => end), ...holders]
  }
}

function add<Key, Value>(map: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const values = map.get(key)
  if (values) values.add(value)
  else map.set(key, new Set([value]))
}

function remove<Key, Value>(map: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const values = map.get(key)
  if (values?.delete(value) && values.size === 0) map.delete(key)
}
