import { formatSeconds } from '../base/durations.ts'
import { type CatalogEntry, checkSeats, checkSettings } from '../games/catalog.ts'
import { isRefusal } from '../games/game.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import { makeToken } from '../hall/accounts/tokens.ts'
import type { LobbyRefusal, SeekAccepted, SeekInfo, SeekTerms } from '../hall/api.ts'
import type { SeekHandle, SeekRequest } from '../hall/local-seek.ts'
import type { OpenSeek } from '../hall/open-seek.ts'
import type { TableOptions } from '../hall/openings.ts'
import { type ClockRules, hasAccount, type PersonId, type Receipt } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'
import { findChallenge, findNearSeeks } from './challenge-answers.ts'
import type { LobbyContext, SessionContext } from './context.ts'
import {
  explainFailure,
  NAME_REQUIRED,
  NO_INVITATION,
  noGame,
  notHere,
  toLobbyRefusal,
  toSeekRefusal,
  UNAVAILABLE,
  UNREGISTERED,
} from './errors.ts'
import { InvitationCodes } from './invitations.ts'
import { toOwnSeekInfo, toSeekInfo } from './projections.ts'
import type { SessionSeats } from './seats.ts'
import { MUTED } from './user-notices.ts'
import type { UserSeek, UserSession, UserSessions } from './user-sessions.ts'

/** SeekingSession has the members of a session that a SeekControl needs. */
export interface SeekingSession extends SessionContext, UserSession {
  readonly seats: SessionSeats
  /** The lobby sessions of the user; `undefined` if there is no user, and for a worksheet program. */
  readonly sessions: UserSessions | undefined
  /** Returns a refusal if the user is at too many tables. */
  readonly tooManyTables: LobbyRefusal | undefined
}

/** PlainSeek is the seek of a worksheet program; it has no clock, no challenged user and no code. */
export type PlainSeek = Pick<SeekRequest, 'game' | 'options' | 'seats' | 'rated' | 'wait'>

/** Default number of milliseconds until the house takes the other seat. */
const WAIT = 10_000
/** Milliseconds for which the hall reserves a seat after the seat's client disconnects. */
const GRACE = 120_000

/**
 * SeekControl manages how one session gets to a table: its open seek, invitations by code, and challenges to and from other users.
 * It is the only caller of `Hall.open` and `Hall.seek`. A user has one open seek at most, through all lobby sessions together
 * (`user-sessions.ts`); the server refuses a further seek, or replaces the open seek. The seek of a worksheet program belongs to
 * its connection.
 */
export class SeekControl {
  readonly #session: SeekingSession
  /** Cancels the seek for which a worksheet program waits. */
  #cancelWait: ((reason: Error) => Promise<boolean>) | undefined
  readonly #codes: InvitationCodes

  constructor(session: SeekingSession) {
    this.#session = session
    this.#codes = new InvitationCodes(session)
  }

  /** Opens a table with its players. */
  openTable(game: string, opening: TableOptions): Promise<TableActor> {
    return this.#session.context.hall.open(game, opening)
  }

