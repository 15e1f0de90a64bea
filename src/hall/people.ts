import { isRefusal } from '../games/game.ts'
import { hashToken, readToken } from './codes.ts'
import type { Denial, Why } from './denial.ts'
import { checkPersonName, foldName } from './names.ts'
import { type Passwords, WRONG } from './passwords.ts'
import type { Account, Accounts, Clock, PersonId } from './ports.ts'
import { Presences } from './presences.ts'
import { Throttle } from './throttle.ts'

/** Visitor is somebody who is here, under a name, through one connection. */
export interface Visitor {
  readonly person: PersonId
  readonly name: string
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** Goes away. */
  leave(): void
}

/** How somebody wants to come in. */
export interface Entry {
  readonly name: string
  readonly password?: string | undefined
  /** Where from: what guesses at passwords are counted by, beside the name. */
  readonly address: string
  /** A guest of the same name who is here makes room, as one whose connection was lost; else the name is taken. */
  readonly again?: boolean
  /** Who the same somebody has been here until now. */
  readonly before?: Visitor | undefined
  /** Called when this one has to make room. */
  replaced(): void
}

/** What people need from outside. */
export interface PeopleOptions {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly clock: Clock
  /** Whether somebody is expected back to a seat, to which only a token leads; nobody is, where not given. */
  readonly expected?: (person: PersonId) => boolean
}

/** Guesses at passwords: ten at once, then one in twenty seconds; from one address, where a whole class may be, ten times as many. */
const GUESSES = { name: { burst: 10, refill: 20_000 }, address: { burst: 100, refill: 2_000 }, code: { burst: 20, refill: 10_000 } }

/** How long a session lasts, in milliseconds: thirty days. */
const SESSION = 30 * 24 * 3600 * 1000

interface Present extends Visitor {
  replaced(): void
}

/** People is who may come in, and who is here: guests by name, and those whose name is registered by password. */
export class People {
  readonly #accounts: Accounts
  readonly #passwords: Passwords
  readonly #clock: Clock
  readonly #expected: (person: PersonId) => boolean
  readonly #guesses = { name: new Throttle(GUESSES.name), address: new Throttle(GUESSES.address), code: new Throttle(GUESSES.code) }
  readonly #present = new Presences<Present>()

  constructor({ accounts, passwords, clock, expected = () => false }: PeopleOptions) {
    this.#accounts = accounts
    this.#passwords = passwords
    this.#clock = clock
    this.#expected = expected
  }

  /** Those who are here, each connection of theirs, in the order in which they came. */
  get here(): Iterable<Visitor> & { readonly size: number } {
    return this.#present
  }

  /** How many people are here. */
  get count(): number {
    return this.#present.persons
  }

  /** The people who are here in the order in which they came, each once: at most `count` from the place `from` on. */
  page(from: number, count: number): readonly Visitor[] {
    return this.#present.page(from, count)
  }

  /** Who is here under a name, however it is written. */
  named(name: string): Visitor | undefined {
    return this.#present.named(foldName(name))
  }

  /** A person who is here. */
  person(person: PersonId): Visitor | undefined {
    return this.#present.of(person)[0]
  }

  /** Lets somebody in; a refusal says why not. */
  async enter(entry: Entry): Promise<Visitor | Denial> {
    const name = readName(entry.name)
    if (isRefusal(name)) return name
    const account = await this.#accounts.named(foldName(name))
    if (entry.password === undefined) {
      if (account) return denied('name-taken', `the name ${account.name} is registered: log in with its password, or take another name`)
      return this.#guest(name, entry)
    }
    const wrong = this.#throttled(name, entry.address) ?? (await this.#passwords.verify(entry.password, account?.password))
    if (wrong || !account) return wrong ?? WRONG
    this.#guesses.name.forget(foldName(name))
    return this.#arrive(account.person, account.name, entry)
  }

