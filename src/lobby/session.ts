import type { Catalogue } from '../games/catalogue.ts'
import { isRefusal, type SeatNumber } from '../games/game.ts'
import type { OnlineUser } from '../hall/accounts/online-users.ts'
import { hashToken, makeToken, parseToken } from '../hall/accounts/tokens.ts'
import type {
  ActType,
  EndedConnections,
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
import type { SeatOwner } from '../hall/ports.ts'
import type { TableActor } from '../hall/table-actor.ts'
import type { PeerHandle } from '../protocol/seating.ts'
import { AccountRequests } from './account-requests.ts'
import { type ConnectionHoldings, checkCapacity } from './connection-holdings.ts'
import type { LobbyContext, OnSeated } from './context.ts'
import { NAME_REQUIRED, noGame, noRules, noTable, toAuthRefusal, toLobbyRefusal, UNAVAILABLE } from './errors.ts'
import { HeldSeats } from './held-seats.ts'
import { findHistory } from './histories.ts'
import { Identity } from './identity.ts'
import { isPublic, toPersonInfo, toTableInfo } from './projections.ts'
import { SeekControl } from './seeking.ts'
import { Subscriptions } from './subscriptions.ts'
import { listWatchers } from './table-subscription.ts'
import { LobbyTalk } from './talk.ts'

export interface LobbySessionOptions {
  readonly context: LobbyContext
  readonly peer: PeerHandle
  readonly listener: LobbyListener
  readonly holdings: ConnectionHoldings
  /** Called with each seat that the session takes. */
  readonly onSeated?: OnSeated | undefined
}

/** Maximum number of tables to which one session is subscribed at a time. */
const TABLES = 20

/**
 * LobbySession is one user's stay in the lobby, through one connection. It puts together the parts of that stay: Identity
 * (the user's name), AccountRequests, SeekControl (seeks and challenges), Subscriptions (tables), HeldSeats and LobbyTalk (talk
 * and messages). Every method answers a refused request with a LobbyRefusal, which has changed nothing.
 */
export class LobbySession implements Lobby {
  readonly #context: LobbyContext
  readonly #onSeated: OnSeated | undefined
  readonly #tables: Subscriptions
  readonly #identity: Identity
  readonly #accounts: AccountRequests
  readonly #listener: LobbyListener
  readonly #holdings: ConnectionHoldings
  readonly #talk: LobbyTalk
  readonly #heldSeats: HeldSeats
  readonly #seeking: SeekControl
  /** Ends the subscription to challenges. */
  #stopListening: (() => void) | undefined
  #closed = false

  constructor({ context, peer, listener, holdings, onSeated }: LobbySessionOptions) {
    this.#context = context
    this.#identity = new Identity({ people: context.people, peer, onUserChange: () => this.#leaveAll() })
    this.#tables = new Subscriptions(context.hall, listener, {
      holdings,
      name: () => this.#user?.name ?? '',
      ready: () => peer.ready?.() ?? Promise.resolve(),
    })
    this.#holdings = holdings
    this.#accounts = new AccountRequests({ context, identity: this.#identity, holdings, onEntered: () => this.#subscribeToChallenges() })
    this.#heldSeats = new HeldSeats({ context, peer, tables: this.#tables, user: () => this.#user })
    this.#talk = new LobbyTalk({ context, peer, tables: this.#tables })
    this.#seeking = new SeekControl({
      ...{ context, peer, listener },
      user: () => this.#user,
      isClosed: () => this.#closed,
      busy: () => this.#busy(),
      createOwner: (user) => this.#createOwner(user),
      subscribe: (table, seat, token) => this.#seated(table, seat, token),
    })
    this.#listener = listener
    this.#onSeated = onSeated
  }

  get catalogue(): Catalogue {
    return this.#context.catalogue
  }

  get me(): PersonInfo | undefined {
    return this.#user && toPersonInfo(this.#context.hall, this.#user)
  }

  async enter(name: string, how: { readonly password?: string; readonly secret?: string } = {}): Promise<LobbyRefusal | undefined> {
    return this.#accounts.enter(name, how)
  }

  async register(name: string, password: string): Promise<LobbyRefusal | undefined> {
    return this.#accounts.register(name, password)
  }

  checkPassword(password: string): LobbyRefusal | undefined {
    const wrong = this.#context.people.checkPassword(password)
    return wrong && toAuthRefusal(wrong)
  }

  get awaySince(): number | undefined {
    return this.#user?.awaySince
  }

  checkName(name: string): LobbyRefusal | undefined {
    const wrong = this.#context.people.checkName(name)
    return wrong && toAuthRefusal(wrong)
  }

  async confirmPassword(password: string): Promise<LobbyRefusal | undefined> {
    return this.#accounts.confirmPassword(password)
  }

  get reconnectSecret(): string | undefined {
    return this.#user && this.#context.people.reconnectSecret(this.#user)
  }

  async changePassword(old: string, password: string): Promise<EndedConnections | LobbyRefusal> {
    return this.#accounts.changePassword(old, password)
  }

  async unregister(password: string): Promise<EndedConnections | LobbyRefusal> {
    return this.#accounts.unregister(password)
  }

  async openSession(): Promise<{ readonly session: string; readonly until: number } | LobbyRefusal> {
    return this.#accounts.openSession()
  }

  async enterBySession(session: string): Promise<LobbyRefusal | undefined> {
    return this.#accounts.enterBySession(session)
  }

  async closeSession(session: string): Promise<LobbyRefusal | undefined> {
    await this.#context.people.closeSession(session)
    return undefined
  }

  registeredName(name: string): Promise<string | undefined> {
    return this.#context.people.registeredName(name)
  }

  listPeople({ from = 0, count }: PageRange): Page<PersonInfo> {
    const { people, hall } = this.#context
    return { items: people.page(from, count).map((user) => toPersonInfo(hall, user)), total: people.count }
  }

  isOnline(name: string): boolean {
    return this.#context.people.named(name)?.name === name
  }

  findOnlineName(name: string): string | undefined {
    return this.#context.people.named(name)?.name
  }

  listSeeks(range: PageRange): Page<SeekInfo> {
    return this.#seeking.page(this.#context.hall.seeks.shown, range)
  }

  listOpenSeeks(range: PageRange): Page<SeekInfo> {
    return this.#seeking.page(this.#context.hall.seeks.open, range)
  }

  listChallenges(range: PageRange): Page<SeekInfo> {
    return this.#user ? this.#seeking.page(this.#context.hall.seeks.against(this.#user.person), range) : { items: [], total: 0 }
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
    const { listing } = this.#context.hall
    return { items: listing.page(from, count).map(toTableInfo), total: listing.size }
  }

  async ladder(game: string, limit: number): Promise<readonly LadderRow[] | LobbyRefusal> {
    const entry = this.catalogue.find(game)
    return entry ? this.#context.hall.ladder(entry.game.name, limit) : noGame(game)
  }

  async rank(game: string): Promise<(LadderRow & { readonly of: number }) | undefined | LobbyRefusal> {
    const entry = this.catalogue.find(game)
    if (!entry) return noGame(game)
    return this.#user ? this.#context.hall.place(entry.game.name, this.#user.person) : NAME_REQUIRED
  }

  async history(name: string | undefined, range: PageRange): Promise<(Page<FinishedGame> & { readonly name: string }) | LobbyRefusal> {
    if (!this.#user) return NAME_REQUIRED
    return findHistory(this.#context, name === undefined ? this.#user : await this.#context.people.find(name), range, this.#user.person)
  }

  seek(terms: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
    return this.#seeking.seek(terms)
  }

  cancel(): Promise<boolean> {
    return this.#seeking.cancel()
  }

  join(code: string, replace = false): Promise<LobbyRefusal | undefined> {
    return this.#seeking.join(code, replace)
  }

  acceptChallenge(name?: string): Promise<LobbyRefusal | undefined> {
    return this.#seeking.accept(name)
  }

  refuseChallenge(name?: string): Promise<LobbyRefusal | undefined> {
    return this.#seeking.refuse(name)
  }

  watch(id: number): TableSnapshot | LobbyRefusal {
    const table = this.#context.hall.table(id)
    if (!table || !isPublic(table)) return noTable(id)
    if (!this.#tables.has(id) && this.#tables.size >= TABLES) return TOO_MANY_TABLES
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
    const found = this.#context.hall.findSeatByToken(hashToken(token))
    const unavailable = found ? undefined : this.#context.hall.unavailable.gameByToken(hashToken(token))
    if (unavailable !== undefined) return noRules(unavailable)
    if (!found) return BAD_TOKEN
    const { table, seat } = found
    const owner = table.state.opened.seats[seat]
    if (owner && !this.#user && (await this.#identity.enterByToken(owner.person, owner.name, hashToken(token))))
      this.#subscribeToChallenges()
    // the game may be over meanwhile
    if (this.#context.hall.findSeatByToken(hashToken(token))?.table !== table) return BAD_TOKEN
    if (owner) this.#heldSeats.hold(table.id, owner)
    return this.#tables.resume(table, seat, token, after)
  }

  get keepsGames(): boolean {
    return this.#context.keeps
  }

  get heldSeats(): readonly HeldSeat[] {
    return this.#heldSeats.describe()
  }

  async resumeSeat(id: number, after?: number): Promise<TableSnapshot | LobbyRefusal> {
    const held = this.#heldSeats.list().find(({ table }) => table.id === id)
    if (held) return this.#tables.resume(held.table, held.seat, undefined, after)
    const unavailable = this.#user && this.#context.hall.unavailable.gameOf(id, this.#user.person)
    return this.#tables.resumeHeld(id, after) ?? (unavailable === undefined ? noTable(id) : noRules(unavailable))
  }

  async play(id: number, move: string, after?: number): Promise<LobbyRefusal | undefined> {
    return this.#heldSeats.explain(id, await this.#tables.play(id, move, after))
  }

  async say(id: number, text: string): Promise<LobbyRefusal | undefined> {
    const name = this.#user?.name ?? this.#tables.ownerAt(id)?.name
    return name === undefined ? NAME_REQUIRED : this.#heldSeats.explain(id, await this.#talk.say(name, id, text))
  }

  countTalkReceivers(id: number): number {
    return this.#tables.countTalkReceivers(id)
  }

  async message(name: string, text: string): Promise<LobbyRefusal | undefined> {
    return this.#user ? this.#talk.sendMessage(this.#user, name, text) : NAME_REQUIRED
  }

  async mute(name: string): Promise<LobbyRefusal | undefined> {
    return this.#user ? this.#talk.mute(this.#user, name) : NAME_REQUIRED
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
    const table = this.#context.hall.table(id)
    if (!table || !(isPublic(table) || this.#tables.has(id))) return noTable(id)
    return listWatchers(table, range)
  }

  async act(id: number, act: ActType): Promise<LobbyRefusal | undefined> {
    return (act === 'offer' ? this.#refuseRematch(id) : undefined) ?? this.#heldSeats.explain(id, await this.#tables.act(id, act))
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

  /** Subscribes to the challenges to the user who has entered. */
  #subscribeToChallenges(): void {
    this.#stopListening?.()
    this.#stopListening =
      this.#user && !this.#closed
        ? this.#context.challenges.subscribe(this.#user.person, this.#talk.withoutMuted(this.#listener))
        : undefined
  }

  #leaveTables(): readonly number[] {
    const onError = this.#context.onError
    this.cancel().catch((failure: unknown) => onError('a seek could not be cancelled', failure))
    this.#heldSeats.releaseAll()
    return this.#tables.endAll()
  }

  /** Leaves all tables, because the connection now belongs to another user, and notifies the client. */
  #leaveAll(): void {
    for (const id of this.#leaveTables()) this.#listener.left?.(id)
  }

  get #user(): OnlineUser | undefined {
    return this.#identity.user
  }

  /** Explains why the user cannot play now, with or without a seek. */
  #busy(): LobbyRefusal | undefined {
    if (!this.#user) return NAME_REQUIRED
    if (this.#tables.size + this.#seeking.opening >= TABLES) return TOO_MANY_TABLES
    if (!this.#context.hall.writable) return UNAVAILABLE
    const full = checkCapacity(this.#context, this.#user.person, this.#holdings)
    return full === undefined ? undefined : { code: 'too-many', refused: full }
  }

  /** Creates the owner of a new seat, and the token that gives the user access to the seat again. */
  #createOwner({ person, name }: OnlineUser): { owner: SeatOwner; token: string } {
    const token = makeToken(this.#context.bytes)
    return { owner: this.#holdings.markOwner({ person, name, token: hashToken(token) }), token }
  }

  /** Refuses an offer of a rematch that the user may not play; `undefined` for an offer of a draw. */
  #refuseRematch(id: number): LobbyRefusal | undefined {
    const owner = this.#tables.ownerAt(id)
    if (!owner?.over) return undefined
    // the token of a seat gives access to that seat only
    if (owner.person !== this.#user?.person) return anotherGame(owner.name)
    // a rematch opens a new table while the session is still subscribed to the old one
    const full = checkCapacity(this.#context, owner.person, this.#holdings)
    return full === undefined ? undefined : { code: 'too-many', refused: full }
  }

  #seated(table: TableActor, seat: SeatNumber, token: string): void {
    this.#onSeated?.(table.id, seat)
    this.#user?.addToken(hashToken(token))
    this.#tables.takeSeat(table, seat, token)
  }
}

const BAD_TOKEN: LobbyRefusal = { code: 'bad-token', refused: 'no seat is held for this token: its game is over, or the token is wrong' }
const TOO_MANY_TABLES: LobbyRefusal = { code: 'too-many', refused: `you are at ${TABLES} tables already: leave one first` }

/** Refuses another game to a client that holds the seat by its token alone. */
function anotherGame(name: string): LobbyRefusal {
  return { code: 'who-are-you', refused: `the token gives access to this seat only: enter as ${name} to play again` }
}
