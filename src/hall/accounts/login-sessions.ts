import type { Clock } from '../../base/clock.ts'
import { isRefusal } from '../../games/game.ts'
import type { Account, Accounts } from '../ports.ts'
import type { AccountWatch } from './account-watch.ts'
import { type AuthError, NO_ACCOUNT, SESSION_OVER } from './auth-errors.ts'
import type { OnlineUser } from './online-users.ts'
import { hashToken, parseToken } from './tokens.ts'

/** Milliseconds that a login session lasts: thirty days. */
const SESSION = 30 * 24 * 3600 * 1000

/** LoginSessions opens and closes the login sessions of registered users, whose tokens log in without a password. */
export class LoginSessions {
  readonly #accounts: Accounts
  readonly #clock: Clock
  readonly #watch: AccountWatch

  constructor(accounts: Accounts, clock: Clock, watch: AccountWatch) {
    this.#accounts = accounts
    this.#clock = clock
    this.#watch = watch
  }

  /** Opens a login session for a registered user; returns its end, in milliseconds since the Unix epoch. */
  open({ person, isOnline }: OnlineUser, token: string): Promise<number | AuthError> {
    return this.#watch.during(async (changed) => {
      if (!isOnline || !(await this.#accounts.of(person))) return NO_ACCOUNT
      const until = this.#clock.now() + SESSION
      const hash = hashToken(token)
      await this.#accounts.openSession({ token: hash, person, until })
      if (!changed.has(person)) return until
      await this.#accounts.closeSession(hash)
      return SESSION_OVER
    })
  }

  /** Finds the account of a session's token, and calls `logIn` with it and with a function that checks whether the account has changed. */
  async enter<Answer>(typed: string, logIn: (account: Account, isChanged: () => boolean) => Promise<Answer>): Promise<Answer | AuthError> {
    const token = parseToken(typed)
    if (isRefusal(token)) return SESSION_OVER
    return this.#watch.during(async (changed) => {
      const session = await this.#accounts.session(hashToken(token), this.#clock.now())
      const account = session && (await this.#accounts.of(session.person))
      return account && !changed.has(account.person) ? logIn(account, () => changed.has(account.person)) : SESSION_OVER
    })
  }

  /** Closes a login session: its token becomes invalid. */
  async close(typed: string): Promise<void> {
    const token = parseToken(typed)
    if (!isRefusal(token)) await this.#accounts.closeSession(hashToken(token))
  }
}
