import { toNetwork } from '../base/network-address.ts'
import { isRefusal } from '../games/game.ts'
import type { PasswordProof } from '../hall/accounts/account-changes.ts'
import type { AuthError } from '../hall/accounts/auth-errors.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import type { LoginRequest, People } from '../hall/accounts/people.ts'
import type { EndedConnections, PeerLink } from '../hall/api.ts'
import type { PersonId } from '../hall/ports.ts'
import type { SessionPeer } from './context.ts'

export interface IdentityOptions {
  readonly people: People
  readonly peer: SessionPeer
  /** True if the hall does not notify this connection of events at other tables and in the lobby. */
  readonly quiet?: boolean
  /** Notified before the connection changes to another user with other seats. */
  readonly owner?: IdentityOwner
}

/** IdentityOwner is the session of an identity. */
export interface IdentityOwner {
  beforeUserChange(): void
}

/**
 * Identity has the user to whom one connection belongs: no user at first, and then the user whose name the client has given last.
 */
export class Identity {
  readonly #people: People
  readonly #peer: SessionPeer
  readonly #quiet: boolean
  readonly #owner: IdentityOwner | undefined
  #user: OnlineUser | undefined
  #closed = false

  constructor({ people, peer, quiet = false, owner }: IdentityOptions) {
    this.#people = people
    this.#peer = peer
    this.#quiet = quiet
    this.#owner = owner
  }

  /** The user; `undefined` until the client has given a name. */
  get user(): OnlineUser | undefined {
    return this.#user
  }

  /** How the connection is connected. */
  get link(): PeerLink | undefined {
    return this.#peer.link
  }

  /** Enters under a name; see `People.enter`. */
  async enter(name: string, how: Pick<LoginRequest, 'password' | 'secret'> = {}): Promise<AuthError | undefined> {
    return this.#become(await this.#people.enter({ ...this.#entry(name), ...how }))
  }

  /** Registers a name, and logs its owner in. */
  async register(name: string, password: string): Promise<AuthError | undefined> {
    return this.#become(await this.#people.register({ ...this.#entry(name), password }))
  }

  /** Enters as the guest who owns a seat, by the hash of the seat's token; resolves to false if another guest has the name. */
  async enterByToken(person: PersonId, name: string, token: string): Promise<boolean> {
    const user = await this.#people.enterBySeatToken(person, token, this.#entry(name))
    if (user) this.#become(user)
    return user !== undefined
  }

  /** Compares a password with the password of the user. */
  async confirmPassword(password: string): Promise<AuthError | undefined> {
    return this.#people.confirm(this.#user?.name ?? '', this.#proof(password))
  }

  /** Changes the user's password, and ends all other connections and sessions of the account. */
  async changePassword(old: string, password: string): Promise<EndedConnections | AuthError> {
    return this.#people.setPassword(this.#user?.name ?? '', password, this.#proof(old))
  }

  /** Removes the user's account, and ends all its other connections and sessions. This connection has no name from then on. */
  async unregister(password: string): Promise<EndedConnections | AuthError> {
    const user = this.#user
    const ended = await this.#people.remove(user?.name ?? '', this.#proof(password))
    if (isRefusal(ended) || this.#user !== user) return ended
    this.#owner?.beforeUserChange()
    user?.leave()
    this.#user = undefined
    return ended
  }

  /** Logs in the user to whom the token of a login session belongs. */
  async enterBySession(session: string): Promise<AuthError | undefined> {
    return this.#become(await this.#people.enterBySession(session, this.#entry('')))
  }

  /** Leaves at the end of the connection; if an `enter` is under way, the user leaves as soon as it succeeds. */
  close(): void {
    this.#closed = true
    this.#user?.leave()
  }

  #entry(name: string): LoginRequest {
    return {
      name,
      address: addressOf(this.#peer),
      before: this.#user,
      quiet: this.#quiet,
      connection: this,
      onReplaced: (reason) => this.#peer.end(reason),
    }
  }

  #proof(password: string): PasswordProof {
    return { password, address: addressOf(this.#peer), user: this.#user }
  }

  #become(entered: OnlineUser | AuthError): AuthError | undefined {
    if (isRefusal(entered)) return entered
    const before = this.#user
    if (before && before.person !== entered.person) this.#owner?.beforeUserChange()
    // the connection retains the seats of the same user
    else for (const token of before?.tokens ?? []) entered.addToken(token)
    before?.leave()
    this.#user = entered
    if (this.#closed) entered.leave()
    return undefined
  }
}

/**
 * Returns the address for which the server counts password attempts. Each address of 127.0.0.0/8 counts separately, unlike in the limits of
 * resources: an attacker at another loopback address must not lock the owner out.
 */
function addressOf({ address }: SessionPeer): string {
  return address.startsWith('127.') ? address : toNetwork(address)
}
