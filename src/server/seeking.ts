import { secondsOf } from '../base/counts.ts'
import { checkSeats, checkSettings, type Entry, entryOf } from '../games/catalogue.ts'
import { isRefusal, type SeatNumber } from '../games/game.ts'
import type { CodeTries } from '../hall/code-tries.ts'
import { inviteCode, readCode } from '../hall/codes.ts'
import type { Seek } from '../hall/hall.ts'
import type { LiveTable } from '../hall/live.ts'
import type { Wish } from '../hall/matching.ts'
import type { Visitor } from '../hall/people.ts'
import { type ClockRules, hasAccount, type PersonId, type Sitter } from '../hall/ports.ts'
import type { Line } from '../protocols/house.ts'
import type { GameWish, LobbyListener, LobbyRefusal, Page, Range, Seeker, Sought } from '../protocols/lobby.ts'
import { MUTED } from './calls.ts'
import { challengeTo, nearTo } from './challenges.ts'
import { seekerOf } from './known.ts'
import { coded, denied, noGame, notHere, WHO } from './refusals.ts'
import type { Rooms } from './rooms.ts'

/** SeekingOptions is what seeking needs of its session. */
export interface SeekingOptions {
  readonly rooms: Rooms
  readonly line: Line
  readonly listener: LobbyListener
  /** Returns the user who seeks. */
  visitor(): Visitor | undefined
  /** Checks whether the user has left. */
  isClosed(): boolean
  /** Explains why the user cannot play now, with or without a seek. */
  busy(): LobbyRefusal | undefined
  /** Returns the user as a sitter, with the token that leads back to the seat. */
  sitter(visitor: Visitor): { sitter: Sitter; token: string }
  /** Takes a seat. */
  seated(table: LiveTable, seat: SeatNumber, token: string): void
}

/** Milliseconds until the house sits down opposite, by default. */
const WAIT = 10_000
/** Milliseconds to come back to a seat after the connection has gone. */
const GRACE = 120_000

/** Seeking is how one session comes to play: the seek that it has open, invitations, and challenges. */
export class Seeking {
  readonly #options: SeekingOptions
  readonly #rooms: Rooms
  readonly #line: Line
  #cancelSeek: (() => void) | undefined
  #codeTries: CodeTries | undefined

  constructor(options: SeekingOptions) {
    this.#options = options
    this.#rooms = options.rooms
    this.#line = options.line
  }

