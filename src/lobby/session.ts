import type { Catalog } from '../games/catalog.ts'
import { isRefusal } from '../games/game.ts'
import { hashToken, parseToken } from '../hall/accounts/tokens.ts'
import type {
  ActType,
  EndedConnections,
  FinishedGame,
  GameRecord,
  GameResult,
  HeldSeat,
  LadderRow,
  Lobby,
  LobbyLists,
  LobbyRefusal,
  MissedEvents,
  OpenedSession,
  Page,
  PageRange,
  PersonInfo,
  RecordRange,
  SeatLinks,
  SeekAccepted,
  SeekInfo,
  SeekTerms,
  SessionChoice,
  SessionList,
  TableBoard,
  TableInfo,
  TableSnapshot,
} from '../hall/api.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { AccountRequests } from './account-requests.ts'
import { NAME_REQUIRED, noGame, noRules, noTable, toAuthRefusal, toLobbyRefusal } from './errors.ts'
import type { HeldSeats } from './held-seats.ts'
import { findHistory, findRecent } from './histories.ts'
import { isPublic, toOwnSeekInfo, toPersonInfo, toSeekPage } from './projections.ts'
import { SessionParts } from './session-parts.ts'
import type { Subscriptions } from './subscriptions.ts'
import { listSeatLinks, listWatchers, toTableInfo } from './table-info.ts'
import type { LobbyTalk } from './talk.ts'

/**
 * LobbySession is one user's stay in the lobby, through one connection: SessionParts creates and ends its parts, and this class
 * answers requests. Worksheet programs use the parts for seats, through ProgramSeating. For a client of the lobby, `listen` creates
 * the other parts, and the session implements Lobby. A method of Lobby returns a LobbyRefusal if it refuses a request; a refused
 * request changes nothing.
 */
export class LobbySession extends SessionParts implements Lobby {
  get catalog(): Catalog {
    return this.context.catalog
  }

  get me(): PersonInfo | undefined {
    return this.user && toPersonInfo(this.context, this.user)
  }

  async enter(name: string, how: { readonly password?: string; readonly secret?: string } = {}): Promise<LobbyRefusal | undefined> {
    return this.#accounts.enter(name, how)
  }

  async register(name: string, password: string): Promise<LobbyRefusal | undefined> {
    return this.#accounts.register(name, password)
  }

  checkPassword(password: string): LobbyRefusal | undefined {
    const wrong = this.context.people.checkPassword(password)
    return wrong && toAuthRefusal(wrong)
  }

  get awaySince(): number | undefined {
    return this.user?.awaySince
  }

  checkName(name: string): LobbyRefusal | undefined {
    const wrong = this.context.people.checkName(name)
    return wrong && toAuthRefusal(wrong)
  }

  async confirmPassword(password: string): Promise<LobbyRefusal | undefined> {
    return this.#accounts.confirmPassword(password)
  }

  get reconnectSecret(): string | undefined {
    return this.user && this.context.people.reconnectSecret(this.user)
  }

  async changePassword(old: string, password: string): Promise<EndedConnections | LobbyRefusal> {
    return this.#accounts.changePassword(old, password)
  }

  async unregister(password: string): Promise<EndedConnections | LobbyRefusal> {
    return this.#accounts.unregister(password)
  }

  async openSession(): Promise<OpenedSession | LobbyRefusal> {
    return this.#accounts.openSession()
  }

  async listSessions(): Promise<SessionList | LobbyRefusal> {
    return this.#accounts.listSessions()
  }

  async endSessions(which: SessionChoice): Promise<EndedConnections | LobbyRefusal> {
    return this.#accounts.endSessions(which)
  }

  async enterBySession(session: string): Promise<LobbyRefusal | undefined> {
    return this.#accounts.enterBySession(session)
  }

  async closeSession(session: string): Promise<LobbyRefusal | undefined> {
    await this.context.people.closeSession(session)
    return undefined
  }

  registeredName(name: string): Promise<string | undefined> {
    return this.context.people.registeredName(name)
  }

  listPeople({ from = 0, count }: PageRange): Page<PersonInfo> {
    const { people } = this.context
    return { items: people.page(from, count).map((user) => toPersonInfo(this.context, user)), total: people.count }
  }

  isOnline(name: string): boolean {
    return this.context.people.named(name)?.name === name
  }

  findOnlineName(name: string): string | undefined {
    return this.context.people.named(name)?.name
  }

