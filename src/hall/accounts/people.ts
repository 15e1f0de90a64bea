import type { Clock } from '../../base/clock.ts'
import type { Catalog } from '../../games/catalog.ts'
import { isRefusal } from '../../games/game.ts'
import { shippedGames } from '../../games/index.ts'
import type { EndedConnections, SessionChoice, SessionList } from '../account-info.ts'
import { checkLobbyName, foldName, type GameWords, gameWords } from '../names/names.ts'
import type { ConnectionIdentity } from '../peer-links.ts'
import { type Account, type Accounts, hasAccount, type PersonId, type PresentPerson } from '../ports.ts'
import { AccountChanges, type PasswordProof, type Seats } from './account-changes.ts'
import { AccountWatch } from './account-watch.ts'
import { type AuthError, alreadyRegistered, badName, needsPassword, SESSION_OVER, WRONG } from './auth-errors.ts'
import { GuestGames, GuestSecrets, guestOf } from './guests.ts'
import { type InviteCodeLimit, InviteCodeLimiter } from './invite-code-limiter.ts'
import { type Attempt, LoginLimits } from './login-limits.ts'
import { LoginSessions } from './login-sessions.ts'
import { NameRegistry, readName } from './name-registry.ts'
import { ENDED, type OnlineUser, OnlineUsers, type OnReplaced } from './online-users.ts'
import { checkNew, type Passwords } from './passwords.ts'
import { ServerPresence, type ServerPresenceOptions } from './server-presence.ts'
import type { RandomBytes } from './tokens.ts'

/*
 * Users log in as guests, by name alone, or as registered users, with a password or the token of a login session. One user can be online
 * through several connections; each connection has an OnlineUser (`online-users.ts`). A seat's token also gives a connection the rights
 * of the seat, without a login.
 *
 * Guests. A name is free for a guest if no user online has the name, no registered name and no name of another guest looks like it
 * (`name-registry.ts`), and the hall reserves no seat for a guest of that name. With a reconnect secret, or with the token of a seat, a
 * guest proves that it owns the name; the server then ends the guest's older connection. Without proof, a guest who takes a free name
 * inherits nothing (`guests.ts`).
 *
 * Servers. A guest's name is taken at all servers (`server-presence.ts`): the server announces a login before the login takes effect.
 *
 * Races. Another request can change the account between the check of a password and the effect of the check. Each operation that waits
 * therefore runs in `AccountWatch.during`; the verification of an account that has changed is void. A registration ends guests of its
 * name after the store has the account, because a guest can enter while the store is writing.
 *
 * Guesses. A login, a registration and a proof of the password each take a token from a rate limit (`login-limits.ts`) before the server
 * computes any hash. If the password is right, or the server has not compared it with a hash, the login puts its tokens back into
 * the limit. A wrong password and an unknown name take the same time and have the same answer.
 */

/** LoginRequest is a request to enter as a guest or as a registered user. */
export interface LoginRequest {
  readonly name: string
  readonly password?: string | undefined
  /** Address of the peer, for the rate limits. */
  readonly address: string
  /**
   * Reconnect secret, which proves that this user is the current or last guest of that name; if the secret is right, the server ends the
   * guest's other connections.
   */
  readonly secret?: string | undefined
  /** The user of this connection before this login. */
  readonly before?: OnlineUser | undefined
  /** True for the connection of a worksheet's program, to which the hall sends no events from elsewhere. */
  readonly quiet?: boolean | undefined
  /** Identity of the connection; it is the same for all logins of the connection. */
  readonly connection?: ConnectionIdentity | undefined
  /** Called when the server ends this login, with the reason as a sentence for its user. */
  readonly onReplaced: OnReplaced
}

export interface PeopleOptions {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly clock: Clock
  /** Source of reconnect secrets; without it, guests get no secrets. */
  readonly random?: RandomBytes
  /** Seats of the hall; if they are missing, no user has a seat. */
  readonly seats?: Seats
  /** Presence at all servers; without it, this is the only server. */
  readonly presence?: Omit<ServerPresenceOptions, 'onError'>
  /** The games of the server; their words cannot be names. Default: the shipped games. */
  readonly catalog?: Catalog
  /** Called with errors that do not stop the server. */
  readonly onError?: (sentence: string, reason: unknown) => void
}

const NO_SEATS: Seats = { holdsSeatFor: () => false, revokeTokens() {}, leaveSeats() {} }

