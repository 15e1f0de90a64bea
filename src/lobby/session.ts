import type { Catalogue } from '../games/catalogue.ts'
import { isRefusal, type SeatNumber } from '../games/game.ts'
import type {
  FinishedGame,
  HeldSeat,
  LadderRow,
  Lobby,
  LobbyListener,
  LobbyRefusal,
  Page,
  PageRange,
  PersonInfo,
  SeekAccepted,
  SeekInfo,
  SeekTerms,
  TableInfo,
  TableSnapshot,
} from '../hall/api.ts'
import type { AuthError } from '../hall/denial.ts'
import type { EndedLogins, OnlineUser } from '../hall/people.ts'
import { hasAccount, type SeatOwner } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'
import { hashToken, makeToken, parseToken } from '../hall/tokens.ts'
import type { PeerHandle } from '../protocol/seating.ts'
import { checkCapacity } from './capacity.ts'
import type { LobbyContext, OnSeated } from './context.ts'
import { NAME_REQUIRED, noGame, noRules, noTable, toAuthRefusal, toLobbyRefusal, UNAVAILABLE } from './errors.ts'
import { findHistory } from './histories.ts'
import type { Holdings } from './holdings.ts'
import { Identity } from './identity.ts'
import { isOwnSeat, isPublic, toTableInfo } from './projections.ts'
import { SeekControl } from './seeking.ts'
import { Subscriptions } from './subscriptions.ts'
import { LobbyTalk } from './talk.ts'
import { listWatchers } from './watchers.ts'

/** LobbySessionOptions are the parts of a session. */
export interface LobbySessionOptions {
  readonly rooms: LobbyContext
  readonly line: PeerHandle
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
export class LobbySession implements Lobby {
  readonly #rooms: LobbyContext
  readonly #line: PeerHandle
  readonly #onSeated: OnSeated | undefined
  readonly #tables: Subscriptions
  readonly #identity: Identity
  readonly #listener: LobbyListener
  readonly #holdings: Holdings
  readonly #talk: LobbyTalk
  /** Functions that release the seats which this connection resumed by their token alone, by table. */
  readonly #heldSeats = new Map<number, () => void>()
  readonly #seeking: SeekControl
  /** Ends the subscription to challenges. */
  #stopListening: (() => void) | undefined
  #closed = false

