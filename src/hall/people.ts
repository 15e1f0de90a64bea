import type { Clock } from '../base/clock.ts'
import { sweepSome } from '../base/sweep.ts'
import type { Catalogue } from '../games/catalogue.ts'
import { isRefusal } from '../games/game.ts'
import { shippedGames } from '../games/index.ts'
import { type InviteCodeLimit, InviteCodeLimiter } from './code-tries.ts'
import type { AuthError, AuthErrorCode } from './denial.ts'
import { GuestGames } from './guest-games.ts'
import { type Attempt, Logins } from './logins.ts'
import { Lookalikes } from './lookalikes.ts'
import { checkLobbyName, checkPersonName, foldName, type GameWords, gameWords } from './names.ts'
import { checkNew, type Passwords, WRONG } from './passwords.ts'
import { type Account, type Accounts, hasAccount, type PersonId } from './ports.ts'
import { proposeName } from './proposals.ts'
import { hashToken, makeToken, parseToken, type RandomBytes } from './tokens.ts'
import { type OnlineUser, OnlineUsers, type OnReplaced } from './visitors.ts'

export type { OnlineUser } from './visitors.ts'

/*
 * Users log in as guests, by name alone, or as registered users, with a password or the token of a login session. One user can
 * be online through several connections; each has an OnlineUser (`visitors.ts`). A seat's token also gives a connection the
 * rights of the seat, without a login.
 *
 * Guests. A guest's name is free if no user online has it, no registered name and no other guest's name looks like it
 * (`lookalikes.ts`), and the hall holds no seat for a guest of that name. With a reconnect secret, or with the token of a seat, a
 * guest proves to be the one who has the name; the older connection is ended then. Without proof, a guest who takes a free name
 * inherits nothing.
 *
 * Races. Hashing a password takes 30 ms and the store answers later, so between the check and its effect another request can
 * change the account. Each operation that waits therefore runs in `#watch`, which collects the accounts that are changed or
 * removed meanwhile; what was verified for one of those is void. A registration ends guests of its name only after the account
 * is stored, because a guest can enter while it is being stored.
 *
 * Guesses. A login, a registration and a proof of the password each take from a rate limit (`logins.ts`) before any hash is
 * computed. A right password gives back what it took, and so does a login whose password was never compared. A wrong password
 * and an unknown name take the same time and give the same answer.
 *
 * A new password or the removal of an account ends, in this order: login sessions and seat tokens in the store, logins under
 * way, all connections but the one that made the request, and tokens of tables that were opened meanwhile.
 */

/** LoginRequest is a request to enter as a guest or as a registered user. */
export interface LoginRequest {
  readonly name: string
  readonly password?: string | undefined
  /** Address of the peer, for the rate limits. */
  readonly address: string
  /** Reconnect secret, which proves that this is the present or last guest of that name; the guest's other connections are ended. */
  readonly secret?: string | undefined
  /** The user that this connection has had until now. */
  readonly before?: OnlineUser | undefined
  /** True for the connection of a worksheet's program, which receives no events from elsewhere in the hall. */
  readonly quiet?: boolean | undefined
  /** Identity of the connection, the same for all its logins. */
  readonly connection?: object | undefined
  /** Called when the server ends this login, with the reason as a sentence for its user. */
  readonly onReplaced: OnReplaced
}

/** EndedLogins counts the connections and login sessions of an account that were ended. */
export interface EndedLogins {
  readonly connections: number
  readonly sessions: number
}

/** PasswordProof is the present password of a user who changes the account. */
export interface PasswordProof {
  readonly password: string
  readonly address: string
  /** The user of the connection that makes the request, which is not ended. */
  readonly visitor?: OnlineUser | undefined
}

/** PeopleOptions is the ports and callbacks of People. */
export interface PeopleOptions {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly clock: Clock
  /** Source of reconnect secrets; without it, guests get none. */
  readonly random?: RandomBytes
  /** Seats of the hall; without it, no user has a seat. */
  readonly seats?: Seats
  /** The games of the server, whose words cannot be names; by default those that come with Parlor. */
  readonly catalogue?: Catalogue
  /** Called with errors that the server survives. */
  readonly onError?: (sentence: string, reason: unknown) => void
}

