import { formatSeconds } from '../base/counts.ts'
import { type CatalogueEntry, checkSeats, checkSettings } from '../games/catalogue.ts'
import { isRefusal, RulesError, type SeatNumber } from '../games/game.ts'
import type { InviteCodeLimit } from '../hall/accounts/invite-code-limiter.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import { makeInviteCode, parseInviteCode } from '../hall/accounts/tokens.ts'
import type { LobbyListener, LobbyRefusal, Page, PageRange, SeekAccepted, SeekInfo, SeekTerms } from '../hall/api.ts'
import type { SeekRequest } from '../hall/matchmaker.ts'
import { type ClockRules, hasAccount, type PersonId, type SeatOwner } from '../hall/ports.ts'
import type { OpenSeek } from '../hall/seek-matching.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { PeerHandle } from '../protocol/seating.ts'
import { findChallenge, findNearSeeks } from './challenge-answers.ts'
import { MUTED } from './challenges.ts'
import type { LobbyContext } from './context.ts'
import { NAME_REQUIRED, noGame, notHere, toAuthRefusal, toLobbyRefusal } from './errors.ts'
import { toSeekInfo } from './projections.ts'

export interface SeekControlOptions {
  readonly context: LobbyContext
  readonly peer: PeerHandle
  readonly listener: LobbyListener
  /** Returns the user who seeks. */
  user(): OnlineUser | undefined
  /** Checks whether the user has left. */
  isClosed(): boolean
  /** Explains why the user cannot play now, with or without a seek. */
  busy(): LobbyRefusal | undefined
  /** Creates the owner of a new seat, with the token that gives the user access to the seat again. */
  createOwner(user: OnlineUser): { owner: SeatOwner; token: string }
  /** Called when a seat was found: subscribes the session to the table. */
  subscribe(table: TableActor, seat: SeatNumber, token: string): void
}

/** Milliseconds until the house takes the other seat, by default. */
const WAIT = 10_000
/** Milliseconds for which a seat is held after its client disconnects. */
const GRACE = 120_000

/**
 * SeekControl manages how one session gets to a table: its open seek, invitations by code, and challenges to and from other
 * users. A session has one open seek at most; a further one is refused, or replaces it.
 */
export class SeekControl {
  readonly #options: SeekControlOptions
  readonly #context: LobbyContext
  readonly #peer: PeerHandle
  #cancelSeek: (() => void) | undefined
  #codeTries: InviteCodeLimit | undefined

  constructor(options: SeekControlOptions) {
    this.#options = options
    this.#context = options.context
    this.#peer = options.peer
  }

  /** Opens a seek, or a table if the game has one seat; see `Lobby.seek`. */
  async seek(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
    try {
      return await this.#open(terms)
    } catch (reason) {
      if (reason instanceof RulesError) return { code: 'not-now', refused: reason.message }
      throw reason
    }
  }