  listSeeks(range: PageRange): Page<SeekInfo> {
    return toSeekPage(this.context, this.context.hall.seeks.shown, range)
  }

  listOpenSeeks(range: PageRange): Page<SeekInfo> {
    return toSeekPage(this.context, this.context.hall.seeks.open, range)
  }

  listChallenges(range: PageRange): Page<SeekInfo> {
    return this.user ? toSeekPage(this.context, this.context.hall.seeks.against(this.user.person), range) : { items: [], total: 0 }
  }

  get ownSeek(): SeekInfo | undefined {
    const own = this.seeking.open
    return own && own.code === undefined ? toOwnSeekInfo(this.context, own) : undefined
  }

  get ownInvitation(): SeekInfo | undefined {
    const own = this.seeking.open
    return own && own.code !== undefined ? toOwnSeekInfo(this.context, own) : undefined
  }

  listTables({ from = 0, count }: PageRange): Page<TableInfo> {
    const { listing } = this.context.hall
    return { items: listing.page(from, count).map(toTableInfo), total: listing.size }
  }

  subscribe(): LobbyLists {
    const page = this.context.feed.subscribe(this.lobby.listener)
    // if the session has ended while the command waited, it has no connection
    if (this.closed) this.unsubscribe()
    return page
  }

  unsubscribe(): void {
    this.context.feed.unsubscribe(this.lobby.listener)
  }

  async ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal> {
    const entry = this.catalog.find(game)
    return entry ? this.context.hall.ladder(entry.game.name, limit) : noGame(game)
  }

  async rank(game: string): Promise<(LadderRow & { readonly of: number }) | undefined | LobbyRefusal> {
    const entry = this.catalog.find(game)
    if (!entry) return noGame(game)
    return this.user ? this.context.hall.place(entry.game.name, this.user.person) : NAME_REQUIRED
  }

  async history(name: string | undefined, range: PageRange): Promise<(Page<FinishedGame> & { readonly name: string }) | LobbyRefusal> {
    if (!this.user) return NAME_REQUIRED
    return findHistory(this.context, name === undefined ? this.user : await this.context.people.find(name), range, this.user.person)
  }

  recent(range: PageRange): Promise<Page<GameResult>> {
    return findRecent(this.context, range)
  }

  record(table: number, range: RecordRange, token?: string): Promise<GameRecord | LobbyRefusal> {
    return this.context.records.read(table, range, { person: this.user?.person, token })
  }

  seek(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
    return this.seeking.seek(terms)
  }

  cancel(): Promise<boolean> {
    return this.seeking.cancel()
  }

  join(code: string, replace = false): Promise<LobbyRefusal | undefined> {
    return this.seeking.join(code, replace)
  }

  acceptChallenge(name?: string): Promise<LobbyRefusal | undefined> {
    return this.seeking.accept(name)
  }

  refuseChallenge(name?: string): Promise<LobbyRefusal | undefined> {
    return this.seeking.refuse(name)
  }

  watch(id: number): TableSnapshot | LobbyRefusal {
    const table = this.context.hall.table(id)
    if (!table || !isPublic(table)) return noTable(id)
    if (!this.subscribed.has(id) && this.tooManyTables) return this.tooManyTables
    return this.#tables.subscribe(table, 'watcher').snapshot
  }

  leave(id: number): LobbyRefusal | undefined {
    const refusal = this.#heldSeats.explain(id, this.#tables.leave(id))
    if (!refusal) this.#heldSeats.release(id)
    return refusal
  }

  async resume(typed: string, after?: number): Promise<TableSnapshot | LobbyRefusal> {
    const token = parseToken(typed)
    if (isRefusal(token)) return toLobbyRefusal('bad-token', token)
    const found = this.context.hall.findSeatByToken(hashToken(token))
    const unavailable = found ? undefined : this.context.hall.unavailable.gameByToken(hashToken(token))
    if (unavailable !== undefined) return noRules(unavailable)
    if (!found) return BAD_TOKEN
    const { table, seat } = found
    const owner = table.state.opened.seats[seat]
    if (owner && !this.user && (await this.identity.enterByToken(owner.person, owner.name, hashToken(token)))) this.arrive()
    // the game may have ended during the wait
    if (this.context.hall.findSeatByToken(hashToken(token))?.table !== table) return BAD_TOKEN
    if (owner) this.#heldSeats.hold(table.id, owner)
    return this.#tables.resume(table, seat, token, after)
  }

  get keepsGames(): boolean {
    return this.context.keeps
  }

  get hasOtherSessions(): boolean {
    return (this.sessions?.size ?? 0) > 1
  }