/** Seats is the part of the hall that People uses. */
export interface Seats {
  /** Checks whether the hall holds a seat with a token for a disconnected guest. */
  holdsSeatFor(person: PersonId): boolean
  /** Makes the tokens of all seats of a person invalid. */
  revokeTokens(person: PersonId): void
  /** Leaves all seats of a person. */
  leaveSeats(person: PersonId): void
}

const NO_SEATS: Seats = { holdsSeatFor: () => false, revokeTokens() {}, leaveSeats() {} }

/** Milliseconds that a login session lasts: thirty days. */
const SESSION = 30 * 24 * 3600 * 1000
/** Least number of a person's connections that are ended in one turn of the event loop. */
const FEW = 8
/** Limit of guests with a reconnect secret: the latest stay. */
const SECRETS = 10_000

/** Reasons why the server ends connections of a user, as sentences for that user. */
const ENDED = {
  again: 'another connection has logged in under your name',
  password: 'your password was changed: log in again',
  registered: 'another user has just registered the name that you had as a guest: choose another name',
  removed: 'your name is no longer registered here',
}

/** People logs users in and out, registers names, and knows the users who are online. */
export class People {
  readonly #accounts: Accounts
  readonly #passwords: Passwords
  readonly #clock: Clock
  readonly #random: RandomBytes | undefined
  readonly #onError: (sentence: string, reason: unknown) => void
  readonly #seats: Seats
  readonly #gameWords: GameWords
  readonly #logins: Logins
  readonly #codes: InviteCodeLimiter
  readonly #visitors: OnlineUsers
  #registered: Promise<Lookalikes> | undefined
  /** Hashes of reconnect secrets, by guest. */
  readonly #secrets = new Map<PersonId, string>()
  /** Finished games of guests. */
  readonly guestGames = new GuestGames()
  /** For each operation under way, the accounts that have changed meanwhile. */
  readonly #underWay = new Set<Set<PersonId>>()

  constructor({ accounts, passwords, clock, random, seats = NO_SEATS, catalogue = shippedGames, onError = () => {} }: PeopleOptions) {
    this.#gameWords = gameWords(catalogue)
    this.#accounts = accounts
    this.#passwords = passwords
    this.#clock = clock
    this.#random = random
    this.#seats = seats
    this.#onError = onError
    this.#logins = new Logins(clock)
    this.#visitors = new OnlineUsers(() => clock.now())
    this.#codes = new InviteCodeLimiter(clock)
  }