/** People logs users in and out, registers names, and lists the online users. */
export class People {
  readonly #accounts: Accounts
  readonly #passwords: Passwords
  readonly #clock: Clock
  readonly #onError: (sentence: string, reason: unknown) => void
  readonly #seats: Seats
  readonly #gameWords: GameWords
  readonly #logins: LoginLimits
  readonly #codes: InviteCodeLimiter
  readonly #users: OnlineUsers
  readonly #names: NameRegistry
  readonly #sessions: LoginSessions
  readonly #changes: AccountChanges
  readonly #watch = new AccountWatch()
  readonly #secrets: GuestSecrets
  readonly #presence: ServerPresence | undefined
  /** Finished games of guests. */
  readonly guestGames = new GuestGames()

  constructor(options: PeopleOptions) {
    const { accounts, passwords, clock, random, seats = NO_SEATS, presence, catalog = shippedGames, onError = () => {} } = options
    this.#gameWords = gameWords(catalog)
    this.#accounts = accounts
    this.#passwords = passwords
    this.#clock = clock
    this.#seats = seats
    this.#onError = onError
    this.#logins = new LoginLimits(clock)
    this.#users = new OnlineUsers(clock)
    if (presence) {
      const announced = new ServerPresence({ ...presence, onError }, this.#users)
      this.#users.onLeft = (person) => announced.removeIfAbsent(person)
      this.#presence = announced
    }
    this.#codes = new InviteCodeLimiter(clock)
    this.#secrets = new GuestSecrets(random)
    this.#names = new NameRegistry({ accounts, guests: this.#users.guests, holdsSeatFor: (person) => seats.holdsSeatFor(person) })
    this.#sessions = new LoginSessions({ accounts, clock, onError, online: this.#users, watch: this.#watch })
    const parts = { logins: this.#logins, names: this.#names, online: this.#users, watch: this.#watch }
    this.#changes = new AccountChanges({ accounts, passwords, seats, ...parts })
  }

  /** Loads the registered names and the origins of earlier logins. The caller must await this call before the first user connects. */
  async load(): Promise<void> {
    await this.#names.registered()
    for (const place of await this.#accounts.places()) this.#logins.loadKnownAddress(place)
  }

  /** The users online, with one entry for each connection, in order of arrival. */
  get online(): Iterable<OnlineUser> & { readonly size: number } {
    return this.#users.present
  }

  /** Number of users who are online; each user counts once. */
  get count(): number {
    return this.#users.present.persons
  }

  /** Lists at most `count` users online, each user once, in order of arrival; `from` is the index of the first user. */
  page(from: number, count: number): readonly OnlineUser[] {
    return this.#users.present.page(from, count)
  }

  /** Finds the online user with a name, in any spelling that folds to the same text. */
  named(name: string): OnlineUser | undefined {
    return this.#users.present.named(foldName(name))
  }

  /** Lists the connections of a person, in order of arrival. */
  of(person: PersonId): readonly OnlineUser[] {
    return this.#users.of(person)
  }

  /** Finds the first connection of a person; `undefined` for a person who is offline. */
  person(person: PersonId): OnlineUser | undefined {
    return this.#users.of(person)[0]
  }

  /** Returns a registered name in its owner's spelling; `undefined` for a name that is not registered. */
  async registeredName(name: string): Promise<string | undefined> {
    return (await this.#accounts.named(foldName(name)))?.name
  }

  /** Finds the registered user of a name, or else the guest of that name, online or not; returns the name in that user's spelling. */
  async find(name: string): Promise<{ readonly person: PersonId; readonly name: string }> {
    const account = await this.#accounts.named(foldName(name))
    return account ? { person: account.person, name: account.name } : { person: guestOf(name), name: this.named(name)?.name ?? name }
  }

  /** Logs a user in, with a password as a registered user, otherwise as a guest. */
  async enter(entry: LoginRequest): Promise<OnlineUser | AuthError> {
    const { password } = entry
    return password === undefined
      ? this.#enterAsGuest(entry)
      : this.#watch.during((changed) => this.#logIn({ ...entry, password }, changed))
  }

  /**
   * Logs a guest in by the hash of a seat's token, and ends that guest's other connections. Returns `undefined` if another guest without
   * that token has the name now, here or at another server; the token can still resume the seat.
   */
  async enterBySeatToken(person: PersonId, token: string, entry: LoginRequest): Promise<OnlineUser | undefined> {
    const isTaken = () => hasAccount(person) || this.#users.of(person).some((one) => !one.hasToken(token))
    if (isTaken()) return undefined
    return this.#admit({ person, name: entry.name }, () => {
      if (isTaken()) return undefined
      this.#users.end(person, entry.before, ENDED.again)
      const user = this.#arrive(person, entry.name, entry)
      user.addToken(token)
      return user
    })
  }

  /**
   * Registers a connection that has a seat of a person by the seat's token, without a login; the returned function removes the
   * connection.
   */
  holdSeat(person: PersonId, replaced: OnReplaced): () => void {
    return this.#users.holdSeat(person, replaced)
  }

  /** Makes a new reconnect secret for a guest online; it replaces the previous secret. Returns `undefined` for other users. */
  reconnectSecret({ person, isOnline }: OnlineUser): string | undefined {
    return isOnline && !hasAccount(person) ? this.#secrets.make(person) : undefined
  }

  /** Opens a login session for a registered user; returns its end, in milliseconds since the Unix epoch. */
  async openSession(user: OnlineUser, token: string): Promise<number | AuthError> {
    return this.#sessions.open(user, token)
  }

  /** Logs a user in by the token of a login session. */
  async enterBySession(typed: string, entry: Omit<LoginRequest, 'name'>): Promise<OnlineUser | AuthError> {
    return this.#sessions.enter(typed, async (account, session, isChanged) => {
      const arrive = () => this.#arrive(account.person, account.name, { ...entry, session })
      const entered = await this.#admit(account, () => (isChanged() ? SESSION_OVER : arrive()))
      return entered ?? SESSION_OVER
    })
  }