  isHeldElsewhere(id: number): boolean {
    return this.#tables.isHeldElsewhere(id)
  }

  get heldSeats(): readonly HeldSeat[] {
    return this.#heldSeats.describe()
  }

  async resumeSeat(id: number, after?: number): Promise<TableSnapshot | LobbyRefusal> {
    const held = this.#heldSeats.list().find(({ table }) => table.id === id)
    if (held) return this.#tables.resume(held.table, held.seat, undefined, after)
    const unavailable = this.user && this.context.hall.unavailable.gameOf(id, this.user.person)
    return this.#tables.resumeHeld(id, after) ?? (unavailable === undefined ? noTable(id) : noRules(unavailable))
  }

  async missed(id: number, after?: number): Promise<MissedEvents | LobbyRefusal> {
    const found = await this.#tables.missed(id, after)
    if (isRefusal(found)) return this.#heldSeats.explain(id, found) ?? found
    return { ...found, events: found.events.filter(({ what }) => what.type !== 'said' || this.isUnmuted(what.name)) }
  }

  board(id: number): TableBoard | LobbyRefusal {
    return this.#tables.board(id)
  }

  async play(id: number, move: string, after?: number): Promise<LobbyRefusal | undefined> {
    return this.#heldSeats.explain(id, await this.#tables.play(id, move, after))
  }

  async say(id: number, text: string): Promise<LobbyRefusal | undefined> {
    const name = this.user?.name ?? this.#tables.ownerAt(id)?.name
    return name === undefined ? NAME_REQUIRED : this.#heldSeats.explain(id, await this.#talk.say(name, id, text))
  }

  countTalkReceivers(id: number): number {
    return this.#tables.countTalkReceivers(id)
  }

  async message(name: string, text: string): Promise<LobbyRefusal | undefined> {
    return this.user ? this.#talk.sendMessage(this.user, name, text) : NAME_REQUIRED
  }

  async mute(name: string): Promise<LobbyRefusal | undefined> {
    return this.user ? this.#talk.mute(this.user, name) : NAME_REQUIRED
  }

  unmute(name: string): LobbyRefusal | undefined {
    return this.#talk.unmute(name)
  }

  get muted(): readonly string[] {
    return this.#talk.muted
  }

  isUnmuted(name: string): boolean {
    return this.#talk.isUnmuted(name)
  }

  watchers(id: number, range: PageRange): Page<string> | LobbyRefusal {
    const table = this.context.hall.table(id)
    return table && this.#mayLookAt(table) ? listWatchers(table, range) : noTable(id)
  }

  seatLinks(id: number): readonly SeatLinks[] | LobbyRefusal {
    const table = this.context.hall.table(id)
    return table && this.#mayLookAt(table) ? listSeatLinks(table) : noTable(id)
  }

  async act(id: number, act: ActType): Promise<LobbyRefusal | undefined> {
    return (act === 'offer' ? this.#refuseRematch(id) : undefined) ?? this.#heldSeats.explain(id, await this.#tables.act(id, act))
  }

  get #accounts(): AccountRequests {
    return this.lobby.accounts
  }

  get #heldSeats(): HeldSeats {
    return this.lobby.heldSeats
  }

  get #tables(): Subscriptions {
    return this.lobby.tables
  }

  get #talk(): LobbyTalk {
    return this.lobby.talk
  }

  /** Checks whether this user may see which users are at a table. */
  #mayLookAt(table: TableActor): boolean {
    return isPublic(table) || this.#tables.has(table.id)
  }

  /** Refuses an offer of a rematch if the user may not play again; returns `undefined` for an offer of a draw. */
  #refuseRematch(id: number): LobbyRefusal | undefined {
    const owner = this.#tables.ownerAt(id)
    if (!owner?.over) return undefined
    // the token of a seat gives access to that seat only
    if (owner.person !== this.user?.person) return anotherGame(owner.name)
    // a rematch opens a new table while the session is still subscribed to the old table
    const { full } = this.seats
    return full === undefined ? undefined : { code: 'too-many', refused: full }
  }
}

const BAD_TOKEN: LobbyRefusal = {
  code: 'bad-token',
  refused: 'the server holds no seat for this token: the game is over, or the token is wrong',
}

/** Refuses another game to a client that has the seat by the seat's token alone. */
function anotherGame(name: string): LobbyRefusal {
  return { code: 'who-are-you', refused: `the token gives access to this seat only: enter as ${name} to play again` }
}