  /** Loads the registered names and the origins of earlier logins. Call it before the first user connects. */
  async load(): Promise<void> {
    await this.#registeredNames()
    for (const place of await this.#accounts.places()) this.#logins.loadKnownAddress(place)
  }

  /** The users online, one for each connection, in order of arrival. */
  get online(): Iterable<OnlineUser> & { readonly size: number } {
    return this.#visitors.present
  }

  /** Number of users online, each counted once. */
  get count(): number {
    return this.#visitors.present.persons
  }

  /** Lists at most `count` users online from the index `from` on, each once, in order of arrival. */
  page(from: number, count: number): readonly OnlineUser[] {
    return this.#visitors.present.page(from, count)
  }

  /** Finds the user online with a name, in any spelling that folds to the same. */
  named(name: string): OnlineUser | undefined {
    return this.#visitors.present.named(foldName(name))
  }

  /** Lists the connections of a person. */
  of(person: PersonId): readonly OnlineUser[] {
    return this.#visitors.of(person)
  }

  /** Finds the first connection of a person. */
  person(person: PersonId): OnlineUser | undefined {
    return this.#visitors.of(person)[0]
  }

  /** Logs a user in, with a password as a registered user, otherwise as a guest. */
  async enter(entry: LoginRequest): Promise<OnlineUser | AuthError> {
    const { password } = entry
    return password === undefined ? this.#enterAsGuest(entry) : this.#watch((changed) => this.#logIn({ ...entry, password }, changed))
  }

  /** Returns a registered name as its owner writes it; `undefined` if the name is not registered. */
  async registeredName(name: string): Promise<string | undefined> {
    return (await this.#accounts.named(foldName(name)))?.name
  }

  /** Finds the registered user of a name, or else the guest of that name, online or not, with the name as that user writes it. */
  async find(name: string): Promise<{ readonly person: PersonId; readonly name: string }> {
    const account = await this.#accounts.named(foldName(name))
    return account ? { person: account.person, name: account.name } : { person: guestOf(name), name: this.named(name)?.name ?? name }
  }

  /**
   * Logs a guest in by the hash of a seat's token, and ends that guest's other connections. Returns `undefined` if another
   * guest has the name now, who does not hold that token; the token resumes its seat all the same.
   */
  enterBySeatToken(person: PersonId, token: string, entry: LoginRequest): OnlineUser | undefined {
    const same = this.#visitors.of(person)
    if (hasAccount(person) || same.some((one) => !one.hasToken(token))) return undefined
    this.#end(person, entry.before, ENDED.again)
    const visitor = this.#arrive(person, entry.name, entry)
    visitor.addToken(token)
    return visitor
  }

  /** Registers a connection that holds a seat of a person by its token, without a login; the returned function removes it. */
  holdSeat(person: PersonId, replaced: OnReplaced): () => void {
    return this.#visitors.holdSeat(person, replaced)
  }

  /** Makes a new reconnect secret for a guest online, which replaces the previous one; `undefined` for other users. */
  reconnectSecret({ person, isOnline }: OnlineUser): string | undefined {
    if (!isOnline || hasAccount(person) || !this.#random) return undefined
    const secret = makeToken(this.#random)
    this.#secrets.delete(person)
    this.#secrets.set(person, hashToken(secret))
    const [oldest] = this.#secrets.keys()
    if (this.#secrets.size > SECRETS && oldest !== undefined) this.#secrets.delete(oldest)
    return secret
  }

  /** Opens a login session for a registered user; returns its end, in milliseconds since the Unix epoch. */
  async openSession({ person, isOnline }: OnlineUser, token: string): Promise<number | AuthError> {
    return this.#watch(async (changed) => {
      if (!isOnline || !(await this.#accounts.of(person)))
        return denied('unregistered', 'sessions are for registered names: register first')
      const until = this.#clock.now() + SESSION
      const hash = hashToken(token)
      await this.#accounts.openSession({ token: hash, person, until })
      if (!changed.has(person)) return until
      await this.#accounts.closeSession(hash)
      return OVER
    })
  }

  /** Logs a user in by the token of a login session. */
  async enterBySession(typed: string, entry: Omit<LoginRequest, 'name'>): Promise<OnlineUser | AuthError> {
    const token = parseToken(typed)
    if (isRefusal(token)) return OVER
    return this.#watch(async (changed) => {
      const session = await this.#accounts.session(hashToken(token), this.#clock.now())
      const account = session && (await this.#accounts.of(session.person))
      return account && !changed.has(account.person) ? this.#arrive(account.person, account.name, entry) : OVER
    })
  }

  /** Closes a login session: its token becomes invalid. */
  async closeSession(typed: string): Promise<void> {
    const token = parseToken(typed)
    if (!isRefusal(token)) await this.#accounts.closeSession(hashToken(token))
  }

  /** Returns the limit of wrong invitation codes for a new connection from an address. */
  codeTries(address: string): InviteCodeLimit {
    return this.#codes.open(address)
  }

  /** Checks a new password against the rules, without a hash. */
  checkPassword(password: string): AuthError | undefined {
    const checked = checkNew(password)
    return isRefusal(checked) ? checked : undefined
  }

  /** Checks a name for a new user of the front door or the native protocol. */
  checkName(name: string): AuthError | undefined {
    const checked = checkLobbyName(name, this.#gameWords)
    return isRefusal(checked) ? denied('bad-name', checked.refused) : undefined
  }

  /** Verifies the password of a name again for a user who is logged in. */
  async confirm(name: string, proof: PasswordProof): Promise<AuthError | undefined> {
    return this.#prove(name, await this.#accounts.named(foldName(name)), proof)
  }

  async #prove(name: string, account: Account | undefined, { password, address }: PasswordProof): Promise<AuthError | undefined> {
    const attempt = this.#logins.confirmation(foldName(name), address)
    if (isRefusal(attempt)) return attempt
    const wrong = await this.#passwords.verify(password, account?.password, address)
    if (!wrong) attempt.giveBack()
    return wrong
  }

  /** Registers a name, and logs its owner in. */
  async register(entry: LoginRequest & { readonly password: string }): Promise<OnlineUser | AuthError> {
    const name = readName(entry.name)
    if (isRefusal(name)) return name
    const wrong = this.checkPassword(entry.password)
    if (wrong) return wrong
    if (await this.#accounts.named(foldName(name))) return taken(name)
    const attempt = this.#logins.registration(entry.address)
    if (isRefusal(attempt)) return attempt
    return this.#watch(async (changed) => {
      const password = await this.#passwords.hash(entry.password, entry.address)
      if (isRefusal(password)) return password
      if (this.#occupied(guestOf(name), entry)) return this.#takenBy(name)
      const like = await this.#like(name, entry)
      if (like !== undefined) return this.#takenBy(name, like)
      const account = await this.#accounts.add({ key: foldName(name), name, password, since: this.#clock.now() })
      if (!account) return taken(name)
      if (changed.has(account.person)) return WRONG
      ;(await this.#registeredNames()).add(account.person, account.name)
      // a guest of that name may have entered while the account was being stored
      this.#end(guestOf(name), entry.before, ENDED.registered)
      this.#noteLogin(account, entry.address)
      return this.#arrive(account.person, account.name, entry)
    })
  }

  /**
   * Sets a new password, for the owner with a proof, or for the operator without one. Ends all login sessions of the account,
   * all its other connections and the tokens of its seats; returns how many.
   */
  async setPassword(name: string, password: string, proof?: PasswordProof): Promise<EndedLogins | AuthError> {
    const wrong = this.checkPassword(password)
    if (wrong) return wrong
    return this.#changeAccount(name, proof, async (account) => {
      const hash = await this.#passwords.hash(password, proof?.address)
      if (isRefusal(hash)) return hash
      // the store commits both in one transaction with what follows
      this.#seats.revokeTokens(account.person)
      return this.#accounts.setPassword(account.person, hash, proof && account.password)
    })
  }

  /** Removes an account with all its data, for the owner with a proof, or for the operator without one. */
  async remove(name: string, proof?: PasswordProof): Promise<EndedLogins | AuthError> {
    return this.#changeAccount(
      name,
      proof,
      async (account) => {
        this.#seats.leaveSeats(account.person)
        return this.#accounts.remove(account.person)
      },
      ENDED.removed,
    )
  }

  /** Changes an account, and ends its logins. `change` returns how many login sessions it has closed. */
  async #changeAccount(
    name: string,
    proof: PasswordProof | undefined,
    change: (account: Account) => Promise<number | AuthError | undefined>,
    reason = ENDED.password,
  ): Promise<EndedLogins | AuthError> {
    const account = await this.#accounts.named(foldName(name))
    return this.#watch(async (changed) => {
      if (proof) {
        const wrong = await this.#prove(name, account, proof)
        if (wrong) return wrong
      }
      if (!account) return unknown(name)
      const { person } = account
      if (changed.has(person) || proof?.visitor?.isOnline === false) return WRONG
      const sessions = await change(account)
      if (typeof sessions === 'object') return sessions
      if (sessions === undefined) return proof ? WRONG : unknown(name)
      for (const one of this.#underWay) one.add(person)
      const { connections, ended } = this.#end(person, proof?.visitor, reason)
      // includes the tokens of tables that were opened during the write
      this.#seats.revokeTokens(person)
      if (reason === ENDED.removed) {
        this.#seats.leaveSeats(person)
        ;(await this.#registeredNames()).remove(person, account.name)
      }
      await ended
      return { connections, sessions }
    })
  }

  /**
   * Ends all connections of a person, except `keep`; returns how many. They are offline at once; `ended` resolves when all are
   * closed, some in each turn of the event loop.
   */
  #end(person: PersonId, keep: OnlineUser | undefined, reason: string): { readonly connections: number; readonly ended: Promise<void> } {
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

  async #logIn(entry: LoginRequest & { readonly password: string }, changed: ReadonlySet<PersonId>): Promise<OnlineUser | AuthError> {
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

  /** Rejects a login. A password that was not compared does not count as a guess. */
  #failed(attempt: Attempt, denial: AuthError): AuthError {
    if (denial.code === 'throttled') attempt.giveBack()
    return denial
  }

