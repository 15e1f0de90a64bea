import { sweepSome } from '../base/sweep.ts'
import { isRefusal } from '../games/game.ts'
import { CodeThrottle, type CodeTries } from './code-tries.ts'
import { hashToken, type RandomBytes, readToken, secretToken } from './codes.ts'
import type { Denial, Why } from './denial.ts'
import { GuestGames } from './guest-games.ts'
import { type Attempt, Logins } from './logins.ts'
import { Lookalikes } from './lookalikes.ts'
import { checkLobbyName, checkPersonName, foldName } from './names.ts'
import { checkNew, type Passwords, WRONG } from './passwords.ts'
import { type Account, type Accounts, type Clock, hasAccount, type PersonId } from './ports.ts'
import { proposalFor } from './proposals.ts'
import { type OnReplaced, type Visitor, Visitors } from './visitors.ts'

export type { Visitor } from './visitors.ts'

/** Entry is how somebody wants to come in. */
export interface Entry {
  readonly name: string
  readonly password?: string | undefined
  /** Where from: what guesses at passwords are counted by, beside the name. */
  readonly address: string
  /** Reconnect secret, which proves that this is the guest of that name who is here, or was. The other connection makes room then. */
  readonly secret?: string | undefined
  /** Who the same somebody has been here until now. */
  readonly before?: Visitor | undefined
  /** True for the connection of a worksheet's program, which is not notified of events elsewhere in the hall. */
  readonly quiet?: boolean | undefined
  /** What all entries through one connection have in common. */
  readonly connection?: object | undefined
  /** Called when this one has to make room, with the reason. */
  readonly replaced: OnReplaced
}

/** Ended is how many connections and sessions of an account were ended. */
export interface Ended {
  readonly connections: number
  readonly sessions: number
}

/** The old password, of who changes it, and through which connection. */
export interface Proof {
  readonly password: string
  readonly address: string
  /** The connection that stays. */
  readonly visitor?: Visitor | undefined
}

/** PeopleOptions is what people need from outside. */
export interface PeopleOptions {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly clock: Clock
  /** Source of reconnect secrets; guests get none without it. */
  readonly random?: RandomBytes
  /** Seats of the hall; no user has a seat without it. */
  readonly seats?: Seats
  /** Called with errors that were survived. */
  readonly onTrouble?: (sentence: string, reason: unknown) => void
}

/** Seats is what people need of the hall's seats. */
export interface Seats {
  /** Checks whether a guest who holds a seat can come back to it by its token alone. */
  expects(person: PersonId): boolean
  /** Makes the tokens of all seats of a person invalid. */
  revokeTokens(person: PersonId): void
  /** Gives up all seats of a person. */
  giveUpSeats(person: PersonId): void
}

const NO_SEATS: Seats = { expects: () => false, revokeTokens() {}, giveUpSeats() {} }

/** How long a session lasts, in milliseconds: thirty days. */
const SESSION = 30 * 24 * 3600 * 1000
/** Connections of a person that are ended together, at least. */
const FEW = 8
/** Guests whose reconnect secret is remembered, at most: the latest. */
const SECRETS = 10_000

/** Reasons why connections of an account end, as sentences for their users. */
const ENDED = {
  again: 'somebody has come in under your name through another connection',
  password: 'your password was changed: log in again',
  registered: 'the name that you came in under has just been registered: take another name',
  removed: 'your name is no longer registered here',
}

/** People is who may come in, and who is here: guests by name, and those whose name is registered by password. */
export class People {
  readonly #accounts: Accounts
  readonly #passwords: Passwords
  readonly #clock: Clock
  readonly #random: RandomBytes | undefined
  readonly #onTrouble: (sentence: string, reason: unknown) => void
  readonly #seats: Seats
  readonly #logins: Logins
  readonly #codes: CodeThrottle
  readonly #visitors: Visitors
  #registered: Promise<Lookalikes> | undefined
  /** The hashes of reconnect secrets, by the guest whose they are. */
  readonly #secrets = new Map<PersonId, string>()
  /** The finished games of guests. */
  readonly guestGames = new GuestGames()
  /** Accounts that were changed during each login under way: what was verified of those is void. */
  readonly #underWay = new Set<Set<PersonId>>()