  /** Lists the login sessions and the connections of a registered user; marks the session of this login. */
  listSessions(user: OnlineUser): Promise<SessionList> {
    return this.#sessions.list(user)
  }

  /**
   * Ends login sessions of a registered user, and the connections that have logged in by these sessions, except the connection of
   * `user`.
   */
  endSessions(user: OnlineUser, which: SessionChoice): Promise<EndedConnections | AuthError> {
    return this.#sessions.end(user, which)
  }

  /** Closes a login session: its token becomes invalid. */
  async closeSession(typed: string): Promise<void> {
    await this.#sessions.close(typed)
  }

  /** Returns the limit of wrong invitation codes for a new connection from an address. */
  codeTries(address: string): InviteCodeLimit {
    return this.#codes.open(address)
  }

  /** Checks a new password against the rules, without computing a hash. */
  checkPassword(password: string): AuthError | undefined {
    const checked = checkNew(password)
    return isRefusal(checked) ? checked : undefined
  }

  /** Checks a name for a new user of the front door or the native protocol. */
  checkName(name: string): AuthError | undefined {
    const checked = checkLobbyName(name, this.#gameWords)
    return isRefusal(checked) ? badName(checked.refused) : undefined
  }

  /** Verifies the password of a logged-in user again. */
  async confirm(name: string, proof: PasswordProof): Promise<AuthError | undefined> {
    return this.#changes.confirm(name, proof)
  }

  /**
   * Sets a new password: for the owner with a proof, for the operator without a proof. Ends all login sessions of the account, all
   * its other connections and the tokens of its seats; returns the numbers of sessions and connections.
   */
  async setPassword(name: string, password: string, proof?: PasswordProof): Promise<EndedConnections | AuthError> {
    return this.#changes.setPassword(name, password, proof)
  }

  /** Removes an account with all its data: for the owner with a proof, for the operator without a proof. */
  async remove(name: string, proof?: PasswordProof): Promise<EndedConnections | AuthError> {
    return this.#changes.remove(name, proof)
  }

  /** Registers a name, and logs its owner in. */
  async register(entry: LoginRequest & { readonly password: string }): Promise<OnlineUser | AuthError> {
    const name = readName(entry.name)
    if (isRefusal(name)) return name
    const wrong = this.checkPassword(entry.password)
    if (wrong) return wrong
    if (await this.#accounts.named(foldName(name))) return alreadyRegistered(name)
    const attempt = this.#logins.registration(entry.address)
    if (isRefusal(attempt)) return attempt
    return this.#watch.during(async (changed) => {
      const password = await this.#passwords.hash(entry.password, entry.address)
      if (isRefusal(password)) return password
      if (this.#isOccupied(guestOf(name), entry)) return this.#names.takenBy(name)
      const like = await this.#names.like(name, entry.before?.person)
      if (like !== undefined) return this.#names.takenBy(name, like)
      const account = await this.#accounts.add({ key: foldName(name), name, password, since: this.#clock.now() })
      if (!account) return alreadyRegistered(name)
      if (changed.has(account.person)) return WRONG
      ;(await this.#names.registered()).add(account.person, account.name)
      // a guest of that name may have entered while the store was writing the account
      this.#users.end(guestOf(name), entry.before, ENDED.registered)
      return this.#arriveUnlessChanged(account, entry, changed)
    })
  }

  async #logIn(entry: LoginRequest & { readonly password: string }, changed: ReadonlySet<PersonId>): Promise<OnlineUser | AuthError> {
    const key = foldName(entry.name)
    const account = await this.#accounts.named(key)
    // a registered name is valid, even if the rules for names have changed since its registration
    const name = account ? account.name : readName(entry.name)
    if (isRefusal(name)) return name
    const attempt = this.#logins.attempt(key, entry.address)
    if (isRefusal(attempt)) return attempt
    const wrong = await this.#passwords.verify(entry.password, account?.password, entry.address)
    if (wrong || !account) return rejectLogin(attempt, wrong ?? WRONG)
    if (changed.has(account.person)) return WRONG
    attempt.giveBack()
    return this.#arriveUnlessChanged(account, entry, changed)
  }

  /** Logs the owner of an account in, unless the account changes before the announcement of the login. */
  async #arriveUnlessChanged(account: Account, entry: LoginRequest, changed: ReadonlySet<PersonId>): Promise<OnlineUser | AuthError> {
    const entered = await this.#admit(account, () => {
      if (changed.has(account.person)) return WRONG
      this.#noteLogin(account, entry.address)
      return this.#arrive(account.person, account.name, entry)
    })
    return entered ?? WRONG
  }

  #noteLogin({ key, person }: Account, address: string): void {
    const place = this.#logins.addKnownAddress(key, address)
    if (place === undefined) return
    const failed = (reason: unknown) => this.#onError('the server could not store the address of a login', reason)
    void this.#accounts.addPlace(person, place).catch(failed)
  }

  async #enterAsGuest(entry: LoginRequest): Promise<OnlineUser | AuthError> {
    const name = readName(entry.name)
    if (isRefusal(name)) return name
    const account = await this.#accounts.named(foldName(name))
    if (account) return needsPassword(account.name)
    const person = guestOf(name)
    const isProven = this.#secrets.proves(person, entry.secret)
    const findLike = () => this.#names.like(name, entry.before?.person)
    const refuse = (like: string | undefined) => {
      if (!isProven && this.#isOccupied(person, entry)) return this.#names.takenBy(name)
      return like === undefined ? undefined : this.#names.takenBy(name, like)
    }
    const refusal = refuse(await findLike())
    if (refusal) return refusal
    const entered = await this.#admit({ person, name }, async () => {
      // another guest with a similar name may have entered during the announcement
      const late = this.#presence && refuse(await findLike())
      if (late) return late
      if (!isProven && entry.before?.person !== person) this.#forgetGuest(person)
      this.#users.end(person, entry.before, ENDED.again)
      return this.#arrive(person, name, entry)
    })
    return entered ?? this.#names.takenBy(name)
  }

  /** Announces a person to all servers, and then calls `arrive`; resolves to `undefined` if a guest at another server has the name. */
  #admit<Arrived>(present: PresentPerson, arrive: () => Arrived | Promise<Arrived>): Promise<Arrived | undefined> {
    const { person, name } = present
    return this.#presence ? this.#presence.admit({ person, name }, arrive) : Promise.resolve(arrive())
  }

  /** Unsubscribes from the presence at other servers. */
  close(): void {
    this.#presence?.close()
  }

  /** Deletes the data of the previous guest of a name. */
  #forgetGuest(person: PersonId): void {
    this.#secrets.clear(person)
    this.guestGames.clear(person)
  }

  /** Checks whether a guest's name belongs to another user who is online, or for whom the hall reserves a seat. */
  #isOccupied(person: PersonId, { before }: LoginRequest): boolean {
    if (before?.isOnline && before.person === person) return false
    return this.#users.of(person).length > 0 || this.#seats.holdsSeatFor(person)
  }

  #arrive(
    person: PersonId,
    name: string,
    { onReplaced, quiet, connection, session }: Pick<LoginRequest, 'onReplaced' | 'quiet' | 'connection'> & { session?: string },
  ): OnlineUser {
    return this.#users.arrive({ person, name, quiet, connection, session }, onReplaced)
  }
}

/**
 * Returns the error of a login, and settles its attempt. Puts the attempt back if the server compared no password, because such an
 * attempt is not a guess.
 */
function rejectLogin(attempt: Attempt, error: AuthError): AuthError {
  if (error.code === 'throttled') attempt.giveBack()
  return error
}
