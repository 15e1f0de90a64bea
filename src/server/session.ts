import { checkSeats, checkSettings, type Entry, entryOf } from '../games/catalogue.ts'
import { isRefusal, type SeatNumber } from '../games/game.ts'
import { hashToken, inviteCode, readCode, readToken, secretToken } from '../hall/codes.ts'
import type { Denial } from '../hall/denial.ts'
import type { Seek } from '../hall/hall.ts'
import type { LiveTable } from '../hall/live.ts'
import type { Wish } from '../hall/matching.ts'
import type { Ended, Visitor } from '../hall/people.ts'
import { type ClockRules, hasAccount, type PersonId, type Sitter } from '../hall/ports.ts'
import type { Line } from '../protocols/house.ts'
import type {
  Attendance,
  FinishedGame,
  GameWish,
  LadderRow,
  Lobby,
  LobbyListener,
  LobbyRefusal,
  Page,
  PersonInfo,
  Range,
  Seeker,
  Sought,
  TableInfo,
} from '../protocols/lobby.ts'
import { Attended } from './attended.ts'
import { MUTED } from './calls.ts'
import { challengeTo, nearTo } from './challenges.ts'
import { historyOf } from './histories.ts'
import type { Holdings } from './holdings.ts'
import { Identity } from './identity.ts'
import { isPublic, seekerOf, tableInfo } from './known.ts'
import { noRoom } from './limits.ts'
import { coded, denied, noGame, noTable, UNAVAILABLE, WHO } from './refusals.ts'
import type { OnSeated, Rooms } from './rooms.ts'
import { Talk } from './talk.ts'
import { watchersOf } from './watchers.ts'

/** What a session is made of. */
export interface SessionOptions {
  readonly rooms: Rooms
  readonly line: Line
  readonly listener: LobbyListener
  readonly holdings: Holdings
  /** Told of each seat that is taken. */
  readonly onSeated?: OnSeated | undefined
}

/** Milliseconds until the house sits down opposite, where nobody says otherwise. */
const WAIT = 10_000
/** Milliseconds to come back to a seat after the connection has gone. */
const GRACE = 120_000
/** Tables at which one somebody may be at a time. */
const TABLES = 20

/** Bytes that an account, or its session, takes on the disk, about. */
const ACCOUNT = 500

/** Session is one somebody's stay in the lobby, through one connection. */
export class Session implements Lobby {
  readonly #rooms: Rooms
  readonly #line: Line
  readonly #onSeated: OnSeated | undefined
  readonly #tables: Attended
  readonly #identity: Identity
  readonly #listener: LobbyListener
  readonly #holdings: Holdings
  readonly #talk: Talk
  /** Seats that were taken up by their token alone, by table; each value releases it. */
  readonly #heldSeats = new Map<number, () => void>()
  #cancelSeek: (() => void) | undefined
  /** Ends that this one is told by whom it is sought. */
  #stopListening: (() => void) | undefined
  #closed = false