  constructor({ accounts, passwords, clock, random, seats = NO_SEATS, onTrouble = () => {} }: PeopleOptions) {
    this.#accounts = accounts
    this.#passwords = passwords
    this.#clock = clock
    this.#random = random
    this.#seats = seats
    this.#onTrouble = onTrouble
    this.#logins = new Logins(clock)
    this.#visitors = new Visitors(() => clock.now())
    this.#codes = new CodeThrottle(clock)
  }

  /** Loads what was noted of earlier logins, and the registered names; to be called before anybody comes. */
  async open(): Promise<void> {
    await this.#registeredNames()
    for (const place of await this.#accounts.places()) this.#logins.learn(place)
  }

  /** Visitors who are connected, one for each connection, in order of arrival. */
  get here(): Iterable<Visitor> & { readonly size: number } {
    return this.#visitors.present
  }

  /** Number of users who are connected. */
  get count(): number {
    return this.#visitors.present.persons
  }

  /** The people who are here in the order in which they came, each once: at most `count` from the place `from` on. */
  page(from: number, count: number): readonly Visitor[] {
    return this.#visitors.present.page(from, count)
  }

  /** Finds the visitor under a name, however it is written. */
  named(name: string): Visitor | undefined {
    return this.#visitors.present.named(foldName(name))
  }

  /** The connections of a person who is here. */
  of(person: PersonId): readonly Visitor[] {
    return this.#visitors.of(person)
  }

  /** A person who is here. */
  person(person: PersonId): Visitor | undefined {
    return this.#visitors.of(person)[0]
  }

  /** Lets somebody in; a refusal says why not. */
  async enter(entry: Entry): Promise<Visitor | Denial> {
    const { password } = entry
    return password === undefined ? this.#enterAsGuest(entry) : this.#watched((changed) => this.#logIn({ ...entry, password }, changed))
  }

  /** A registered name, which needs its password, as its owner writes it; `undefined` if the name is not registered. */
  async registeredName(name: string): Promise<string | undefined> {
    return (await this.#accounts.named(foldName(name)))?.name
  }

  /** The person of a name, here or not, and the name as its owner writes it: of its account, or else the guest of that name. */
  async find(name: string): Promise<{ readonly person: PersonId; readonly name: string }> {
    const account = await this.#accounts.named(foldName(name))
    return account ? { person: account.person, name: account.name } : { person: guestOf(name), name: this.named(name)?.name ?? name }
  }

  /**
   * Lets a guest back in who has shown the token of a seat, by its hash: one of the same name who is here makes room, if it
   * has that token too. `undefined` if the name is another guest's by now: the token opens its seat all the same.
   */
  comeBack(person: PersonId, token: string, entry: Entry): Visitor | undefined {
    const same = this.#visitors.of(person)
    if (hasAccount(person) || same.some((one) => !one.holds(token))) return undefined
    this.#end(person, entry.before, ENDED.again)
    const visitor = this.#arrive(person, entry.name, entry)
    visitor.hold(token)
    return visitor
  }

  /** Notes a connection that is in a seat of a person by its token, without being logged in as that person; the answer ends that. */
  holdSeat(person: PersonId, replaced: OnReplaced): () => void {
    return this.#visitors.holdSeat(person, replaced)
  }

  /** A new reconnect secret for a guest who is here; `undefined` for others. The one before is no longer valid. */
  reconnectSecret({ person, here }: Visitor): string | undefined {
    if (!here || hasAccount(person) || !this.#random) return undefined
    const secret = secretToken(this.#random)
    this.#secrets.delete(person)
    this.#secrets.set(person, hashToken(secret))
    const [oldest] = this.#secrets.keys()
    if (this.#secrets.size > SECRETS && oldest !== undefined) this.#secrets.delete(oldest)
    return secret
  }

  /** Opens a session for a user who is logged in to a registered name: for a while, its token logs in without the password. */
  async openSession({ person, here }: Visitor, token: string): Promise<number | Denial> {
    return this.#watched(async (changed) => {
      if (!here || !(await this.#accounts.of(person))) return denied('unregistered', 'sessions are for registered names: register first')
      const until = this.#clock.now() + SESSION
      const hash = hashToken(token)
      await this.#accounts.openSession({ token: hash, person, until })
      if (!changed.has(person)) return until
      await this.#accounts.closeSession(hash)
      return OVER
    })
  }

  /** Lets somebody in by the token of a session. */
  async enterBySession(typed: string, entry: Omit<Entry, 'name'>): Promise<Visitor | Denial> {
    const token = readToken(typed)
    if (isRefusal(token)) return OVER
    return this.#watched(async (changed) => {
      const session = await this.#accounts.session(hashToken(token), this.#clock.now())
      const account = session && (await this.#accounts.of(session.person))
      return account && !changed.has(account.person) ? this.#arrive(account.person, account.name, entry) : OVER
    })
  }

  /** Closes a session: its token lets nobody in any more. */
  async closeSession(typed: string): Promise<void> {
    const token = readToken(typed)
    if (!isRefusal(token)) await this.#accounts.closeSession(hashToken(token))
  }

  /** Counts the wrong codes of invitations of a new connection from an address. */
  codeTries(address: string): CodeTries {
    return this.#codes.open(address)
  }

  /** Finds what is wrong with a new password, without computing anything. */
  checkPassword(password: string): Denial | undefined {
    const checked = checkNew(password)
    return isRefusal(checked) ? checked : undefined
  }

  /** Finds what is wrong with a name for a new user of the front door or the native protocol. */
  checkName(name: string): Denial | undefined {
    const checked = checkLobbyName(name)
    return isRefusal(checked) ? denied('bad-name', checked.refused) : undefined
  }

  /** Denies what is not the password of a name. */
  async confirm(name: string, proof: Proof): Promise<Denial | undefined> {
    return this.#prove(name, await this.#accounts.named(foldName(name)), proof)
  }

  async #prove(name: string, account: Account | undefined, { password, address }: Proof): Promise<Denial | undefined> {
    const attempt = this.#logins.confirmation(foldName(name), address)
    if (isRefusal(attempt)) return attempt
    const wrong = await this.#passwords.verify(password, account?.password, address)
    if (!wrong) attempt.giveBack()
    return wrong
  }

  /** Registers a name, and lets its owner in; a refusal says why not. */
  async register(entry: Entry & { readonly password: string }): Promise<Visitor | Denial> {
    const name = readName(entry.name)
    if (isRefusal(name)) return name
    const wrong = this.checkPassword(entry.password)
    if (wrong) return wrong
    if (await this.#accounts.named(foldName(name))) return taken(name)
    const attempt = this.#logins.registration(entry.address)
    if (isRefusal(attempt)) return attempt
    return this.#watched(async (changed) => {
      const password = await this.#passwords.hash(entry.password, entry.address)
      if (isRefusal(password)) return password
      if (this.#occupied(guestOf(name), entry)) return this.#takenBy(name)
      const like = await this.#like(name, entry)
      if (like !== undefined) return this.#takenBy(name, like)
      const account = await this.#accounts.add({ key: foldName(name), name, password, since: this.#clock.now() })
      if (!account) return taken(name)
      if (changed.has(account.person)) return WRONG
      ;(await this.#registeredNames()).add(account.person, account.name)
      // a guest of that name may have come in while this was written
      this.#end(guestOf(name), entry.before, ENDED.registered)
      this.#noteLogin(account, entry.address)
      return this.#arrive(account.person, account.name, entry)
    })
  }

  /**
   * Sets a new password: as its owner who proves the old one, or as the operator. All sessions of the account, all its other
   * connections and the tokens of its seats are ended; answers how many.
   */
  async setPassword(name: string, password: string, proof?: Proof): Promise<Ended | Denial> {
    const wrong = this.checkPassword(password)
    if (wrong) return wrong
    return this.#owned(name, proof, async (account) => {
      const hash = await this.#passwords.hash(password, proof?.address)
      if (isRefusal(hash)) return hash
      // both are in one transaction with what follows
      this.#seats.revokeTokens(account.person)
      return this.#accounts.setPassword(account.person, hash, proof && account.password)
    })
  }

  /** Forgets a registered name and all that belongs to it, for its owner who proves the password, or for the operator. */
  async remove(name: string, proof?: Proof): Promise<Ended | Denial> {
    return this.#owned(
      name,
      proof,
      async (account) => {
        this.#seats.giveUpSeats(account.person)
        return this.#accounts.remove(account.person)
      },
      ENDED.removed,
    )
  }

  /** Changes an account, and ends all that acts for it. `change` answers how many sessions it has closed. */
  async #owned(
    name: string,
    proof: Proof | undefined,
    change: (account: Account) => Promise<number | Denial | undefined>,
    reason = ENDED.password,
  ): Promise<Ended | Denial> {
    const account = await this.#accounts.named(foldName(name))
    return this.#watched(async (changed) => {
      if (proof) {
        const wrong = await this.#prove(name, account, proof)
        if (wrong) return wrong
      }
      if (!account) return unknown(name)
      const { person } = account
      if (changed.has(person) || proof?.visitor?.here === false) return WRONG
      const sessions = await change(account)
      if (typeof sessions === 'object') return sessions
      if (sessions === undefined) return proof ? WRONG : unknown(name)
      for (const one of this.#underWay) one.add(person)
      const { connections, ended } = this.#end(person, proof?.visitor, reason)
      // the tokens include those of tables that were opened during the write
      this.#seats.revokeTokens(person)
      if (reason === ENDED.removed) {
        this.#seats.giveUpSeats(person)
        ;(await this.#registeredNames()).remove(person, account.name)
      }
      await ended
      return { connections, sessions }
    })
  }

