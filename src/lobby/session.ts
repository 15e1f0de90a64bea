import { entryOf } from '../games/catalogue.ts'
import { isRefusal, type SeatNumber } from '../games/game.ts'
import type {
  Attendance,
  FinishedGame,
  GameWish,
  HeldSeat,
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
} from '../hall/api.ts'
import type { Denial } from '../hall/denial.ts'
import type { Ended, Visitor } from '../hall/people.ts'
import { hasAccount, type Sitter } from '../hall/ports.ts'
import type { LiveTable } from '../hall/table-actor.ts'
import { hashToken, readToken, secretToken } from '../hall/tokens.ts'
import type { Line } from '../protocol/seating.ts'
import { noRoom } from './capacity.ts'
import type { OnSeated, Rooms } from './context.ts'
import { coded, denied, noGame, noTable, UNAVAILABLE, WHO } from './errors.ts'
import { historyOf } from './histories.ts'
import type { Holdings } from './holdings.ts'
import { Identity } from './identity.ts'
import { isPublic, isSeatOf, tableInfo } from './projections.ts'
import { Seeking } from './seeking.ts'
import { Attended } from './subscriptions.ts'
import { Talk } from './talk.ts'
import { watchersOf } from './watchers.ts'

/** LobbySessionOptions are the parts of a session. */
export interface SessionOptions {
  readonly rooms: Rooms
  readonly line: Line
  readonly listener: LobbyListener
  readonly holdings: Holdings
  /** Called with each seat that the session takes. */
  readonly onSeated?: OnSeated | undefined
}

/** Maximum number of tables to which one session is subscribed at a time. */
const TABLES = 20

/**
 * LobbySession is one user's stay in the lobby, through one connection. It puts together the parts of that stay: Identity
 * (the user's name), SeekControl (seeks and challenges), Subscriptions (tables) and LobbyTalk (talk and messages). Every
 * method answers a refused request with a LobbyRefusal, which has changed nothing.
 */
export class Session implements Lobby {
  readonly #rooms: Rooms
  readonly #line: Line
  readonly #onSeated: OnSeated | undefined
  readonly #tables: Attended
  readonly #identity: Identity
  readonly #listener: LobbyListener
  readonly #holdings: Holdings
  readonly #talk: Talk
  /** Functions that release the seats which this connection resumed by their token alone, by table. */
  readonly #heldSeats = new Map<number, () => void>()
  readonly #seeking: Seeking
  /** Ends the subscription to challenges. */
  #stopListening: (() => void) | undefined
  #closed = false