  /** Wants to play; see `Lobby`. */
  async seek(wish: GameWish): Promise<Sought | LobbyRefusal> {
    const entry = entryOf(wish.game)
    if (!entry) return noGame(wish.game)
    const wrong = checkSettings(entry, wish.settings) ?? checkSeats(entry, wish.seats)
    if (wrong) return coded('bad-setting', wrong)
    const refusal = this.#busy(wish.replace) ?? this.#checkRated(wish, entry)
    if (refusal) return refusal
    const options = await entry.setup(wish.settings, this.#rooms.stock)
    // another user may have entered through this connection meanwhile, or it may have closed
    if (!this.#visitor || this.#options.isClosed()) return WHO
    const against = wish.against === undefined ? undefined : this.#wanted(this.#visitor, wish.against)
    if (against !== undefined && typeof against !== 'string') return against
    const clock: ClockRules = { ...wish.clock, grace: GRACE }
    const { seats: size, points, name: game } = entry.game
    if (size.max === 1) {
      const replaced = this.#replace()
      const { sitter, token } = this.#options.sitter(this.#visitor)
      const rated = points !== undefined
      this.#options.seated(
        this.#rooms.hall.open(game, { options, seats: [sitter], rated, private: wish.private === true, clock }),
        0,
        token,
      )
      return replaced
    }
    const code = wish.private ? inviteCode(this.#rooms.bytes) : undefined
    // the house has no friends and no rating
    const nobodyElse = code !== undefined || against !== undefined || wish.rated || wish.wait === null
    const sought = {
      game,
      options: options ?? {},
      seats: wish.seats ?? [...Array(size.max).keys()],
      rated: wish.rated === true,
      clock,
      wait: nobodyElse ? Number.POSITIVE_INFINITY : (wish.wait ?? this.#rooms.wait ?? WAIT),
      ...(against === undefined ? {} : { against }),
      ...(code === undefined ? {} : { code }),
    }
    if (against !== undefined && !this.#rooms.calls.reaches(against) && !this.#rooms.hall.seeks.match({ ...this.#visitor, ...sought }))
      return { code: 'not-now', refused: `${wish.against} is here only through a worksheet program, and cannot be asked for a game` }
    const replaced = this.#replace()
    const open = this.#seek(this.#visitor, sought)
    const near = open ? nearTo(this.#rooms.hall, open) : []
    return { ...replaced, ...(code === undefined ? {} : { code }), ...(near.length > 0 ? { near } : {}) }
  }

  /** Cancels the open seek; answers whether there was one. */
  cancel(): boolean {
    const cancel = this.#cancelSeek
    this.#cancelSeek = undefined
    cancel?.()
    return cancel !== undefined
  }

  /** Joins the table of the user who has given a code; see `Lobby`. */
  join(typed: string, replace = false): LobbyRefusal | undefined {
    const busy = this.#busy(replace)
    if (busy || !this.#visitor) return busy ?? WHO
    const code = readCode(typed)
    if (isRefusal(code)) return coded('no-such-code', code)
    this.#codeTries ??= this.#rooms.people.codeTries(this.#line.address)
    const denial = this.#codeTries.denial()
    if (denial) return denied(denial)
    const wish = this.#rooms.hall.invitation(code)
    if (!wish) {
      this.#codeTries.failed()
      return { code: 'no-such-code', refused: 'nobody waits with this code: it was used, or taken back, or is another' }
    }
    if (wish.person === this.#visitor.person)
      return { code: 'not-now', refused: 'this is your own invitation: tell the code to somebody else' }
    if (wish.against !== undefined && wish.against !== this.#visitor.person) {
      return { code: 'not-now', refused: 'this invitation is for somebody else' }
    }
    if (wish.rated && !this.#registered) return UNREGISTERED
    const { game, options, rated, clock = {} } = wish
    this.#replace()
    this.#seek(this.#visitor, { game, options, rated, clock, code, seats: [0, 1], wait: Number.POSITIVE_INFINITY })
    return undefined
  }

  /** Accepts the seek of a user who seeks this one by name; see `Lobby`. */
  accept(name?: string): LobbyRefusal | undefined {
    const busy = this.#busy(true)
    if (busy || !this.#visitor) return busy ?? WHO
    const wish = challengeTo(this.#rooms, this.#visitor.person, name)
    if (isRefusal(wish)) return wish
    if (wish.rated && !this.#registered) return UNREGISTERED
    const { game, options, rated, clock = {}, person } = wish
    this.#replace()
    this.#seek(this.#visitor, { game, options, rated, clock, against: person, seats: [0, 1], wait: Number.POSITIVE_INFINITY })
    return undefined
  }

  /** Refuses the seek of a user who seeks this one by name; see `Lobby`. */
  refuse(name?: string): LobbyRefusal | undefined {
    if (!this.#visitor) return WHO
    const wish = challengeTo(this.#rooms, this.#visitor.person, name)
    if (isRefusal(wish)) return wish
    this.#rooms.hall.refuse(wish, this.#visitor.name)
    return undefined
  }

  /** The open seek of this person. */
  get open(): Wish | undefined {
    return this.#visitor && this.#rooms.hall.seeks.of(this.#visitor.person).slice(0, 1)[0]
  }

  #checkRated({ rated, against }: GameWish, { game }: Entry): LobbyRefusal | undefined {
    if (!rated || game.seats.max === 1) return undefined
    if (!this.#registered) return UNREGISTERED
    const opposite = against === undefined ? undefined : this.#present(against)
    return typeof opposite !== 'string' || hasAccount(opposite)
      ? undefined
      : { code: 'not-now', refused: `${against} has no registered name, and could not play for a rating` }
  }

  /** Cancels the open seek, if there is one, and answers with it. */
  #replace(): { readonly replaced?: Seeker } {
    const wish = this.#cancelSeek && this.open
    this.cancel()
    return wish ? { replaced: seekerOf(wish) } : {}
  }

  /** Seeks company; answers with the seek if it is still open. */
  #seek(visitor: Visitor, wish: Omit<Seek, 'sitter' | 'seated' | 'onRefused'>): Wish | undefined {
    const { sitter, token } = this.#options.sitter(visitor)
    let waiting = true
    const seated = (table: LiveTable, seat: SeatNumber) => {
      waiting = false
      this.#cancelSeek = undefined
      this.#options.seated(table, seat, token)
    }
    let takeBack: (() => void) | undefined
    const onRefused = (by: string) => {
      this.#cancelSeek = undefined
      takeBack?.()
      this.#options.listener.refused(seekerOf({ ...wish, name: by }))
    }
    const cancel = this.#rooms.hall.seek({ ...wish, sitter, seated, onRefused })
    // another seek may have waited already, and then nothing is left to cancel
    if (!waiting) return undefined
    takeBack = this.#call(visitor, wish)
    this.#cancelSeek = () => {
      // in a hall that was closed, no seek waits
      const waits = this.open !== undefined
      cancel()
      if (waits) takeBack?.()
    }
    return this.open
  }

  /** Sends the challenge to the user who is sought by name, unless there is a code; the answer withdraws it. */
  #call(visitor: Visitor, { against, code, ...wish }: Omit<Seek, 'sitter' | 'seated'>): (() => void) | undefined {
    if (against === undefined || code !== undefined) return undefined
    return this.#rooms.calls.call({
      person: against,
      seeker: seekerOf({ ...wish, name: visitor.name }),
      address: this.#line.address,
    })
  }

  /** Finds the user who is sought by name. */
  #wanted({ person, name: own }: Visitor, name: string): PersonId | LobbyRefusal {
    const found = this.#present(name)
    if (found === person) return { code: 'not-now', refused: 'nobody plays with oneself: name somebody else' }
    if (typeof found === 'string' && this.#rooms.calls.reaches(found) && !this.#rooms.calls.hears(found, own)) return MUTED
    const wait = typeof found === 'string' ? this.#rooms.calls.wait({ person: found, address: this.#line.address }) : 0
    return wait > 0 ? { code: 'throttled', refused: `${name} was asked and let go too often: wait ${secondsOf(wait)}` } : found
  }

  /** Finds a user who is here, by name. */
  #present(name: string): PersonId | LobbyRefusal {
    return this.#rooms.people.named(name)?.person ?? notHere(name)
  }

  /** A part of a list of open seeks, as they are shown. */
  page(seeks: { readonly size: number; slice(from: number, count: number): Wish[] }, { from = 0, count }: Range): Page<Seeker> {
    return { items: seeks.slice(from, count).map((wish) => this.shown(wish)), total: seeks.size }
  }

  /** An open seek, as it is shown. */
  shown(wish: Wish): Seeker {
    const { against } = wish
    if (against === undefined) return seekerOf(wish)
    return { ...seekerOf(wish), against: this.#rooms.people.person(against)?.name ?? 'somebody' }
  }

  /** Explains why the user cannot play now; with `replace`, an open seek is no reason. */
  #busy(replace = false): LobbyRefusal | undefined {
    const busy = this.#options.busy()
    if (busy || replace || !this.#cancelSeek || !this.open) return busy
    return { code: 'not-now', refused: 'you wait for somebody already: cancel that first' }
  }

  get #visitor(): Visitor | undefined {
    return this.#options.visitor()
  }

  get #registered(): boolean {
    return this.#visitor !== undefined && hasAccount(this.#visitor.person)
  }
}

/** The refusal of who has no registered name. */
const UNREGISTERED: LobbyRefusal = { code: 'who-are-you', refused: 'rated games are for registered names: register first' }