  /**
   * Ends all connections that act for a person, except one visitor; answers how many. From now on none of them is here;
   * `ended` resolves when all are closed, some in each turn of the event loop.
   */
  #end(person: PersonId, keep: Visitor | undefined, reason: string): { readonly connections: number; readonly ended: Promise<void> } {
    const all = this.#visitors.remove(person, keep)
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

  async #logIn(entry: Entry & { readonly password: string }, changed: ReadonlySet<PersonId>): Promise<Visitor | Denial> {
    const key = foldName(entry.name)
    const account = await this.#accounts.named(key)
    // a registered name is valid, also if the rules have changed since
    const name = account ? account.name : readName(entry.name)
    if (isRefusal(name)) return name
    const attempt = this.#logins.attempt(key, entry.address)
    if (isRefusal(attempt)) return attempt
    const wrong = await this.#passwords.verify(entry.password, account?.password, entry.address)
    if (wrong || !account) return this.#failed(attempt, wrong ?? WRONG)
    if (changed.has(account.person)) return WRONG
    attempt.giveBack()
    this.#noteLogin(account, entry.address)
    return this.#arrive(account.person, account.name, entry)
  }

  /** Rejects an attempt. A password that was not compared counts as no guess. */
  #failed(attempt: Attempt, denial: Denial): Denial {
    if (denial.why === 'throttled') attempt.giveBack()
    return denial
  }

  #noteLogin({ key, person }: Account, address: string): void {
    const place = this.#logins.succeeded(key, address)
    if (place === undefined) return
    const failed = (reason: unknown) => this.#onTrouble('an address from which somebody logged in could not be noted', reason)
    void this.#accounts.addPlace(person, place).catch(failed)
  }

  async #enterAsGuest(entry: Entry): Promise<Visitor | Denial> {
    const name = readName(entry.name)
    if (isRefusal(name)) return name
    const account = await this.#accounts.named(foldName(name))
    if (account) {
      const refused = `the name ${account.name} is registered: log in with its password, or take another name`
      return { ...denied('name-taken', refused), registered: account.name }
    }
    const person = guestOf(name)
    const proven = this.#provesSecret(person, entry.secret)
    const like = await this.#like(name, entry)
    if (!proven && this.#occupied(person, entry)) return this.#takenBy(name)
    if (like !== undefined) return this.#takenBy(name, like)
    if (!proven && entry.before?.person !== person) this.#forgetGuest(person)
    this.#end(person, entry.before, ENDED.again)
    return this.#arrive(person, name, entry)
  }

  /** Another guest has this name from now on. */
  #forgetGuest(person: PersonId): void {
    this.#secrets.delete(person)
    this.guestGames.clear(person)
  }

  /** Checks whether a guest's name belongs to another user, who is here or is expected back at a table. */
  #occupied(person: PersonId, { before }: Entry): boolean {
    if (before?.here && before.person === person) return false
    return this.#visitors.of(person).length > 0 || this.#seats.expects(person)
  }

  #provesSecret(person: PersonId, typed: string | undefined): boolean {
    const secret = typed === undefined ? undefined : readToken(typed)
    return typeof secret === 'string' && this.#secrets.get(person) === hashToken(secret)
  }

  /** The registered names, by what they look like. */
  #registeredNames(): Promise<Lookalikes> {
    this.#registered ??= this.#accounts.all().then((all) => {
      const names = new Lookalikes()
      for (const { person, name } of all) names.add(person, name)
      return names
    })
    return this.#registered
  }

  /** A registered name, or one of a guest who is here, that looks like a name and is another. */
  async #like(name: string, { before }: Pick<Entry, 'before'>): Promise<string | undefined> {
    const registered = await this.#registeredNames()
    return registered.like(name) ?? this.#visitors.guests.like(name, before?.person)
  }

  /** The denial of a name that is another's, or looks like `like`, which is; with a name that is free. */
  async #takenBy(name: string, like = name): Promise<Denial> {
    const registered = await this.#registeredNames()
    // what is looked up comes first: whether a name may be one at all takes the most time, and the answer is almost always yes
    let checks = 0
    const isFree = (other: string) =>
      !this.#visitors.guests.has(other) &&
      !registered.has(other) &&
      !this.#seats.expects(guestOf(other)) &&
      ++checks <= CHECKS &&
      !isRefusal(checkPersonName(other))
    const proposal = proposalFor(name, isFree)
    const reason = like === name ? `${name} is taken` : `${name} looks like ${like}, which is taken`
    return { ...denied('name-taken', `${reason}; ${proposal === undefined ? 'choose another name' : `try ${proposal}`}`), proposal }
  }

  #arrive(person: PersonId, name: string, { replaced, quiet, connection }: Pick<Entry, 'replaced' | 'quiet' | 'connection'>): Visitor {
    return this.#visitors.arrive({ person, name, since: this.#clock.now(), quiet, connection }, replaced)
  }

  /** Does some work, and tells it which accounts were changed while it is under way. */
  async #watched<Answer>(work: (changed: ReadonlySet<PersonId>) => Promise<Answer>): Promise<Answer> {
    const changed = new Set<PersonId>()
    this.#underWay.add(changed)
    try {
      return await work(changed)
    } finally {
      this.#underWay.delete(changed)
    }
  }
}

/** The denial of a session that is over, or never was. */
const OVER: Denial = { why: 'bad-token', refused: 'this session is over: log in' }

function guestOf(name: string): PersonId {
  return `${GUEST}${foldName(name)}`
}

/** Checks whether a person is a guest. */
export function isGuest(person: PersonId): boolean {
  return person.startsWith(GUEST)
}

const GUEST = 'guest:'

/** Free names that are checked for a proposal, at most. */
const CHECKS = 3

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