  /** Whether a name is registered, and so needs its password. */
  async isRegistered(name: string): Promise<boolean> {
    return (await this.#accounts.named(foldName(name))) !== undefined
  }

  /** The person of a name, here or not, and the name as its owner writes it: of its account, or else the guest of that name. */
  async find(name: string): Promise<{ readonly person: PersonId; readonly name: string }> {
    const account = await this.#accounts.named(foldName(name))
    return account ? { person: account.person, name: account.name } : { person: guestOf(name), name: this.named(name)?.name ?? name }
  }

  /** Lets somebody back in who has shown by a token who it is. */
  async comeBack(person: PersonId, entry: Entry): Promise<Visitor | Denial> {
    return person.startsWith('guest:') ? this.#guest(entry.name, { ...entry, again: true }) : this.#arrive(person, entry.name, entry)
  }

  /** Opens a session for somebody whose name is registered: for a while, its token lets in without the password. */
  async openSession(person: PersonId, token: string): Promise<number | Denial> {
    if (!(await this.#accounts.of(person))) return denied('unregistered', 'sessions are for registered names: register first')
    const until = this.#clock.now() + SESSION
    await this.#accounts.openSession({ token: hashToken(token), person, until })
    return until
  }

  /** Lets somebody in by the token of a session. */
  async enterBySession(typed: string, entry: Omit<Entry, 'name'>): Promise<Visitor | Denial> {
    const token = readToken(typed)
    const session = isRefusal(token) ? undefined : await this.#accounts.session(hashToken(token), this.#clock.now())
    const account = session && (await this.#accounts.of(session.person))
    return account
      ? this.#arrive(account.person, account.name, { ...entry, name: account.name })
      : denied('bad-token', 'this session is over: log in')
  }

  /** Closes a session: its token lets nobody in any more. */
  async closeSession(typed: string): Promise<void> {
    const token = readToken(typed)
    if (!isRefusal(token)) await this.#accounts.closeSession(hashToken(token))
  }

  /** Counts a guess at an invitation from an address; a refusal where there were too many. */
  guessCode(address: string): Denial | undefined {
    return throttled(this.#guesses.code.take(address, this.#clock.monotonic()))
  }

  /** Registers a name, and lets its owner in; a refusal says why not. */
  async register(entry: Entry & { readonly password: string }): Promise<Visitor | Denial> {
    const name = readName(entry.name)
    if (isRefusal(name)) return name
    if (await this.#accounts.named(foldName(name))) return taken(name)
    const wait = this.#throttled(name, entry.address)
    if (wait) return wait
    const password = await this.#passwords.hash(entry.password)
    if (isRefusal(password)) return password
    const refusal = this.#makeRoom(guestOf(name), name, entry)
    if (refusal) return refusal
    const account = await this.#accounts.add({ key: foldName(name), name, password, since: this.#clock.now() })
    return account ? this.#arrive(account.person, account.name, entry) : taken(name)
  }

  /** Sets a new password, as its owner who knows the old one, or as the operator, who need not. */
  async setPassword(
    name: string,
    password: string,
    old?: { readonly password: string; readonly address: string },
  ): Promise<Denial | undefined> {
    const account = await this.#accounts.named(foldName(name))
    if (old) {
      const wrong = this.#throttled(name, old.address) ?? (await this.#passwords.verify(old.password, account?.password))
      if (wrong) return wrong
    }
    if (!account) return unknown(name)
    const hash = await this.#passwords.hash(password)
    if (isRefusal(hash)) return hash
    await this.#accounts.setPassword(account.person, hash)
    return undefined
  }

  /** Forgets a registered name and all that belongs to it. */
  async remove(name: string): Promise<Denial | undefined> {
    const account: Account | undefined = await this.#accounts.named(foldName(name))
    if (!account) return unknown(name)
    await this.#accounts.remove(account.person)
    return undefined
  }

  #guest(name: string, entry: Entry): Visitor | Denial {
    const person = guestOf(name)
    return this.#makeRoom(person, name, entry) ?? this.#arrive(person, name, entry)
  }

  /** Whoever else is here as this guest goes, or is the reason for a refusal. */
  #makeRoom(person: PersonId, name: string, { again, before }: Entry): Denial | undefined {
    const same = this.#present.of(person).filter((one) => one !== before)
    if (again !== true && before?.person !== person) {
      if (same.length > 0) return denied('name-taken', `${name} is here already: choose another name`)
      if (this.#expected(person)) return denied('name-taken', `${name} is expected back at a table: choose another name`)
    }
    for (const one of same) {
      one.leave()
      one.replaced()
    }
    return undefined
  }

  #arrive(person: PersonId, name: string, { replaced }: Entry): Visitor {
    const present: Present = { person, name, since: this.#clock.now(), replaced, leave: () => this.#present.delete(present) }
    this.#present.add(present, foldName(name))
    return present
  }

  #throttled(name: string, address: string): Denial | undefined {
    const now = this.#clock.monotonic()
    return throttled(Math.max(this.#guesses.name.take(foldName(name), now), this.#guesses.address.take(address, now)))
  }
}

function guestOf(name: string): PersonId {
  return `guest:${foldName(name)}`
}

/** The name that a person wants, as it is kept and shown. */
function readName(text: string): string | Denial {
  const name = checkPersonName(text)
  return isRefusal(name) ? denied('bad-name', name.refused) : name
}

function denied(why: Why, refused: string): Denial {
  return { why, refused }
}

function taken(name: string): Denial {
  return denied('name-taken', `the name ${name} is registered already: log in, or take another name`)
}

function unknown(name: string): Denial {
  return denied('unregistered', `nobody has registered the name ${name}`)
}

function secondsOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds === 1 ? '1 second' : `${seconds} seconds`
}

/** The denial of who has to wait for so many milliseconds, if any. */
function throttled(wait: number): Denial | undefined {
  return wait > 0 ? denied('throttled', `too many tries: wait ${secondsOf(wait)}`) : undefined
}