  #noteLogin({ key, person }: Account, address: string): void {
    const place = this.#logins.addKnownAddress(key, address)
    if (place === undefined) return
    const failed = (reason: unknown) => this.#onError('the address of a login could not be stored', reason)
    void this.#accounts.addPlace(person, place).catch(failed)
  }

  async #enterAsGuest(entry: LoginRequest): Promise<OnlineUser | AuthError> {
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

  /** Deletes what belongs to the previous guest of a name. */
  #forgetGuest(person: PersonId): void {
    this.#secrets.delete(person)
    this.guestGames.clear(person)
  }

  /** Checks whether a guest's name belongs to another user, who is online or for whom the hall holds a seat. */
  #occupied(person: PersonId, { before }: LoginRequest): boolean {
    if (before?.isOnline && before.person === person) return false
    return this.#visitors.of(person).length > 0 || this.#seats.holdsSeatFor(person)
  }

  #provesSecret(person: PersonId, typed: string | undefined): boolean {
    const secret = typed === undefined ? undefined : parseToken(typed)
    return typeof secret === 'string' && this.#secrets.get(person) === hashToken(secret)
  }

  /** The registered names, indexed by look. */
  #registeredNames(): Promise<Lookalikes> {
    this.#registered ??= this.#accounts.all().then((all) => {
      const names = new Lookalikes()
      for (const { person, name } of all) names.add(person, name)
      return names
    })
    return this.#registered
  }

  /** Finds another name, registered or of a guest online, that looks like a name. */
  async #like(name: string, { before }: Pick<LoginRequest, 'before'>): Promise<string | undefined> {
    const registered = await this.#registeredNames()
    return registered.like(name) ?? this.#visitors.guests.like(name, before?.person)
  }

  /** Returns the error for a name that another user has, or that looks like such a name `like`, with a free name. */
  async #takenBy(name: string, like = name): Promise<AuthError> {
    const registered = await this.#registeredNames()
    // the lookups come first, because checking the rules for names takes the most time, and almost always succeeds
    let checks = 0
    const isFree = (other: string) =>
      !this.#visitors.guests.has(other) &&
      !registered.has(other) &&
      !this.#seats.holdsSeatFor(guestOf(other)) &&
      ++checks <= CHECKS &&
      !isRefusal(checkPersonName(other))
    const proposal = proposeName(name, isFree)
    const reason = like === name ? `${name} is taken` : `${name} looks like ${like}, which is taken`
    return { ...denied('name-taken', `${reason}; ${proposal === undefined ? 'choose another name' : `try ${proposal}`}`), proposal }
  }

  #arrive(
    person: PersonId,
    name: string,
    { onReplaced, quiet, connection }: Pick<LoginRequest, 'onReplaced' | 'quiet' | 'connection'>,
  ): OnlineUser {
    return this.#visitors.arrive({ person, name, since: this.#clock.now(), quiet, connection }, onReplaced)
  }

  /** Does some work with the set of accounts that change while it is under way. */
  async #watch<Answer>(work: (changed: ReadonlySet<PersonId>) => Promise<Answer>): Promise<Answer> {
    const changed = new Set<PersonId>()
    this.#underWay.add(changed)
    try {
      return await work(changed)
    } finally {
      this.#underWay.delete(changed)
    }
  }
}

/** The error for a login session that has ended, or never existed. */
const OVER: AuthError = { code: 'bad-token', refused: 'this session is over: log in' }

function guestOf(name: string): PersonId {
  return `${GUEST}${foldName(name)}`
}

/** Checks whether a person is a guest. */
export function isGuest(person: PersonId): boolean {
  return person.startsWith(GUEST)
}

const GUEST = 'guest:'

/** Limit of names that are checked against the rules for one proposal. */
const CHECKS = 3

/** Returns a name as it is stored and shown, or an error if the rules do not allow it. */
function readName(text: string): string | AuthError {
  const name = checkPersonName(text)
  return isRefusal(name) ? denied('bad-name', name.refused) : name
}

function denied(why: AuthErrorCode, refused: string): AuthError {
  return { code: why, refused }
}

function taken(name: string): AuthError {
  return denied('name-taken', `the name ${name} is registered already: log in, or take another name`)
}

function unknown(name: string): AuthError {
  return denied('unregistered', `the name ${name} is not registered`)
}