  /** Opens a seek for a program; the program waits for the seat. Calls `onCanceled` with the reason if the session ends first. */
  waitForSeat(request: PlainSeek & Pick<SeekRequest, 'owner' | 'onSeated' | 'onClosed'>, onCanceled: (reason: Error) => void): SeekHandle {
    const onSeated: SeekRequest['onSeated'] = (table, seat) => {
      this.#cancelWait = undefined
      request.onSeated(table, seat)
    }
    const seek = this.#context.hall.seek({ ...request, onSeated })
    // the house may have taken the other seat immediately
    if (!seek.isOpen) return seek
    this.#cancelWait = (reason) => {
      onCanceled(reason)
      return seek.cancel()
    }
    return seek
  }

  /** Cancels the seek for which a program waits, because the session ends. */
  close(reason: Error): void {
    const { onError } = this.#context
    this.#cancelWait?.(reason).catch((failure: unknown) => onError('the server could not cancel a seek', failure))
    this.#cancelWait = undefined
  }

  /** Opens a seek, or a table if the game has one seat; see `Lobby.seek`. */
  async seek(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
    try {
      return await this.#open(terms)
    } catch (reason) {
      return toSeekRefusal(reason)
    }
  }

  async #open(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
    const entry = this.#context.catalog.find(terms.game)
    if (!entry) return noGame(terms.game)
    const wrong = checkSettings(entry, terms.settings) ?? checkSeats(entry, terms.seats)
    if (wrong) return toLobbyRefusal('bad-setting', wrong)
    // a client may cancel its old seek and send a new seek without waiting
    await this.#session.sessions?.whenCanceled()
    const refusal = this.#busy(terms.replace) ?? this.#checkRated(terms, entry)
    if (refusal) return refusal
    const options = await entry.setup(terms.settings, this.#context.stock)
    // another user may have entered through this connection during the wait, or the connection may have closed
    if (!this.#user || this.#session.closed) return NAME_REQUIRED
    // the user may have opened another seek through another connection
    const late = this.#busy(terms.replace)
    if (late) return late
    const user = this.#user
    const opponent = terms.against === undefined ? undefined : await this.#findOpponent(user, terms.against)
    if (isRefusal(opponent)) return opponent
    const against = opponent?.person
    const clock: ClockRules = { ...terms.clock, grace: GRACE }
    const { seats: size, points, name: game } = entry.game
    if (size.max === 1) {
      const opening = { options, rated: points !== undefined, private: terms.private === true, clock }
      return this.#openAlone(user, game, opening, await this.#replace())
    }
    const code = terms.private ? this.#codes.make(terms.code) : undefined
    // the house plays neither private nor rated games
    const isWithoutHouse = code !== undefined || against !== undefined || terms.rated || terms.wait === null
    const request = {
      game,
      options: options ?? {},
      seats: terms.seats ?? [...Array(size.max).keys()],
      rated: terms.rated === true,
      clock,
      wait: isWithoutHouse ? Number.POSITIVE_INFINITY : (terms.wait ?? this.#context.wait ?? WAIT),
      ...(against === undefined ? {} : { against }),
      ...(code === undefined ? {} : { code }),
    }
    if (opponent?.receipt === 'unreached' && !this.#context.hall.seeks.match({ ...user, ...request }))
      return { code: 'not-now', refused: `${terms.against} is here only through a worksheet program, and cannot answer a challenge` }
    const replaced = await this.#replace()
    const open = await this.#seek(user, request)
    if (isRefusal(open)) return open
    const near = open ? findNearSeeks(this.#context, open) : []
    return { ...replaced, ...(code === undefined ? {} : { code }), ...(near.length > 0 ? { near } : {}) }
  }

  /** Opens a table for one player. */
  async #openAlone(
    user: OnlineUser,
    game: string,
    opening: Omit<TableOptions, 'seats'>,
    answer: SeekAccepted,
  ): Promise<SeekAccepted | LobbyRefusal> {
    const refusal = this.#refuseNow(user)
    if (refusal) return refusal
    const { sessions, seats } = this.#session
    if (!sessions) return NAME_REQUIRED
    const token = this.#makeToken()
    sessions.opening++
    try {
      const table = await this.openTable(game, { ...opening, seats: [seats.createOwner({ token })] })
      sessions.seat(this.#session, table, 0, token)
    } finally {
      sessions.opening--
    }
    return answer
  }

  /** Cancels the open seek; resolves to true if there was an open seek. */
  async cancel(): Promise<boolean> {
    return (await this.#session.sessions?.cancelSeek(this.#session)) === true
  }

  /** Accepts the seek with an invitation code; see `Lobby.join`. */
  async join(typed: string, replace = false): Promise<LobbyRefusal | undefined> {
    const busy = this.#busy(replace)
    if (busy || !this.#user) return busy ?? NAME_REQUIRED
    const invitation = this.#codes.find(typed)
    if (isRefusal(invitation)) return invitation
    const { seek, code } = invitation
    if (seek.person === this.#user.person) return { code: 'not-now', refused: 'this is your own invitation: give the code to another user' }
    if (seek.against !== undefined && seek.against !== this.#user.person) {
      return { code: 'not-now', refused: 'this invitation is for another user' }
    }
    if (seek.rated && !this.#registered) return UNREGISTERED
    const { game, options, rated, clock = {} } = seek
    return this.#match({ game, options, rated, clock, code }, NO_INVITATION)
  }

  /** Accepts a challenge to this user; see `Lobby.acceptChallenge`. */
  async accept(name?: string): Promise<LobbyRefusal | undefined> {
    const busy = this.#busy(true)
    if (busy || !this.#user) return busy ?? NAME_REQUIRED
    const seek = findChallenge(this.#context, this.#user.person, name)
    if (isRefusal(seek)) return seek
    if (seek.rated && !this.#registered) return UNREGISTERED
    const { game, options, rated, clock = {}, person } = seek
    return this.#match(
      { game, options, rated, clock, against: person },
      { code: 'not-now', refused: `${seek.name} no longer waits for you` },
    )
  }

  /** Declines a challenge to this user; see `Lobby.refuseChallenge`. */
  async refuse(name?: string): Promise<LobbyRefusal | undefined> {
    if (!this.#user) return NAME_REQUIRED
    const seek = findChallenge(this.#context, this.#user.person, name)
    if (isRefusal(seek)) return seek
    await this.#context.hall.refuseChallenge(seek, this.#user.name)
    return undefined
  }

  /** The user's open seek. */
  get open(): OpenSeek | undefined {
    return this.#user && this.#context.hall.seeks.of(this.#user.person).slice(0, 1)[0]
  }

  #checkRated({ rated, against }: SeekTerms, { game }: CatalogEntry): LobbyRefusal | undefined {
    if (!rated || game.seats.max === 1) return undefined
    if (!this.#registered) return UNREGISTERED
    const opposite = against === undefined ? undefined : this.#present(against)
    return typeof opposite !== 'string' || hasAccount(opposite)
      ? undefined
      : { code: 'not-now', refused: `${against} has no registered name, and cannot play a rated game` }
  }

  /** Cancels the open seek and returns it; returns `undefined` if there is no open seek. */
  async #replace(): Promise<{ readonly replaced?: SeekInfo }> {
    const seek = this.#session.sessions?.seek && this.open
    const isCanceled = await this.cancel()
    return seek && isCanceled ? { replaced: toSeekInfo(this.#context.catalog, seek) } : {}
  }

  /** Opens a seek of the user; resolves to the seek, or to `undefined` if the hall matches the seek immediately. */
  async #seek(
    user: OnlineUser,
    request: Omit<SeekRequest, 'owner' | 'onSeated' | 'onRefused' | 'onClosed'>,
  ): Promise<OpenSeek | LobbyRefusal | undefined> {
    const refusal = this.#refuseNow(user)
    if (refusal) return refusal
    const { sessions, seats } = this.#session
    if (!sessions) return NAME_REQUIRED
    const token = this.#makeToken()
    let withdraw: (() => void) | undefined
    let own: UserSeek | undefined
    const forget = () => {
      if (sessions.seek === own) sessions.seek = undefined
    }
    const seek = this.#context.hall.seek({
      ...request,
      owner: seats.createOwner({ token }),
      onSeated: (table, seat) => {
        forget()
        sessions.seat(this.#session, table, seat, token)
      },
      onRefused: (by) => {
        forget()
        withdraw?.()
        sessions.refused(toSeekInfo(this.#context.catalog, { ...request, name: by }))
      },
      onClosed: (reason) => {
        forget()
        withdraw?.()
        sessions.seekFailed(toOwnSeekInfo(this.#context, { ...request, person: user.person, name: user.name }), explainFailure(reason))
      },
    })
    own = {
      info: toOwnSeekInfo(this.#context, { ...request, person: user.person, name: user.name }),
      get isOpen() {
        return seek.isOpen
      },
      async cancel() {
        const isCanceled = await seek.cancel()
        if (isCanceled) withdraw?.()
        return isCanceled
      },
    }
    if (seek.isOpen) sessions.seek = own
    try {
      // if the hall has matched the seek with an open seek, no seek is left to cancel
      if (!(await seek.placed)) {
        forget()
        return undefined
      }
    } catch (reason) {
      forget()
      throw reason
    }
    if (!seek.isOpen) return undefined
    withdraw = this.#challenge(user, request)
    return this.open
  }

  /**
   * Matches an open seek now, and then cancels the user's own seek; resolves to `otherwise` if another user was faster.
   */
  async #match(
    terms: Pick<SeekRequest, 'game' | 'options' | 'rated' | 'clock' | 'code' | 'against'>,
    otherwise: LobbyRefusal,
  ): Promise<LobbyRefusal | undefined> {
    const { sessions, seats } = this.#session
    if (!sessions) return NAME_REQUIRED
    const token = this.#makeToken()
    sessions.opening++
    try {
      const seek = this.#context.hall.seek({
        ...{ ...terms, seats: [0, 1], wait: Number.POSITIVE_INFINITY, immediate: true },
        owner: seats.createOwner({ token }),
        onSeated: (table, seat) => sessions.seat(this.#session, table, seat, token),
      })
      await seek.placed
      if (!seek.isSeated) return otherwise
    } catch (reason) {
      return toSeekRefusal(reason)
    } finally {
      sessions.opening--
    }
    // the user has the seat; if the hall cannot cancel the seek, it stays the user's open seek
    await this.cancel().catch((reason: unknown) => this.#context.onError('the server could not cancel a seek', reason))
    return undefined
  }

  /** Sends the challenge if the seek names a user and has no code; returns a function that withdraws the challenge. */
  #challenge(user: OnlineUser, { against, code, ...seek }: Omit<SeekRequest, 'owner' | 'onSeated'>): (() => void) | undefined {
    if (against === undefined || code !== undefined) return undefined
    return this.#context.userNotifier.sendChallenge({
      challenged: against,
      seeker: toSeekInfo(this.#context.catalog, { ...seek, name: user.name }),
      address: this.#session.peer.address,
    })
  }

  /** Finds the user to challenge; if a challenge is not possible, returns a refusal with the reason. */
  async #findOpponent(
    { person: own, name: from }: OnlineUser,
    name: string,
  ): Promise<{ readonly person: PersonId; readonly receipt: Receipt } | LobbyRefusal> {
    const person = this.#present(name)
    if (typeof person !== 'string') return person
    if (person === own) return { code: 'not-now', refused: 'you cannot challenge yourself: name another user' }
    const { userNotifier } = this.#context
    const receipt = await userNotifier.probe(person, from)
    if (receipt === 'muted') return MUTED
    const wait = userNotifier.wait({ challenged: person, address: this.#session.peer.address })
    return wait > 0
      ? { code: 'throttled', refused: `too many canceled challenges to ${name}: try again in ${formatSeconds(wait)}` }
      : { person, receipt }
  }

  /** Finds an online user by name. */
  #present(name: string): PersonId | LobbyRefusal {
    return this.#context.people.named(name)?.person ?? notHere(name)
  }

  /**
   * Returns a refusal if the user can no longer open a seek: the session, its seek or a limit may have changed during the wait.
   */
  #refuseNow(user: OnlineUser): LobbyRefusal | undefined {
    return this.#session.closed || this.#user?.person !== user.person ? NAME_REQUIRED : this.#busy()
  }

  /** Returns a refusal if the user cannot play now; with `replace`, ignores the user's open seek. */
  #busy(replace = false): LobbyRefusal | undefined {
    const { seats, sessions, tooManyTables } = this.#session
    if (!this.#user) return NAME_REQUIRED
    if (tooManyTables) return tooManyTables
    if (!this.#context.hall.writable) return UNAVAILABLE
    const { full } = seats
    if (full !== undefined) return { code: 'too-many', refused: full }
    if (replace || sessions?.seek?.isOpen !== true) return undefined
    return { code: 'not-now', refused: 'you have an open seek already: cancel it first' }
  }

  /** Makes a token by which the user can resume a new seat. */
  #makeToken(): string {
    return makeToken(this.#context.bytes)
  }

  get #context(): LobbyContext {
    return this.#session.context
  }

  get #user(): OnlineUser | undefined {
    return this.#session.user
  }

  get #registered(): boolean {
    return this.#user !== undefined && hasAccount(this.#user.person)
  }
}