  async #open(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
    const entry = this.#context.catalogue.find(terms.game)
    if (!entry) return noGame(terms.game)
    const wrong = checkSettings(entry, terms.settings) ?? checkSeats(entry, terms.seats)
    if (wrong) return toLobbyRefusal('bad-setting', wrong)
    const refusal = this.#busy(terms.replace) ?? this.#checkRated(terms, entry)
    if (refusal) return refusal
    const options = await entry.setup(terms.settings, this.#context.stock)
    // another user may have entered through this connection meanwhile, or it may have closed
    if (!this.#user || this.#options.isClosed()) return NAME_REQUIRED
    const against = terms.against === undefined ? undefined : this.#findOpponent(this.#user, terms.against)
    if (against !== undefined && typeof against !== 'string') return against
    const clock: ClockRules = { ...terms.clock, grace: GRACE }
    const { seats: size, points, name: game } = entry.game
    if (size.max === 1) {
      const replaced = this.#replace()
      const { owner, token } = this.#options.createOwner(this.#user)
      const rated = points !== undefined
      this.#options.subscribe(
        this.#context.hall.open(game, { options, seats: [owner], rated, private: terms.private === true, clock }),
        0,
        token,
      )
      return replaced
    }
    const code = terms.private ? makeInviteCode(this.#context.bytes) : undefined
    // the house joins neither private nor rated games
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
    if (
      against !== undefined &&
      !this.#context.challenges.isReachable(against) &&
      !this.#context.hall.seeks.match({ ...this.#user, ...request })
    )
      return { code: 'not-now', refused: `${terms.against} is here only through a worksheet program, and cannot be asked for a game` }
    const replaced = this.#replace()
    const open = this.#seek(this.#user, request)
    const near = open ? findNearSeeks(this.#context, open) : []
    return { ...replaced, ...(code === undefined ? {} : { code }), ...(near.length > 0 ? { near } : {}) }
  }

  /** Cancels the open seek; returns whether there was one. */
  cancel(): boolean {
    const cancel = this.#cancelSeek
    this.#cancelSeek = undefined
    cancel?.()
    return cancel !== undefined
  }

  /** Joins the table of the user who has given a code; see `Lobby.join`. */
  join(typed: string, replace = false): LobbyRefusal | undefined {
    const busy = this.#busy(replace)
    if (busy || !this.#user) return busy ?? NAME_REQUIRED
    const code = parseInviteCode(typed)
    if (isRefusal(code)) return toLobbyRefusal('no-such-code', code)
    this.#codeTries ??= this.#context.people.codeTries(this.#peer.address)
    const denial = this.#codeTries.denial()
    if (denial) return toAuthRefusal(denial)
    const seek = this.#context.hall.findInvitation(code)
    if (!seek) {
      this.#codeTries.failed()
      return { code: 'no-such-code', refused: 'no open invitation has this code: it was used or cancelled, or the code is wrong' }
    }
    if (seek.person === this.#user.person) return { code: 'not-now', refused: 'this is your own invitation: give the code to another user' }
    if (seek.against !== undefined && seek.against !== this.#user.person) {
      return { code: 'not-now', refused: 'this invitation is for another user' }
    }
    if (seek.rated && !this.#registered) return UNREGISTERED
    const { game, options, rated, clock = {} } = seek
    this.#replace()
    this.#seek(this.#user, { game, options, rated, clock, code, seats: [0, 1], wait: Number.POSITIVE_INFINITY })
    return undefined
  }

  /** Accepts a challenge to this user; see `Lobby.acceptChallenge`. */
  accept(name?: string): LobbyRefusal | undefined {
    const busy = this.#busy(true)
    if (busy || !this.#user) return busy ?? NAME_REQUIRED
    const seek = findChallenge(this.#context, this.#user.person, name)
    if (isRefusal(seek)) return seek
    if (seek.rated && !this.#registered) return UNREGISTERED
    const { game, options, rated, clock = {}, person } = seek
    this.#replace()
    this.#seek(this.#user, { game, options, rated, clock, against: person, seats: [0, 1], wait: Number.POSITIVE_INFINITY })
    return undefined
  }

  /** Refuses a challenge to this user; see `Lobby.refuseChallenge`. */
  refuse(name?: string): LobbyRefusal | undefined {
    if (!this.#user) return NAME_REQUIRED
    const seek = findChallenge(this.#context, this.#user.person, name)
    if (isRefusal(seek)) return seek
    this.#context.hall.refuseChallenge(seek, this.#user.name)
    return undefined
  }

  /** The user's open seek. */
  get open(): OpenSeek | undefined {
    return this.#user && this.#context.hall.seeks.of(this.#user.person).slice(0, 1)[0]
  }

  #checkRated({ rated, against }: SeekTerms, { game }: CatalogueEntry): LobbyRefusal | undefined {
    if (!rated || game.seats.max === 1) return undefined
    if (!this.#registered) return UNREGISTERED
    const opposite = against === undefined ? undefined : this.#present(against)
    return typeof opposite !== 'string' || hasAccount(opposite)
      ? undefined
      : { code: 'not-now', refused: `${against} has no registered name, and cannot play a rated game` }
  }

  /** Cancels the open seek, if there is one, and returns it. */
  #replace(): { readonly replaced?: SeekInfo } {
    const seek = this.#cancelSeek && this.open
    this.cancel()
    return seek ? { replaced: toSeekInfo(this.#context.catalogue, seek) } : {}
  }

  /** Opens a seek; returns it, or `undefined` if it was matched at once. */
  #seek(user: OnlineUser, request: Omit<SeekRequest, 'owner' | 'onSeated' | 'onRefused'>): OpenSeek | undefined {
    const { owner, token } = this.#options.createOwner(user)
    let waiting = true
    const seated = (table: TableActor, seat: SeatNumber) => {
      waiting = false
      this.#cancelSeek = undefined
      this.#options.subscribe(table, seat, token)
    }
    let withdraw: (() => void) | undefined
    const onRefused = (by: string) => {
      this.#cancelSeek = undefined
      withdraw?.()
      this.#options.listener.challengeRefused(toSeekInfo(this.#context.catalogue, { ...request, name: by }))
    }
    const cancel = this.#context.hall.seek({ ...request, owner: owner, onSeated: seated, onRefused })
    // a matching seek may have been open already, and then nothing is left to cancel
    if (!waiting) return undefined
    withdraw = this.#challenge(user, request)
    this.#cancelSeek = () => {
      // a closed hall has no open seeks
      const isOpen = this.open !== undefined
      cancel()
      if (isOpen) withdraw?.()
    }
    return this.open
  }

  /** Sends the challenge, if the seek is addressed to a user and has no code; returns a function that withdraws the challenge. */
  #challenge(user: OnlineUser, { against, code, ...seek }: Omit<SeekRequest, 'owner' | 'onSeated'>): (() => void) | undefined {
    if (against === undefined || code !== undefined) return undefined
    return this.#context.challenges.sendChallenge({
      challenged: against,
      seeker: toSeekInfo(this.#context.catalogue, { ...seek, name: user.name }),
      address: this.#peer.address,
    })
  }

  /** Finds the user to challenge, or the reason why that user cannot be challenged. */
  #findOpponent({ person, name: own }: OnlineUser, name: string): PersonId | LobbyRefusal {
    const found = this.#present(name)
    if (found === person) return { code: 'not-now', refused: 'you cannot challenge yourself: name another user' }
    if (typeof found === 'string' && this.#context.challenges.isReachable(found) && !this.#context.challenges.isUnmuted(found, own))
      return MUTED
    const wait = typeof found === 'string' ? this.#context.challenges.wait({ challenged: found, address: this.#peer.address }) : 0
    return wait > 0
      ? { code: 'throttled', refused: `too many cancelled challenges to ${name}: try again in ${formatSeconds(wait)}` }
      : found
  }

  /** Finds an online user by name. */
  #present(name: string): PersonId | LobbyRefusal {
    return this.#context.people.named(name)?.person ?? notHere(name)
  }

  /** Returns a page of a list of open seeks, as users may see them. */
  page(seeks: { readonly size: number; slice(from: number, count: number): OpenSeek[] }, { from = 0, count }: PageRange): Page<SeekInfo> {
    return { items: seeks.slice(from, count).map((seek) => this.toOwnSeek(seek)), total: seeks.size }
  }

  /** Returns an open seek as its owner may see it: with the name of the user whom it challenges. */
  toOwnSeek(seek: OpenSeek): SeekInfo {
    const { against } = seek
    if (against === undefined) return toSeekInfo(this.#context.catalogue, seek)
    return { ...toSeekInfo(this.#context.catalogue, seek), against: this.#context.people.person(against)?.name ?? 'another user' }
  }

  /** Explains why the user cannot play now; with `replace`, an open seek is no reason. */
  #busy(replace = false): LobbyRefusal | undefined {
    const busy = this.#options.busy()
    if (busy || replace || !this.#cancelSeek || !this.open) return busy
    return { code: 'not-now', refused: 'you have an open seek already: cancel it first' }
  }

  get #user(): OnlineUser | undefined {
    return this.#options.user()
  }

  get #registered(): boolean {
    return this.#user !== undefined && hasAccount(this.#user.person)
  }
}

const UNREGISTERED: LobbyRefusal = { code: 'who-are-you', refused: 'rated games are for registered names: register first' }