  constructor({ rooms, line, listener, holdings, onSeated }: SessionOptions) {
    this.#rooms = rooms
    this.#line = line
    this.#identity = new Identity({ people: rooms.people, line, onOther: () => this.#goAway() })
    this.#tables = new Attended(rooms.hall, listener, {
      holdings,
      name: () => this.#visitor?.name ?? '',
      ready: () => line.ready?.() ?? Promise.resolve(),
    })
    this.#holdings = holdings
    this.#talk = new Talk({ rooms, line, tables: this.#tables })
    this.#listener = listener
    this.#onSeated = onSeated
  }

  get me(): PersonInfo | undefined {
    return this.#visitor && this.#personInfo(this.#visitor)
  }

  async enter(name: string, how: { readonly password?: string; readonly secret?: string } = {}): Promise<LobbyRefusal | undefined> {
    return this.#entered(await this.#identity.enter(name, how))
  }

  async register(name: string, password: string): Promise<LobbyRefusal | undefined> {
    const { full } = this.#holdings.spending
    if (full !== undefined) return { code: 'too-many', refused: full }
    this.#holdings.spending.add(ACCOUNT)
    return this.#entered(await this.#identity.register(name, password))
  }

  checkPassword(password: string): LobbyRefusal | undefined {
    const denial = this.#rooms.people.checkPassword(password)
    return denial && denied(denial)
  }

  get reconnectSecret(): string | undefined {
    return this.#visitor && this.#rooms.people.reconnectSecret(this.#visitor)
  }

  async changePassword(old: string, password: string): Promise<Ended | LobbyRefusal> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : WHO
    const ended = await this.#identity.changePassword(old, password)
    return isRefusal(ended) ? denied(ended) : ended
  }

  async unregister(password: string): Promise<Ended | LobbyRefusal> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : WHO
    const ended = await this.#identity.unregister(password)
    if (isRefusal(ended)) return denied(ended)
    this.#entered(undefined)
    return ended
  }

  async openSession(): Promise<{ readonly session: string; readonly until: number } | LobbyRefusal> {
    if (!this.#visitor) return WHO
    const { full } = this.#holdings.spending
    if (full !== undefined) return { code: 'too-many', refused: full }
    this.#holdings.spending.add(ACCOUNT)
    const session = secretToken(this.#rooms.bytes)
    const until = await this.#rooms.people.openSession(this.#visitor, session)
    return isRefusal(until) ? denied(until) : { session, until }
  }

  async enterBySession(session: string): Promise<LobbyRefusal | undefined> {
    return this.#entered(await this.#identity.enterBySession(session))
  }

  async closeSession(session: string): Promise<LobbyRefusal | undefined> {
    await this.#rooms.people.closeSession(session)
    return undefined
  }

  isRegistered(name: string): Promise<boolean> {
    return this.#rooms.people.isRegistered(name)
  }

  listPeople({ from = 0, count }: Range): Page<PersonInfo> {
    const { people } = this.#rooms
    return { items: people.page(from, count).map((visitor) => this.#personInfo(visitor)), total: people.count }
  }

  isHere(name: string): boolean {
    return this.#rooms.people.named(name)?.name === name
  }

  listSeekers(range: Range): Page<Seeker> {
    return this.#seekers(this.#rooms.hall.seeks.shown, range)
  }

  listOpenSeekers(range: Range): Page<Seeker> {
    return this.#seekers(this.#rooms.hall.seeks.open, range)
  }

  listSought(range: Range): Page<Seeker> {
    return this.#visitor ? this.#seekers(this.#rooms.hall.seeks.against(this.#visitor.person), range) : { items: [], total: 0 }
  }

  get ownSeek(): Seeker | undefined {
    const own = this.#openSeek
    return own && own.code === undefined ? this.#seeker(own) : undefined
  }

  listTables({ from = 0, count }: Range): Page<TableInfo> {
    const { listing } = this.#rooms.hall
    return { items: listing.page(from, count).map(tableInfo), total: listing.size }
  }

  async ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal> {
    const entry = entryOf(game)
    return entry ? this.#rooms.hall.ladder(entry.game.name, limit) : noGame(game)
  }

  async rank(game: string): Promise<(LadderRow & { readonly of: number }) | undefined | LobbyRefusal> {
    const entry = entryOf(game)
    if (!entry) return noGame(game)
    return this.#visitor ? this.#rooms.hall.place(entry.game.name, this.#visitor.person) : WHO
  }

  async history(name: string | undefined, range: Range): Promise<(Page<FinishedGame> & { readonly name: string }) | LobbyRefusal> {
    if (!this.#visitor) return WHO
    return historyOf(this.#rooms, name === undefined ? this.#visitor : await this.#rooms.people.find(name), range, this.#visitor.person)
  }

  async seek(wish: GameWish): Promise<Sought | LobbyRefusal> {
    const entry = entryOf(wish.game)
    if (!entry) return noGame(wish.game)
    const wrong = checkSettings(entry, wish.settings) ?? checkSeats(entry, wish.seats)
    if (wrong) return coded('bad-setting', wrong)
    const refusal = this.#busy(wish.replace) ?? this.#checkRated(wish, entry)
    if (refusal) return refusal
    const options = await entry.setup(wish.settings, this.#rooms.stock)
    // somebody else may have come through this connection meanwhile, or it may have gone
    if (!this.#visitor || this.#closed) return WHO
    const against = wish.against === undefined ? undefined : this.#wanted(this.#visitor, wish.against)
    if (against !== undefined && typeof against !== 'string') return against
    const clock: ClockRules = { ...wish.clock, grace: GRACE }
    const { seats: size, points, name: game } = entry.game
    const replaced = this.#replace()
    if (size.max === 1) {
      const { sitter, token } = this.#sitter(this.#visitor)
      const rated = points !== undefined
      this.#seated(this.#rooms.hall.open(game, { options, seats: [sitter], rated, private: wish.private === true, clock }), 0, token)
      return replaced
    }
    const code = wish.private ? inviteCode(this.#rooms.bytes) : undefined
    // the house is nobody's friend, and has no rating
    const nobodyElse = code !== undefined || against !== undefined || wish.rated || wish.wait === null
    const open = this.#seek(this.#visitor, {
      game,
      options: options ?? {},
      seats: wish.seats ?? [...Array(size.max).keys()],
      rated: wish.rated === true,
      clock,
      wait: nobodyElse ? Number.POSITIVE_INFINITY : (wish.wait ?? this.#rooms.wait ?? WAIT),
      ...(against === undefined ? {} : { against }),
      ...(code === undefined ? {} : { code }),
    })
    const near = open ? nearTo(this.#rooms.hall, open) : []
    return { ...replaced, ...(code === undefined ? {} : { code }), ...(near.length > 0 ? { near } : {}) }
  }

  cancel(): boolean {
    const cancel = this.#cancelSeek
    this.#cancelSeek = undefined
    cancel?.()
    return cancel !== undefined
  }

  join(typed: string, replace = false): LobbyRefusal | undefined {
    const busy = this.#busy(replace)
    if (busy || !this.#visitor) return busy ?? WHO
    const code = readCode(typed)
    if (isRefusal(code)) return coded('no-such-code', code)
    const wait = this.#rooms.people.guessCode(this.#line.address)
    if (wait) return denied(wait)
    const wish = this.#rooms.hall.invitation(code)
    if (!wish) return { code: 'no-such-code', refused: 'nobody waits with this code: it was used, or taken back, or is another' }
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

  acceptChallenge(name?: string): LobbyRefusal | undefined {
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

  refuseChallenge(name?: string): LobbyRefusal | undefined {
    if (!this.#visitor) return WHO
    const wish = challengeTo(this.#rooms, this.#visitor.person, name)
    if (isRefusal(wish)) return wish
    this.#rooms.hall.refuse(wish, this.#visitor.name)
    return undefined
  }

  watch(id: number): Attendance | LobbyRefusal {
    const table = this.#rooms.hall.table(id)
    if (!table || !isPublic(table)) return noTable(id)
    if (!this.#tables.has(id) && this.#tables.size >= TABLES) return TOO_MANY_TABLES
    return this.#tables.attend(table, 'watcher').attendance
  }

  leave(id: number): LobbyRefusal | undefined {
    const refusal = this.#tables.leave(id)
    if (!refusal) this.#releaseSeat(id)
    return refusal
  }

  async resume(typed: string, after?: number): Promise<Attendance | LobbyRefusal> {
    const token = readToken(typed)
    if (isRefusal(token)) return coded('bad-token', token)
    const found = this.#rooms.hall.seatOf(hashToken(token))
    if (!found) return { code: 'bad-token', refused: 'no seat is held for this token: its game is over, or it is another' }
    const { table, seat } = found
    const sitter = table.state.opened.seats[seat]
    if (sitter && !this.#visitor && this.#identity.comeBack(sitter.person, sitter.name, hashToken(token))) this.#entered(undefined)
    if (sitter) this.#holdSeat(table.id, sitter)
    return this.#tables.takeUp(table, seat, token, after)
  }

  get keeps(): boolean {
    return this.#rooms.keeps
  }

  get waiting(): readonly TableInfo[] {
    return this.#held().map(({ table }) => tableInfo(table))
  }

  async resumeSeat(id: number, after?: number): Promise<Attendance | LobbyRefusal> {
    const held = this.#held().find(({ table }) => table.id === id)
    return held ? this.#tables.takeUp(held.table, held.seat, undefined, after) : noTable(id)
  }

  async play(id: number, move: string, after?: number): Promise<LobbyRefusal | undefined> {
    return this.#tables.play(id, move, after)
  }

  async say(id: number, text: string): Promise<LobbyRefusal | undefined> {
    const name = this.#visitor?.name ?? this.#tables.sitterAt(id)?.name
    return name === undefined ? WHO : this.#talk.say(name, id, text)
  }

  message(name: string, text: string): LobbyRefusal | undefined {
    return this.#visitor ? this.#talk.tell(this.#visitor, name, text) : WHO
  }

  mute(name: string): LobbyRefusal | undefined {
    return this.#visitor ? this.#talk.mute(name) : WHO
  }

  unmute(name: string): LobbyRefusal | undefined {
    return this.#talk.unmute(name)
  }

  get muted(): readonly string[] {
    return this.#talk.muted
  }

  hears(name: string): boolean {
    return this.#talk.hears(name)
  }

  watchers(id: number, range: Range): Page<string> | LobbyRefusal {
    const table = this.#rooms.hall.table(id)
    if (!table || !(isPublic(table) || this.#tables.has(id))) return noTable(id)
    return watchersOf(table, range)
  }

  async offer(id: number): Promise<LobbyRefusal | undefined> {
    const sitter = this.#tables.sitterAt(id)
    // the token of a seat opens that seat, and no other
    if (sitter?.over && sitter.person !== this.#visitor?.person) return anotherGame(sitter.name)
    // a rematch is a table more, while the one before is still attended
    const full = sitter?.over ? noRoom(this.#rooms, sitter.person, this.#holdings) : undefined
    return full === undefined ? this.#tables.offer(id) : { code: 'too-many', refused: full }
  }

  async decline(id: number): Promise<LobbyRefusal | undefined> {
    return this.#tables.act(id, 'decline')
  }

  async resign(id: number): Promise<LobbyRefusal | undefined> {
    return this.#tables.act(id, 'resign')
  }

  async claim(id: number): Promise<LobbyRefusal | undefined> {
    return this.#tables.act(id, 'claim')
  }

  async abort(id: number): Promise<LobbyRefusal | undefined> {
    return this.#tables.act(id, 'abort')
  }

  /** Goes away: seats are held for a while, wishes are taken back. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#goAway()
    this.#tables.close()
    this.#identity.close()
    this.#stopListening?.()
  }

  /** Is told from now on by whom it is sought, unless it was not let in. */
  #entered(denial: Denial | undefined): LobbyRefusal | undefined {
    if (denial) return denied(denial)
    this.#stopListening?.()
    this.#stopListening =
      this.#visitor && !this.#closed ? this.#rooms.calls.listen(this.#visitor.person, this.#talk.heard(this.#listener)) : undefined
    return undefined
  }

  #goAway(): void {
    this.cancel()
    for (const id of [...this.#heldSeats.keys()]) this.#releaseSeat(id)
    this.#tables.end()
  }

  #seekers(seeks: { readonly size: number; slice(from: number, count: number): Wish[] }, { from = 0, count }: Range): Page<Seeker> {
    return { items: seeks.slice(from, count).map((wish) => this.#seeker(wish)), total: seeks.size }
  }

  #seeker(wish: Wish): Seeker {
    const { against } = wish
    if (against === undefined) return seekerOf(wish)
    return { ...seekerOf(wish), against: this.#rooms.people.person(against)?.name ?? 'somebody' }
  }

  /** Notes that this connection is in a seat: as its owner, or else by its token alone, until the account's password is changed. */
  #holdSeat(id: number, { person, token }: Sitter): void {
    if (token !== undefined && this.#visitor?.person === person) this.#visitor.hold(token)
    else if (!this.#heldSeats.has(id))
      this.#heldSeats.set(
        id,
        this.#rooms.people.holdSeat(person, (reason) => this.#line.end(reason)),
      )
  }

  #releaseSeat(id: number): void {
    this.#heldSeats.get(id)?.()
    this.#heldSeats.delete(id)
  }

  #personInfo({ person, name }: Visitor): PersonInfo {
    const tables = [...this.#rooms.hall.seatsOf(person)].map(({ table }) => table.id)
    return { name, registered: hasAccount(person), tables }
  }

  get #visitor(): Visitor | undefined {
    return this.#identity.visitor
  }

  get #registered(): boolean {
    return this.#visitor !== undefined && hasAccount(this.#visitor.person)
  }

  /** Why this one cannot want to play just now; with `replace`, an open seek is no reason. */
  #busy(replace = false): LobbyRefusal | undefined {
    if (!this.#visitor) return WHO
    if (this.#tables.size >= TABLES) return TOO_MANY_TABLES
    if (!this.#rooms.hall.writable) return UNAVAILABLE
    const full = noRoom(this.#rooms, this.#visitor.person, this.#holdings)
    if (full !== undefined) return { code: 'too-many', refused: full }
    return !replace && this.#cancelSeek && this.#openSeek
      ? { code: 'not-now', refused: 'you wait for somebody already: cancel that first' }
      : undefined
  }

  /** The open seek of this person. */
  get #openSeek(): Wish | undefined {
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

  /** Somebody as a sitter, and the token by which this one comes back to the seat. */
  #sitter({ person, name }: Visitor): { sitter: Sitter; token: string } {
    const token = secretToken(this.#rooms.bytes)
    return { sitter: this.#holdings.marked({ person, name, token: hashToken(token) }), token }
  }

  /** Cancels the open seek, if there is one, and answers with it. */
  #replace(): { readonly replaced?: Seeker } {
    const wish = this.#cancelSeek && this.#openSeek
    this.cancel()
    return wish ? { replaced: seekerOf(wish) } : {}
  }

  /** Seeks company; answers with the seek if it is still open. */
  #seek(visitor: Visitor, wish: Omit<Seek, 'sitter' | 'seated' | 'onRefused'>): Wish | undefined {
    const { sitter, token } = this.#sitter(visitor)
    let waiting = true
    const seated = (table: LiveTable, seat: SeatNumber) => {
      waiting = false
      this.#seated(table, seat, token)
    }
    let takeBack: (() => void) | undefined
    const onRefused = (by: string) => {
      this.#cancelSeek = undefined
      takeBack?.()
      this.#listener.refused(seekerOf({ ...wish, name: by }))
    }
    const cancel = this.#rooms.hall.seek({ ...wish, sitter, seated, onRefused })
    // somebody may have waited already, and then there is nothing to take back
    if (!waiting) return undefined
    takeBack = this.#call(visitor, wish)
    this.#cancelSeek = () => {
      // in a hall that was closed, nobody waits
      const waits = this.#openSeek !== undefined
      cancel()
      if (waits) takeBack?.()
    }
    return this.#openSeek
  }

  /** Tells the one who is sought by name, unless it is to be told a code; the answer takes that back. */
  #call(visitor: Visitor, { against, code, ...wish }: Omit<Seek, 'sitter' | 'seated'>): (() => void) | undefined {
    if (against === undefined || code !== undefined) return undefined
    return this.#rooms.calls.call({
      person: against,
      seeker: seekerOf({ ...wish, name: visitor.name }),
      address: this.#line.address,
    })
  }

  /** The person whom somebody wants to play with, by name. */
  #wanted({ person, name: own }: Visitor, name: string): PersonId | LobbyRefusal {
    const found = this.#present(name)
    if (found === person) return { code: 'not-now', refused: 'nobody plays with oneself: name somebody else' }
    if (typeof found === 'string' && !this.#rooms.calls.reaches(found)) {
      return { code: 'not-now', refused: `${name} is here only through a worksheet program, and cannot be asked for a game` }
    }
    if (typeof found === 'string' && !this.#rooms.calls.hears(found, own)) return MUTED
    const wait = typeof found === 'string' ? this.#rooms.calls.wait({ person: found, address: this.#line.address }) : 0
    return wait > 0
      ? { code: 'throttled', refused: `${name} was asked and let go too often: wait ${Math.ceil(wait / 1000)} seconds` }
      : found
  }

  /** The person of somebody who is here. */
  #present(name: string): PersonId | LobbyRefusal {
    return this.#rooms.people.named(name)?.person ?? { code: 'no-such-person', refused: `${name} is not here: see who is` }
  }

  #seated(table: LiveTable, seat: SeatNumber, token: string): void {
    this.#cancelSeek = undefined
    this.#onSeated?.(table.id, seat)
    this.#visitor?.hold(hashToken(token))
    this.#tables.sit(table, seat, token)
  }

  /** The own seats at tables that go on, which are not attended through this connection. */
  #held() {
    const { person } = this.#visitor ?? {}
    // a guest's name is anybody's: only a token shows whose seat it is
    if (person === undefined || !hasAccount(person)) return []
    return [...this.#rooms.hall.seatsOf(person)].filter(({ table }) => !this.#tables.has(table.id))
  }
}

/** The refusal of one table more. */
const TOO_MANY_TABLES: LobbyRefusal = { code: 'too-many', refused: `you are at ${TABLES} tables already: leave one first` }

/** The refusal of who has no password. */
const NO_PASSWORD: LobbyRefusal = { code: 'who-are-you', refused: 'only registered names have a password: register first' }

/** The refusal of another game to who is in a seat by its token. */
function anotherGame(name: string): LobbyRefusal {
  return { code: 'who-are-you', refused: `the token opens this seat alone: come in as ${name} to play again` }
}

/** The refusal of who has no registered name. */
const UNREGISTERED: LobbyRefusal = { code: 'who-are-you', refused: 'rated games are for registered names: register first' }