  constructor({ rooms, line, listener, holdings, onSeated }: LobbySessionOptions) {
    this.#rooms = rooms
    this.#line = line
    this.#identity = new Identity({ people: rooms.people, line, onUserChange: () => this.#leaveAll() })
    this.#tables = new Subscriptions(rooms.hall, listener, {
      holdings,
      name: () => this.#visitor?.name ?? '',
      ready: () => line.ready?.() ?? Promise.resolve(),
    })
    this.#holdings = holdings
    this.#talk = new LobbyTalk({ rooms, line, tables: this.#tables })
    this.#seeking = new SeekControl({
      ...{ rooms, line, listener },
      user: () => this.#visitor,
      isClosed: () => this.#closed,
      busy: () => this.#busy(),
      createOwner: (visitor) => this.#createOwner(visitor),
      subscribe: (table, seat, token) => this.#seated(table, seat, token),
    })
    this.#listener = listener
    this.#onSeated = onSeated
  }

  get catalogue(): Catalogue {
    return this.#rooms.catalogue
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
    return denial && toAuthRefusal(denial)
  }

  get awaySince(): number | undefined {
    return this.#visitor?.awaySince
  }

  checkName(name: string): LobbyRefusal | undefined {
    const denial = this.#rooms.people.checkName(name)
    return denial && toAuthRefusal(denial)
  }

  async confirmPassword(password: string): Promise<LobbyRefusal | undefined> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : NAME_REQUIRED
    const denial = await this.#identity.confirmPassword(password)
    return denial && toAuthRefusal(denial)
  }

  get reconnectSecret(): string | undefined {
    return this.#visitor && this.#rooms.people.reconnectSecret(this.#visitor)
  }

  async changePassword(old: string, password: string): Promise<EndedLogins | LobbyRefusal> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : NAME_REQUIRED
    // counted and never refused, like `unregister`: the owner must be able to end other sessions of the account
    this.#holdings.spendOnAccount()
    const ended = await this.#identity.changePassword(old, password)
    return isRefusal(ended) ? toAuthRefusal(ended) : ended
  }

  async unregister(password: string): Promise<EndedLogins | LobbyRefusal> {
    if (!this.#registered) return this.#visitor ? NO_PASSWORD : NAME_REQUIRED
    this.#holdings.spendOnAccount()
    const ended = await this.#identity.unregister(password)
    if (isRefusal(ended)) return toAuthRefusal(ended)
    this.#entered(undefined)
    return ended
  }

  async openSession(): Promise<{ readonly session: string; readonly until: number } | LobbyRefusal> {
    if (!this.#visitor) return NAME_REQUIRED
    const { full } = this.#holdings.spending
    if (full !== undefined) return { code: 'too-many', refused: full }
    this.#holdings.spendOnAccount()
    const session = makeToken(this.#rooms.bytes)
    const until = await this.#rooms.people.openSession(this.#visitor, session)
    return isRefusal(until) ? toAuthRefusal(until) : { session, until }
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

  listPeople({ from = 0, count }: PageRange): Page<PersonInfo> {
    const { people } = this.#rooms
    return { items: people.page(from, count).map((visitor) => this.#personInfo(visitor)), total: people.count }
  }

  isOnline(name: string): boolean {
    return this.#rooms.people.named(name)?.name === name
  }

  findOnlineName(name: string): string | undefined {
    return this.#rooms.people.named(name)?.name
  }

  listSeeks(range: PageRange): Page<SeekInfo> {
    return this.#seeking.page(this.#rooms.hall.seeks.shown, range)
  }

  listOpenSeeks(range: PageRange): Page<SeekInfo> {
    return this.#seeking.page(this.#rooms.hall.seeks.open, range)
  }

  listChallenges(range: PageRange): Page<SeekInfo> {
    return this.#visitor ? this.#seeking.page(this.#rooms.hall.seeks.against(this.#visitor.person), range) : { items: [], total: 0 }
  }

  get ownSeek(): SeekInfo | undefined {
    const own = this.#seeking.open
    return own && own.code === undefined ? this.#seeking.toOwnSeek(own) : undefined
  }

  get ownInvitation(): SeekInfo | undefined {
    const own = this.#seeking.open
    return own && own.code !== undefined ? this.#seeking.toOwnSeek(own) : undefined
  }

  listTables({ from = 0, count }: PageRange): Page<TableInfo> {
    const { listing } = this.#rooms.hall
    return { items: listing.page(from, count).map(toTableInfo), total: listing.size }
  }

  async ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal> {
    const entry = this.catalogue.find(game)
    return entry ? this.#rooms.hall.ladder(entry.game.name, limit) : noGame(game)
  }

  async rank(game: string): Promise<(LadderRow & { readonly of: number }) | undefined | LobbyRefusal> {
    const entry = this.catalogue.find(game)
    if (!entry) return noGame(game)
    return this.#visitor ? this.#rooms.hall.place(entry.game.name, this.#visitor.person) : NAME_REQUIRED
  }

  async history(name: string | undefined, range: PageRange): Promise<(Page<FinishedGame> & { readonly name: string }) | LobbyRefusal> {
    if (!this.#visitor) return NAME_REQUIRED
    return findHistory(this.#rooms, name === undefined ? this.#visitor : await this.#rooms.people.find(name), range, this.#visitor.person)
  }

  seek(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
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

  watch(id: number): TableSnapshot | LobbyRefusal {
    const table = this.#rooms.hall.table(id)
    if (!table || !isPublic(table)) return noTable(id)
    if (!this.#tables.has(id) && this.#tables.size >= TABLES) return TOO_MANY_TABLES
    return this.#tables.subscribe(table, 'watcher').snapshot
  }

  leave(id: number): LobbyRefusal | undefined {
    const refusal = this.#orResume(id, this.#tables.leave(id))
    if (!refusal) this.#releaseSeat(id)
    return refusal
  }

  async resume(typed: string, after?: number): Promise<TableSnapshot | LobbyRefusal> {
    const token = parseToken(typed)
    if (isRefusal(token)) return toLobbyRefusal('bad-token', token)
    const found = this.#rooms.hall.findSeatByToken(hashToken(token))
    const unavailable = found ? undefined : this.#rooms.hall.unavailable.gameByToken(hashToken(token))
    if (unavailable !== undefined) return noRules(unavailable)
    if (!found) return { code: 'bad-token', refused: 'no seat is held for this token: its game is over, or the token is wrong' }
    const { table, seat } = found
    const owner = table.state.opened.seats[seat]
    if (owner && !this.#visitor && this.#identity.enterByToken(owner.person, owner.name, hashToken(token))) this.#entered(undefined)
    if (owner) this.#holdSeat(table.id, owner)
    return this.#tables.resume(table, seat, token, after)
  }

  get keepsGames(): boolean {
    return this.#rooms.keeps
  }

  get heldSeats(): readonly HeldSeat[] {
    return this.#held().map(({ table, seat }) => {
      const isTaken = table.observers.some(({ viewer }) => viewer === seat)
      return { ...toTableInfo(table), ...(isTaken ? { elsewhere: true } : {}) }
    })
  }

  async resumeSeat(id: number, after?: number): Promise<TableSnapshot | LobbyRefusal> {
    const held = this.#held().find(({ table }) => table.id === id)
    if (held) return this.#tables.resume(held.table, held.seat, undefined, after)
    const unavailable = this.#visitor && this.#rooms.hall.unavailable.gameOf(id, this.#visitor.person)
    return this.#tables.resumeHeld(id, after) ?? (unavailable === undefined ? noTable(id) : noRules(unavailable))
  }

  async play(id: number, move: string, after?: number): Promise<LobbyRefusal | undefined> {
    return this.#orResume(id, await this.#tables.play(id, move, after))
  }

  async say(id: number, text: string): Promise<LobbyRefusal | undefined> {
    const name = this.#visitor?.name ?? this.#tables.ownerAt(id)?.name
    return name === undefined ? NAME_REQUIRED : this.#orResume(id, await this.#talk.say(name, id, text))
  }

  countTalkReceivers(id: number): number {
    return this.#tables.hearers(id)
  }

  message(name: string, text: string): LobbyRefusal | undefined {
    return this.#visitor ? this.#talk.sendMessage(this.#visitor, name, text) : NAME_REQUIRED
  }

  async mute(name: string): Promise<LobbyRefusal | undefined> {
    return this.#visitor ? this.#talk.mute(this.#visitor, name) : NAME_REQUIRED
  }

  unmute(name: string): LobbyRefusal | undefined {
    return this.#talk.unmute(name)
  }

  get muted(): readonly string[] {
    return this.#talk.muted
  }

  isUnmuted(name: string): boolean {
    return this.#talk.hears(name)
  }

  watchers(id: number, range: PageRange): Page<string> | LobbyRefusal {
    const table = this.#rooms.hall.table(id)
    if (!table || !(isPublic(table) || this.#tables.has(id))) return noTable(id)
    return listWatchers(table, range)
  }

  async offer(id: number): Promise<LobbyRefusal | undefined> {
    const owner = this.#tables.ownerAt(id)
    // the token of a seat gives access to that seat only
    if (owner?.over && owner.person !== this.#visitor?.person) return anotherGame(owner.name)
    // a rematch opens a new table while the session is still subscribed to the old one
    const full = owner?.over ? checkCapacity(this.#rooms, owner.person, this.#holdings) : undefined
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
  #entered(denial: AuthError | undefined): LobbyRefusal | undefined {
    if (denial) return toAuthRefusal(denial)
    this.#stopListening?.()
    this.#stopListening =
      this.#visitor && !this.#closed
        ? this.#rooms.calls.subscribe(this.#visitor.person, this.#talk.withoutMuted(this.#listener))
        : undefined
    return undefined
  }

  #leaveTables(): readonly number[] {
    this.cancel()
    for (const id of [...this.#heldSeats.keys()]) this.#releaseSeat(id)
    return this.#tables.endAll()
  }

  /** Leaves all tables, because the connection now belongs to another user, and notifies the client. */
  #leaveAll(): void {
    for (const id of this.#leaveTables()) this.#listener.left?.(id)
  }

  /** Records that this connection holds a seat: as its owner, or else by its token alone, until the account's password changes. */
  #holdSeat(id: number, { person, token }: SeatOwner): void {
    if (token !== undefined && this.#visitor?.person === person) this.#visitor.addToken(token)
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

  #personInfo(visitor: OnlineUser): PersonInfo {
    const { person, name } = visitor
    const seats = [...this.#rooms.hall.seatsOf(person)].filter((at) => isOwnSeat(at, visitor))
    return { name, registered: hasAccount(person), tables: seats.map(({ table }) => table.id) }
  }

  get #visitor(): OnlineUser | undefined {
    return this.#identity.user
  }

  get #registered(): boolean {
    return this.#visitor !== undefined && hasAccount(this.#visitor.person)
  }

  /** Explains why the user cannot play now, with or without a seek. */
  #busy(): LobbyRefusal | undefined {
    if (!this.#visitor) return NAME_REQUIRED
    if (this.#tables.size >= TABLES) return TOO_MANY_TABLES
    if (!this.#rooms.hall.writable) return UNAVAILABLE
    const full = checkCapacity(this.#rooms, this.#visitor.person, this.#holdings)
    return full === undefined ? undefined : { code: 'too-many', refused: full }
  }

  /** Creates the owner of a new seat, and the token that gives the user access to the seat again. */
  #createOwner({ person, name }: OnlineUser): { owner: SeatOwner; token: string } {
    const token = makeToken(this.#rooms.bytes)
    return { owner: this.#holdings.markOwner({ person, name, token: hashToken(token) }), token }
  }

  #seated(table: TableActor, seat: SeatNumber, token: string): void {
    this.#onSeated?.(table.id, seat)
    this.#visitor?.addToken(hashToken(token))
    this.#tables.takeSeat(table, seat, token)
  }

  /** Lists the user's seats at open tables that this connection does not hold, even if it watches there. */
  #held() {
    const { person } = this.#visitor ?? {}
    // any user can take a guest's name, so only a token proves who owns the seat
    if (person === undefined || !hasAccount(person)) return []
    return [...this.#rooms.hall.seatsOf(person)].filter(({ table }) => !this.#tables.ownerAt(table.id))
  }
}

const TOO_MANY_TABLES: LobbyRefusal = { code: 'too-many', refused: `you are at ${TABLES} tables already: leave one first` }

const NO_PASSWORD: LobbyRefusal = { code: 'who-are-you', refused: 'only registered names have a password: register first' }

/** Refuses another game to a client that holds the seat by its token alone. */
function anotherGame(name: string): LobbyRefusal {
  return { code: 'who-are-you', refused: `the token gives access to this seat only: enter as ${name} to play again` }
}
