import type { Clock } from '../../base/clock.ts'
import { sweepSome } from '../../base/sweep.ts'
import { Lookalikes } from '../names/lookalikes.ts'
import { foldName } from '../names/names.ts'
import type { ConnectionIdentity } from '../peer-links.ts'
import { hasAccount, type PersonId } from '../ports.ts'
import { OnlineIndex } from './online-index.ts'

/** OnlineUser is the login of a user through one connection. */
export interface OnlineUser {
  readonly person: PersonId
  readonly name: string
  /** Milliseconds since the Unix epoch at which the user logged in. */
  readonly since: number
  /** The connection, with an identity that is the same for all its logins, and the kind of the connection. */
  readonly connection: ConnectionIdentity
  /**
   * Time at which the registered user's last connection before this login ended, in milliseconds since the Unix epoch. The time is never
   * before the start of this process. Missing for guests, and for a user who was online through another connection at this login.
   */
  readonly awaySince?: number | undefined
  /** Hash of the token of the login session by which the user has logged in; missing if the user has logged in without a session. */
  readonly session?: string | undefined
  /** True until the user leaves or the server ends the login. */
  readonly isOnline: boolean
  /** Adds the hash of a seat token that this user has received or used. */
  addToken(token: string): void
  /** Checks whether this user has received or used the seat token with this hash. */
  hasToken(token: string): boolean
  /** Hashes of the seat tokens of this user. */
  readonly tokens: Iterable<string>
  /** Logs the user out of this connection, without closing the connection. */
  leave(): void
}

/** Arrival is the part of a login that the caller of `arrive` provides. */
type Arrival = Pick<OnlineUser, 'person' | 'name'> & {
  readonly quiet?: boolean | undefined
  readonly connection?: ConnectionIdentity | undefined
  readonly session?: string | undefined
}

/** OnReplaced is the callback for a login that the server ends; its parameter is the reason, as a sentence for the user. */
export type OnReplaced = (reason: string) => void

/** Maximum number of seat tokens that one login stores; above it, the login drops the oldest token. */
const TOKENS = 50
/** Maximum number of accounts for which the registry stores the end of the last connection; it drops the oldest time first. */
const LEFT = 10_000
/** The server ends at least this many of a person's connections in one turn of the event loop. */
const FEW = 8

/** Reasons why the server ends connections of a user, as sentences for that user. */
export const ENDED = {
  again: 'another connection has logged in under your name',
  password: 'your password was changed: log in again',
  registered: 'another user has just registered the name that you had as a guest: choose another name',
  session: 'you have ended this session through another connection: log in again',
  removed: 'your name is no longer registered here',
}

/** EndingConnections has the number of connections that the server ends; `ended` resolves when all of them are closed. */
export interface EndingConnections {
  readonly connections: number
  readonly ended: Promise<void>
}

/** Login is an OnlineUser of the registry. It is a class because an object literal with a getter and five closures takes a kilobyte more. */
class Login implements OnlineUser {
  readonly person: PersonId
  readonly name: string
  readonly since: number
  readonly connection: ConnectionIdentity
  readonly session: string | undefined
  readonly quiet: boolean
  readonly awaySince: number | undefined
  readonly end: OnReplaced
  isOnline = true
  readonly #onLeave: (login: Login) => void
  #tokens: string[] | undefined

  constructor(
    { person, name, quiet = false, connection = {}, session }: Arrival,
    times: Pick<OnlineUser, 'since' | 'awaySince'>,
    end: OnReplaced,
    onLeave: (login: Login) => void,
  ) {
    this.person = person
    this.name = name
    this.since = times.since
    this.connection = connection
    this.session = session
    this.quiet = quiet
    this.awaySince = times.awaySince
    this.end = end
    this.#onLeave = onLeave
  }

  get tokens(): Iterable<string> {
    return this.#tokens ?? []
  }

  addToken(token: string): void {
    if (this.hasToken(token)) return
    // a copy, because an array that grows has space for 17 elements
    this.#tokens = this.#tokens?.concat(token).slice(-TOKENS) ?? [token]
  }

  hasToken(token: string): boolean {
    return this.#tokens?.includes(token) === true
  }

  leave(): void {
    this.#onLeave(this)
  }
}

