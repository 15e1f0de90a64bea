import { isRefusal } from '../../games/game.ts'
import type { EndedConnections } from '../account-info.ts'
import { foldName } from '../names/names.ts'
import type { Account, Accounts, PersonId } from '../ports.ts'
import type { AccountWatch } from './account-watch.ts'
import { type AuthError, notRegistered, WRONG } from './auth-errors.ts'
import type { LoginLimits } from './login-limits.ts'
import type { NameRegistry } from './name-registry.ts'
import { ENDED, type OnlineUser, type OnlineUsers } from './online-users.ts'
import { checkNew, type Passwords } from './passwords.ts'

/** Seats has the functions of the hall that account changes use. */
export interface Seats {
  /** Checks whether the hall reserves a seat with a token for a disconnected guest. */
  holdsSeatFor(person: PersonId): boolean
  /** Makes the tokens of all seats of a person invalid. */
  revokeTokens(person: PersonId): void
  /** Leaves all seats of a person; the opponents at these tables then win. */
  leaveSeats(person: PersonId): void
}

/** PasswordProof is the current password of a user who changes the account. */
export interface PasswordProof {
  readonly password: string
  readonly address: string
  /** The user of the connection that makes the request; that connection stays open. */
  readonly user?: OnlineUser | undefined
}

export interface AccountChangesOptions {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly logins: LoginLimits
  readonly names: NameRegistry
  readonly online: OnlineUsers
  readonly seats: Seats
  readonly watch: AccountWatch
}

/**
 * AccountChanges sets passwords and removes accounts. Both operations end the following, in this order: login sessions and seat
 * tokens in the store, logins under way, all connections except the connection of the request, and tokens of tables that the hall
 * opened during the change.
 */
export class AccountChanges {
  readonly #options: AccountChangesOptions

  constructor(options: AccountChangesOptions) {
    this.#options = options
  }

  /** Verifies the password of a logged-in user again. */
  async confirm(name: string, proof: PasswordProof): Promise<AuthError | undefined> {
    return this.#prove(name, await this.#options.accounts.named(foldName(name)), proof)
  }

  /** Sets a new password; see `People.setPassword`. */
  async setPassword(name: string, password: string, proof?: PasswordProof): Promise<EndedConnections | AuthError> {
    const checked = checkNew(password)
    if (isRefusal(checked)) return checked
    const { accounts, passwords, seats } = this.#options
    return this.#change(name, proof, ENDED.password, async (account) => {
      const hash = await passwords.hash(password, proof?.address)
      if (isRefusal(hash)) return hash
      // the store commits the revocation of the tokens and the new password in one transaction
      seats.revokeTokens(account.person)
      return accounts.setPassword(account.person, hash, proof && account.password)
    })
  }

  /** Removes an account; see `People.remove`. */
  async remove(name: string, proof?: PasswordProof): Promise<EndedConnections | AuthError> {
    const { accounts, seats } = this.#options
    return this.#change(name, proof, ENDED.removed, async (account) => {
      seats.leaveSeats(account.person)
      return accounts.remove(account.person)
    })
  }

  /** Changes an account, and then ends its logins. `change` resolves to the number of login sessions that it has closed. */
  async #change(
    name: string,
    proof: PasswordProof | undefined,
    reason: string,
    change: (account: Account) => Promise<number | AuthError | undefined>,
  ): Promise<EndedConnections | AuthError> {
    const { accounts, names, online, seats, watch } = this.#options
    const account = await accounts.named(foldName(name))
    return watch.during(async (changed) => {
      if (proof) {
        const wrong = await this.#prove(name, account, proof)
        if (wrong) return wrong
      }
      if (!account) return notRegistered(name)
      const { person } = account
      if (changed.has(person) || proof?.user?.isOnline === false) return WRONG
      const sessions = await change(account)
      if (typeof sessions === 'object') return sessions
      if (sessions === undefined) return proof ? WRONG : notRegistered(name)
      watch.add(person)
      const { connections, ended } = online.end(person, proof?.user, reason)
      // this call also revokes the tokens of tables that the hall opened during the write
      seats.revokeTokens(person)
      if (reason === ENDED.removed) {
        seats.leaveSeats(person)
        ;(await names.registered()).remove(person, account.name)
      }
      await ended
      return { connections, sessions }
    })
  }

  async #prove(name: string, account: Account | undefined, { password, address }: PasswordProof): Promise<AuthError | undefined> {
    const { logins, passwords } = this.#options
    const attempt = logins.confirmation(foldName(name), address)
    if (isRefusal(attempt)) return attempt
    const wrong = await passwords.verify(password, account?.password, address)
    if (!wrong) attempt.giveBack()
    return wrong
  }
}