  constructor({ rooms, line, listener, holdings, onSeated }: SessionOptions) {
    this.#rooms = rooms
    this.#line = line
    this.#identity = new Identity({ people: rooms.people, line, onOther: () => this.#leaveAll() })
    this.#tables = new Attended(rooms.hall, listener, {
      holdings,
      name: () => this.#visitor?.name ?? '',
      ready: () => line.ready?.() ?? Promise.resolve(),
    })
    this.#holdings = holdings
    this.#talk = new Talk({ rooms, line, tables: this.#tables })
    this.#seeking = new Seeking({
      ...{ rooms, line, listener },
      visitor: () => this.#visitor,
      isClosed: () => this.#closed,
      busy: () => this.#busy(),
      createOwner: (visitor) => this.#createOwner(visitor),
      seated: (table, seat, token) => this.#seated(table, seat, token),
    })
    this.#listener = listener
    this.#onSeated = onSeated
  }

  get me(): PersonInfo | undefined {
    return this.#visitor && this.#personInfo(this.#visitor)
  }

  async enter(name: string, how: { readonly password?: string; readonly secret?: string } = {}): Promise<LobbyRefusal | undefined> {
    const denial =
      how.password === undefined && (await this.registeredName(name)) === undefined ? this.#rooms.people.checkName(name) : undefined
    return this.#entered(denial ?? (await this.#identity.enter(name, how)))
  }

  async register(name: string, password: string): Promise<LobbyRefusal | undefined> {
    const wrong = this.checkName(name)
    if (wrong) return wrong
    const { full } = this.#holdings.spending
    if (full !== undefined) return { code: 'too-many', refused: full }
    this.#holdings.spendOnAccount()
    return this.#entered(await this.#identity.register(name, password))
  }

  checkPassword(password: string): LobbyRefusal | undefined {
    const denial = this.#rooms.people.checkPassword(password)
    return denial && denied(denial)
  }

  get awaySince(): number | undefined {
    return this.#visitor?.awaySince
  }

  checkName(name: string): LobbyRefusal | undefined {
    const denial = this.#rooms.people.checkName(name)
    return denial && denied(denial)
  }

  async confirmPassword(password: string): Promise<LobbyRefusal | undefined> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : WHO
    const denial = await this.#identity.confirmPassword(password)
    return denial && denied(denial)
  }

  get reconnectSecret(): string | undefined {
    return this.#visitor && this.#rooms.people.reconnectSecret(this.#visitor)
  }

  async changePassword(old: string, password: string): Promise<Ended | LobbyRefusal> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : WHO
    // counted and never refused, like `unregister`: the owner must be able to end other sessions of the account
    this.#holdings.spendOnAccount()
    const ended = await this.#identity.changePassword(old, password)
    return isRefusal(ended) ? denied(ended) : ended
  }

  async unregister(password: string): Promise<Ended | LobbyRefusal> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : WHO
    this.#holdings.spendOnAccount()
    const ended = await this.#identity.unregister(password)
    if (isRefusal(ended)) return denied(ended)
    this.#entered(undefined)
    return ended
  }

  async openSession(): Promise<{ readonly session: string; readonly until: number } | LobbyRefusal> {
    if (!this.#visitor) return WHO
    const { full } = this.#holdings.spending
    if (full !== undefined) return { code: 'too-many', refused: full }
    this.#holdings.spendOnAccount()
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

  registeredName(name: string): Promise<string | undefined> {
    return this.#rooms.people.registeredName(name)
  }

  listPeople({ from = 0, count }: Range): Page<PersonInfo> {
    const { people } = this.#rooms
    return { items: people.page(from, count).map((visitor) => this.#personInfo(visitor)), total: people.count }
  }

  isHere(name: string): boolean {
    return this.#rooms.people.named(name)?.name === name
  }

  nameHere(name: string): string | undefined {
    return this.#rooms.people.named(name)?.name
  }

  listSeekers(range: Range): Page<Seeker> {
    return this.#seeking.page(this.#rooms.hall.seeks.shown, range)
  }

  listOpenSeekers(range: Range): Page<Seeker> {
    return this.#seeking.page(this.#rooms.hall.seeks.open, range)
  }

  listSought(range: Range): Page<Seeker> {
    return this.#visitor ? this.#seeking.page(this.#rooms.hall.seeks.against(this.#visitor.person), range) : { items: [], total: 0 }
  }

  get ownSeek(): Seeker | undefined {
    const own = this.#seeking.open
    return own && own.code === undefined ? this.#seeking.shown(own) : undefined
  }

  get ownInvitation(): Seeker | undefined {
    const own = this.#seeking.open
    return own && own.code !== undefined ? this.#seeking.shown(own) : undefined
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

  seek(terms: GameWish): Promise<Sought | LobbyRefusal> {
    return this.#seeking.seek(terms)
  }

  cancel(): boolean {
    return this.#seeking.cancel()
  }

  join(code: string, replace = false): LobbyRefusal | undefined {
    return this.#seeking.join(code, replace)
  }

  acceptChallenge(name?: string): LobbyRefusal | undefined {
    return this.#seeking.accept(name)
  }

  refuseChallenge(name?: string): LobbyRefusal | undefined {
    return this.#seeking.refuse(name)
  }

  watch(id: number): Attendance | LobbyRefusal {
    const table = this.#rooms.hall.table(id)
    if (!table || !isPublic(table)) return noTable(id)
    if (!this.#tables.has(id) && this.#tables.size >= TABLES) return TOO_MANY_TABLES
    return this.#tables.attend(table, 'watcher').attendance
  }

  leave(id: number): LobbyRefusal | undefined {
    const refusal = this.#orResume(id, this.#tables.leave(id))
    if (!refusal) this.#releaseSeat(id)
    return refusal
  }

  async resume(typed: string, after?: number): Promise<Attendance | LobbyRefusal> {
    const token = readToken(typed)
    if (isRefusal(token)) return coded('bad-token', token)
    const found = this.#rooms.hall.seatOf(hashToken(token))
    if (!found) return { code: 'bad-token', refused: 'no seat is held for this token: its game is over, or the token is wrong' }
    const { table, seat } = found
    const owner = table.state.opened.seats[seat]
    if (owner && !this.#visitor && this.#identity.comeBack(owner.person, owner.name, hashToken(token))) this.#entered(undefined)
    if (owner) this.#holdSeat(table.id, owner)
    return this.#tables.takeUp(table, seat, token, after)
  }

  get keeps(): boolean {
    return this.#rooms.keeps
  }

  get waiting(): readonly HeldSeat[] {
    return this.#held().map(({ table, seat }) => {
      const isTaken = table.attendants.some(({ who }) => who === seat)
      return { ...tableInfo(table), ...(isTaken ? { elsewhere: true } : {}) }
    })
  }

  async resumeSeat(id: number, after?: number): Promise<Attendance | LobbyRefusal> {
    const held = this.#held().find(({ table }) => table.id === id)
    if (held) return this.#tables.takeUp(held.table, held.seat, undefined, after)
    return this.#tables.takeUpAgain(id, after) ?? noTable(id)
  }

  async play(id: number, move: string, after?: number): Promise<LobbyRefusal | undefined> {
    return this.#orResume(id, await this.#tables.play(id, move, after))
  }

  async say(id: number, text: string): Promise<LobbyRefusal | undefined> {
    const name = this.#visitor?.name ?? this.#tables.sitterAt(id)?.name
    return name === undefined ? WHO : this.#orResume(id, await this.#talk.say(name, id, text))
  }

  hearers(id: number): number {
    return this.#tables.hearers(id)
  }

  message(name: string, text: string): LobbyRefusal | undefined {
    return this.#visitor ? this.#talk.tell(this.#visitor, name, text) : WHO
  }

  async mute(name: string): Promise<LobbyRefusal | undefined> {
    return this.#visitor ? this.#talk.mute(this.#visitor, name) : WHO
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
    const owner = this.#tables.sitterAt(id)
    // the token of a seat gives access to that seat only
    if (owner?.over && owner.person !== this.#visitor?.person) return anotherGame(owner.name)
    // a rematch opens a new table while the session is still subscribed to the old one
    const full = owner?.over ? noRoom(this.#rooms, owner.person, this.#holdings) : undefined
    return full === undefined ? this.#orResume(id, await this.#tables.offer(id)) : { code: 'too-many', refused: full }
  }

  async decline(id: number): Promise<LobbyRefusal | undefined> {
    return this.#orResume(id, await this.#tables.act(id, 'decline'))
  }

  async resign(id: number): Promise<LobbyRefusal | undefined> {
    return this.#orResume(id, await this.#tables.act(id, 'resign'))
  }

  async claim(id: number): Promise<LobbyRefusal | undefined> {
    return this.#orResume(id, await this.#tables.act(id, 'claim'))
  }

  async abort(id: number): Promise<LobbyRefusal | undefined> {
    return this.#orResume(id, await this.#tables.act(id, 'abort'))
  }

  /** Ends the session: its seats are held for a while, and its open seek is cancelled. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#leaveTables()
    this.#tables.close()
    this.#identity.close()
    this.#stopListening?.()
  }

  /** Subscribes to the challenges to the user who has entered; translates the error if no user has. */
  #entered(denial: Denial | undefined): LobbyRefusal | undefined {
    if (denial) return denied(denial)
    this.#stopListening?.()
    this.#stopListening =
      this.#visitor && !this.#closed ? this.#rooms.calls.listen(this.#visitor.person, this.#talk.heard(this.#listener)) : undefined
    return undefined
  }

  #leaveTables(): readonly number[] {
    this.cancel()
    for (const id of [...this.#heldSeats.keys()]) this.#releaseSeat(id)
    return this.#tables.end()
  }

  /** Leaves all tables, because the connection now belongs to another user, and notifies the client. */
  #leaveAll(): void {
    for (const id of this.#leaveTables()) this.#listener.left?.(id)
  }

  /** Records that this connection holds a seat: as its owner, or else by its token alone, until the account's password changes. */
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

  /** Returns the refusal; if it says that the user has no seat, and the user's seat there is held, one that says to resume it. */
  #orResume(id: number, refusal: LobbyRefusal | undefined): LobbyRefusal | undefined {
    if (refusal?.code !== 'not-seated' || !this.#held().some(({ table }) => table.id === id)) return refusal
    return { code: 'not-seated', refused: `your seat at table ${id} is held: resume it first` }
  }

  #personInfo(visitor: Visitor): PersonInfo {
    const { person, name } = visitor
    const seats = [...this.#rooms.hall.seatsOf(person)].filter((at) => isSeatOf(at, visitor))
    return { name, registered: hasAccount(person), tables: seats.map(({ table }) => table.id) }
  }

  get #visitor(): Visitor | undefined {
    return this.#identity.visitor
  }

  get #registered(): boolean {
    return this.#visitor !== undefined && hasAccount(this.#visitor.person)
  }

  /** Explains why the user cannot play now, with or without a seek. */
  #busy(): LobbyRefusal | undefined {
    if (!this.#visitor) return WHO
    if (this.#tables.size >= TABLES) return TOO_MANY_TABLES
    if (!this.#rooms.hall.writable) return UNAVAILABLE
    const full = noRoom(this.#rooms, this.#visitor.person, this.#holdings)
    return full === undefined ? undefined : { code: 'too-many', refused: full }
  }

  /** Creates the owner of a new seat, and the token that gives the user access to the seat again. */
  #createOwner({ person, name }: Visitor): { owner: Sitter; token: string } {
    const token = secretToken(this.#rooms.bytes)
    return { owner: this.#holdings.marked({ person, name, token: hashToken(token) }), token }
  }

  #seated(table: LiveTable, seat: SeatNumber, token: string): void {
    this.#onSeated?.(table.id, seat)
    this.#visitor?.hold(hashToken(token))
    this.#tables.sit(table, seat, token)
  }

  /** Lists the user's seats at open tables that this connection does not hold, even if it watches there. */
  #held() {
    const { person } = this.#visitor ?? {}
    // any user can take a guest's name, so only a token proves who owns the seat
    if (person === undefined || !hasAccount(person)) return []
    return [...this.#rooms.hall.seatsOf(person)].filter(({ table }) => !this.#tables.sitterAt(table.id))
  }
}

const TOO_MANY_TABLES: LobbyRefusal = { code: 'too-many', refused: `you are at ${TABLES} tables already: leave one first` }

const NO_PASSWORD: LobbyRefusal = { code: 'who-are-you', refused: 'only registered names have a password: register first' }

/** Refuses another game to a client that holds the seat by its token alone. */
function anotherGame(name: string): LobbyRefusal {
  return { code: 'who-are-you', refused: `the token gives access to this seat only: enter as ${name} to play again` }
}