/** OnlineUsers is the registry of the connections that act for a person: by a login, or by the token of a seat. */
export class OnlineUsers {
  readonly #present = new OnlineIndex<Login>()
  /** Names of the guests online; `People` has the names of accounts. */
  readonly guests = new Lookalikes()
  readonly #holders = new Map<PersonId, Set<OnReplaced>>()
  readonly #clock: Clock
  /** A single function for all logins, to save memory. */
  readonly #onLeave = (login: Login) => this.#leave(login)
  /** Called when the last connection of a person has ended. */
  onLeft: ((person: PersonId) => void) | undefined
  /** Time at which this process started. If the registry does not know when the last connection of an account ended, it uses this time. */
  readonly #began: number
  /** Times at which the last connections of accounts ended, ascending. */
  readonly #left = new Map<PersonId, number>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#began = clock.now()
  }

  /** Index of all logins, which finds them by name and lists them in pages. */
  get present(): Pick<OnlineIndex<OnlineUser>, 'size' | 'persons' | 'page' | 'named' | typeof Symbol.iterator> {
    return this.#present
  }

  /** Lists the logins of one person, in order of arrival. */
  of(person: PersonId): readonly OnlineUser[] {
    return this.#present.of(person)
  }

  /**
   * Adds a login. A `quiet` connection uses a worksheet's protocol and receives no events from elsewhere in the hall, so an account that has
   * only such connections is offline.
   */
  arrive(arrival: Arrival, onReplaced: OnReplaced): OnlineUser {
    const { person, name } = arrival
    const isAway = this.#present.of(person).every((one) => one.quiet)
    const awaySince = hasAccount(person) && isAway ? (this.#left.get(person) ?? this.#began) : undefined
    const since = this.#clock.now()
    const user = new Login(arrival, { since, awaySince }, onReplaced, this.#onLeave)
    this.#present.add(user, foldName(name))
    if (!hasAccount(person)) this.guests.add(person, name)
    return user
  }

  #leave(login: Login): void {
    const { person, name, quiet } = login
    if (login.isOnline && !quiet) this.#noteLeft(person)
    login.isOnline = false
    this.#present.delete(login)
    if (this.of(person).length > 0) return
    if (!hasAccount(person)) this.guests.remove(person, name)
    this.onLeft?.(person)
  }

  #noteLeft(person: PersonId): void {
    if (!hasAccount(person)) return
    this.#left.delete(person)
    this.#left.set(person, this.#clock.now())
    const [oldest] = this.#left.keys()
    if (this.#left.size > LEFT && oldest !== undefined) this.#left.delete(oldest)
  }

  /** Adds a connection that has a seat of a person by the seat's token, without a login; the returned function removes the connection. */
  holdSeat(person: PersonId, onReplaced: OnReplaced): () => void {
    // a connection may have several seats of one person
    const holder: OnReplaced = (reason) => onReplaced(reason)
    add(this.#holders, person, holder)
    return () => remove(this.#holders, person, holder)
  }

  /**
   * Ends all connections that act for a person, except `keep`; returns their number. The connections are offline immediately; the server
   * closes some of them in each turn of the event loop, and `ended` resolves when all are closed.
   */
  end(person: PersonId, keep: OnlineUser | undefined, reason: string): EndingConnections {
    return this.#endAll(this.#remove(person, keep), reason)
  }

  /** Ends the logins of a person for which `isEnded` returns true, as `end` does; a connection that has a seat by the seat's token stays. */
  endSome(person: PersonId, isEnded: (user: OnlineUser) => boolean, reason: string): EndingConnections {
    const some = this.#present.of(person).filter(isEnded)
    for (const one of some) one.leave()
    return this.#endAll(
      some.map(({ end }) => end),
      reason,
    )
  }

  #endAll(all: readonly OnReplaced[], reason: string): EndingConnections {
    const each = all.values()
    const ended = new Promise<void>((resolve) => {
      const goOn = () => {
        if (sweepSome(each, (end) => end(reason), { least: FEW })) this.#clock.after(0, goOn)
        else resolve()
      }
      goOn()
    })
    return { connections: all.length, ended }
  }

  /**
   * Removes all connections that act for a person, except `keep`; returns the functions that end these connections. A connection that has a
   * guest's seat by the seat's token stays, because the next guest of the same name has no right to that seat.
   */
  #remove(person: PersonId, keep: OnlineUser | undefined): readonly OnReplaced[] {
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
