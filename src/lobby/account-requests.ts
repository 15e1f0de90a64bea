import { isRefusal } from '../games/game.ts'
import type { AuthError } from '../hall/accounts/auth-errors.ts'
import { toSessionKey } from '../hall/accounts/login-sessions.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import { hashToken, makeToken } from '../hall/accounts/tokens.ts'
import type { EndedConnections, LobbyRefusal, OpenedSession, SessionChoice, SessionList } from '../hall/api.ts'
import { hasAccount } from '../hall/ports.ts'
import type { ConnectionHoldings } from './connection-holdings.ts'
import type { LobbyContext } from './context.ts'
import { NAME_REQUIRED, toAuthRefusal } from './errors.ts'
import type { Identity } from './identity.ts'

export interface AccountRequestsOptions {
  readonly context: Pick<LobbyContext, 'people' | 'bytes'>
  readonly identity: Identity
  readonly holdings: ConnectionHoldings
  /** Notified when the user of the session has changed. */
  readonly session: { arrive(): void }
}

/** AccountRequests handles the requests of a session to log in, to register, and to change or remove an account. */
export class AccountRequests {
  readonly #context: AccountRequestsOptions['context']
  readonly #identity: Identity
  readonly #holdings: ConnectionHoldings
  readonly #session: AccountRequestsOptions['session']

  constructor({ context, identity, holdings, session }: AccountRequestsOptions) {
    this.#context = context
    this.#identity = identity
    this.#holdings = holdings
    this.#session = session
  }

  /** Implements `Lobby.enter`. */
  async enter(name: string, how: { readonly password?: string; readonly secret?: string }): Promise<LobbyRefusal | undefined> {
    const { people } = this.#context
    const isNew = how.password === undefined && (await people.registeredName(name)) === undefined
    const wrong = isNew ? people.checkName(name) : undefined
    return this.#answer(wrong ?? (await this.#identity.enter(name, how)))
  }

  /** Implements `Lobby.register`. */
  async register(name: string, password: string): Promise<LobbyRefusal | undefined> {
    const wrong = this.#context.people.checkName(name)
    if (wrong) return toAuthRefusal(wrong)
    return this.#spend() ?? this.#answer(await this.#identity.register(name, password))
  }

  /** Implements `Lobby.confirmPassword`. */
  async confirmPassword(password: string): Promise<LobbyRefusal | undefined> {
    const missing = this.#checkRegistered()
    if (missing) return missing
    const wrong = await this.#identity.confirmPassword(password)
    return wrong && toAuthRefusal(wrong)
  }

  /** Implements `Lobby.changePassword`. */
  async changePassword(old: string, password: string): Promise<EndedConnections | LobbyRefusal> {
    const missing = this.#checkRegistered()
    if (missing) return missing
    // the server counts the bytes, but a limit never refuses this request or `unregister`, because the owner must be able to end
    // other sessions of the account
    this.#holdings.spendOnAccount()
    const ended = await this.#identity.changePassword(old, password)
    return isRefusal(ended) ? toAuthRefusal(ended) : ended
  }

  /** Implements `Lobby.unregister`. */
  async unregister(password: string): Promise<EndedConnections | LobbyRefusal> {
    const missing = this.#checkRegistered()
    if (missing) return missing
    this.#holdings.spendOnAccount()
    const ended = await this.#identity.unregister(password)
    if (isRefusal(ended)) return toAuthRefusal(ended)
    this.#session.arrive()
    return ended
  }

  /** Implements `Lobby.openSession`. */
  async openSession(): Promise<OpenedSession | LobbyRefusal> {
    const user = this.#user
    if (!user) return NAME_REQUIRED
    const full = this.#spend()
    if (full) return full
    const session = makeToken(this.#context.bytes)
    const until = await this.#context.people.openSession(user, session)
    return isRefusal(until) ? toAuthRefusal(until) : { session, key: toSessionKey(hashToken(session)), until }
  }

  /** Implements `Lobby.listSessions`. */
  async listSessions(): Promise<SessionList | LobbyRefusal> {
    const user = this.#requireRegistered()
    return isRefusal(user) ? user : this.#context.people.listSessions(user)
  }

  /** Implements `Lobby.endSessions`. */
  async endSessions(which: SessionChoice): Promise<EndedConnections | LobbyRefusal> {
    const user = this.#requireRegistered()
    if (isRefusal(user)) return user
    const ended = await this.#context.people.endSessions(user, which)
    return isRefusal(ended) ? toAuthRefusal(ended) : ended
  }

  /** Implements `Lobby.enterBySession`. */
  async enterBySession(session: string): Promise<LobbyRefusal | undefined> {
    return this.#answer(await this.#identity.enterBySession(session))
  }

  get #user(): OnlineUser | undefined {
    return this.#identity.user
  }

  #requireRegistered(): OnlineUser | LobbyRefusal {
    return this.#checkRegistered() ?? this.#user ?? NAME_REQUIRED
  }

  /** Refuses a request that needs an account if the user is a guest. */
  #checkRegistered(): LobbyRefusal | undefined {
    if (!this.#user) return NAME_REQUIRED
    return hasAccount(this.#user.person) ? undefined : NO_PASSWORD
  }

  /** Counts the bytes of a new account or login session; refuses the request if this address has reached its disk limit. */
  #spend(): LobbyRefusal | undefined {
    const { full } = this.#holdings.spending
    if (full !== undefined) return { code: 'too-many', refused: full }
    this.#holdings.spendOnAccount()
    return undefined
  }

  #answer(error: AuthError | undefined): LobbyRefusal | undefined {
    if (error) return toAuthRefusal(error)
    this.#session.arrive()
    return undefined
  }
}

const NO_PASSWORD: LobbyRefusal = { code: 'who-are-you', refused: 'only registered names have a password: register first' }
