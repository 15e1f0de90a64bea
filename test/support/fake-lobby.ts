import { isRefusal } from '../../src/games/game.ts'
import { shippedGames } from '../../src/games/index.ts'
import type {
  ActType,
  EndedConnections,
  FinishedGame,
  GameRecord,
  GameResult,
  LadderRow,
  Lobby,
  LobbyListener,
  LobbyLists,
  LobbyRefusal,
  MissedEvents,
  Page,
  PageRange,
  PersonInfo,
  RecordRange,
  SeekAccepted,
  SeekInfo,
  SeekTerms,
  TableBoard,
  TableEventView,
  TableInfo,
  TableSnapshot,
} from '../../src/hall/api.ts'
import type { ClientSeating } from '../../src/protocol/seating.ts'
import { DoorUser } from './door-user.ts'
import { settled, TestClock } from './test-clock.ts'

function pageOf<Item>(all: readonly Item[], { from = 0, count }: PageRange): Page<Item> {
  return { items: all.slice(from, from + count), total: all.length }
}

/** The methods of a lobby. */
type Method = { [Name in keyof Lobby]: Lobby[Name] extends (...args: never[]) => unknown ? Name : never }[keyof Lobby]
/** A name under which a call is recorded: a method, or an act. */
type Called = Method | ActType

/** FakeLobby is a lobby controlled by the test: it records calls, and answers them as arranged. */
export class FakeLobby implements Lobby {
  readonly catalog = shippedGames
  me: PersonInfo | undefined
  readonly registered = new Set<string>()
  seekers: readonly SeekInfo[] = []
  tables: readonly TableInfo[] = []
  people: readonly PersonInfo[] = []
  heldSeats: readonly TableInfo[] = []
  keepsGames = true
  hasOtherSessions = false
  /** The tables whose seats another connection has, too. */
  readonly heldElsewhere = new Set<number>()
  ownInvitation: SeekInfo | undefined
  /** The calls, in order. */
  readonly calls: unknown[][] = []
  readonly #answers = new Map<Called, unknown>()
  #listener: LobbyListener | undefined

  listPeople(range: PageRange): Page<PersonInfo> {
    return pageOf([...new Map(this.people.map((person) => [person.name, person])).values()], range)
  }

  isOnline(name: string): boolean {
    return this.people.some((person) => person.name === name)
  }

  findOnlineName(name: string): string | undefined {
    return this.people.find((person) => person.name.toLowerCase() === name.toLowerCase())?.name
  }

  listSeeks(range: PageRange): Page<SeekInfo> {
    return pageOf(this.seekers, range)
  }

  listOpenSeeks(range: PageRange): Page<SeekInfo> {
    return pageOf(
      this.seekers.filter(({ against }) => against === undefined),
      range,
    )
  }

  listChallenges(range: PageRange): Page<SeekInfo> {
    return pageOf(
      this.seekers.filter(({ against }) => against !== undefined && against === this.me?.name),
      range,
    )
  }

  get ownSeek(): SeekInfo | undefined {
    return this.seekers.find(({ name }) => name === this.me?.name)
  }

  isHeldElsewhere(table: number): boolean {
    return this.heldElsewhere.has(table)
  }

  countTalkReceivers(): number {
    return 1
  }

  listTables(range: PageRange): Page<TableInfo> {
    return pageOf(this.tables, range)
  }

  /** Connects a user to this lobby who has seen the greeting. */
  async caller(name?: string): Promise<DoorUser> {
    const house: ClientSeating = {
      isBusy: false,
      finished: () => Promise.resolve(),
      close: () => this.calls.push(['close']),
      sit: () => Promise.reject(new Error('no client is seated here')),
      lobby: (listener) => {
        this.#listener = listener
        return this
      },
    }
    const caller = new DoorUser(() => house, new TestClock())
    await settled()
    if (name !== undefined) await caller.type(name)
    caller.news()
    this.calls.length = 0
    return caller
  }

  /** Arranges the answer of a method. */
  answers<Name extends Method>(method: Name, answer: Awaited<ReturnType<Lobby[Name]>>): void {
    this.#answers.set(method, answer)
  }

  /** Arranges the refusal of a method, or of an act. */
  refuses(method: Called, refused: string, code: LobbyRefusal['code'] = 'not-now'): void {
    this.#answers.set(method, { code, refused })
  }

  /** Notifies the connected user. */
  async tell(...news: readonly Omit<TableEventView, 'at'>[]): Promise<void> {
    for (const one of news) this.#listener?.tableEvent({ at: 0, ...one })
    await settled()
  }

  /** Sends the connected user a challenge by name. */
  call(seeker: SeekInfo): void {
    this.#listener?.challenged(seeker)
  }

  async seat(snapshot: TableSnapshot): Promise<void> {
    this.#listener?.seated(snapshot)
    await settled()
  }

  async closeTable(table: number, sentence: string): Promise<void> {
    this.#listener?.closed(table, sentence)
    await settled()
  }

  async enter(name: string, how?: { readonly password?: string; readonly secret?: string }): Promise<LobbyRefusal | undefined> {
    return this.#become(name, this.#call<LobbyRefusal>('enter', name, how), this.registered.has(name))
  }

  async register(name: string, password: string): Promise<LobbyRefusal | undefined> {
    return this.#become(name, this.#call<LobbyRefusal>('register', name, password), true)
  }

  reconnectSecret: string | undefined

  checkPassword(password: string): LobbyRefusal | undefined {
    return password.length < 8 ? { code: 'bad-password', refused: 'a password has at least 8 characters' } : undefined
  }

  awaySince: number | undefined

  checkName(name: string): LobbyRefusal | undefined {
    return name === 'a@b' ? { code: 'bad-name', refused: 'a name has no @' } : undefined
  }

  /** The user's password; if it is undefined, any password is accepted. */
  ownPassword: string | undefined

  async confirmPassword(password: string): Promise<LobbyRefusal | undefined> {
    return password === (this.ownPassword ?? password) ? undefined : { code: 'bad-password', refused: 'the password is wrong' }
  }

  async changePassword(...args: [string, string]): Promise<EndedConnections | LobbyRefusal> {
    return this.#call('changePassword', ...args) ?? { connections: 0, sessions: 0 }
  }

  async unregister(password: string): Promise<EndedConnections | LobbyRefusal> {
    return this.#call('unregister', password) ?? { connections: 0, sessions: 0 }
  }

  async registeredName(name: string): Promise<string | undefined> {
    return [...this.registered].find((one) => one.toLowerCase() === name.toLowerCase())
  }

  async ladder(...args: [string, number]): Promise<readonly LadderRow[] | LobbyRefusal> {
    return this.#call<readonly LadderRow[]>('ladder', ...args) ?? []
  }

  async history(name: string | undefined, range: PageRange): Promise<(Page<FinishedGame> & { readonly name: string }) | LobbyRefusal> {
    return (
      this.#call<Page<FinishedGame> & { readonly name: string }>('history', name, range) ?? {
        name: name ?? this.me?.name ?? '',
        items: [],
        total: 0,
      }
    )
  }

  async recent(range: PageRange): Promise<Page<GameResult>> {
    const found = this.#call<Page<GameResult>>('recent', range)
    return !found || isRefusal(found) ? { items: [], total: 0 } : found
  }

  async record(table: number, range: RecordRange): Promise<GameRecord | LobbyRefusal> {
    return this.#call<GameRecord>('record', table, range) ?? { code: 'no-such-table', refused: `there is no table ${table}` }
  }

  subscribe(): LobbyLists {
    return { people: [], seekers: [], tables: [], total: { people: 0, seekers: 0, tables: 0 } }
  }

  unsubscribe(): void {}

  seatLinks(): LobbyRefusal {
    return { code: 'no-such-table', refused: 'there is no table' }
  }

  async rank(game: string): Promise<(LadderRow & { readonly of: number }) | undefined | LobbyRefusal> {
    return this.#call('rank', game)
  }

  async seek({ replace: _, ...terms }: SeekTerms): Promise<SeekAccepted | LobbyRefusal> {
    return this.#call<SeekAccepted>('seek', terms) ?? {}
  }

  /** Returns whether there is an open seek to cancel, and records the call for an open seek. */
  seeking = false

  async cancel(): Promise<boolean> {
    const sought = this.seeking
    this.seeking = false
    if (sought) this.#call('cancel')
    return sought
  }

  async join(code: string): Promise<LobbyRefusal | undefined> {
    return this.#call('join', code)
  }

  async acceptChallenge(name?: string): Promise<LobbyRefusal | undefined> {
    return this.#call('acceptChallenge', name) ?? { code: 'not-now', refused: 'you have no challenge or offer to answer' }
  }

  async refuseChallenge(name?: string): Promise<LobbyRefusal | undefined> {
    return this.#call('refuseChallenge', name) ?? { code: 'not-now', refused: 'you have no challenge or offer to answer' }
  }

  watch(table: number): TableSnapshot | LobbyRefusal {
    return this.#call<TableSnapshot>('watch', table) ?? { code: 'no-such-table', refused: `there is no table ${table}` }
  }

  leave(table: number): LobbyRefusal | undefined {
    return this.#call('leave', table)
  }

  async resume(token: string): Promise<TableSnapshot | LobbyRefusal> {
    return this.#call<TableSnapshot>('resume', token) ?? { code: 'bad-token', refused: 'the server holds no seat for this token' }
  }

  async resumeSeat(table: number): Promise<TableSnapshot | LobbyRefusal> {
    return this.#call<TableSnapshot>('resumeSeat', table) ?? { code: 'no-such-table', refused: `there is no table ${table}` }
  }

  async missed(): Promise<MissedEvents | LobbyRefusal> {
    return (this.#answers.get('missed') as MissedEvents | undefined) ?? { after: 0, names: [], events: [] }
  }

  board(table: number): TableBoard | LobbyRefusal {
    return this.#call<TableBoard>('board', table) ?? { code: 'not-seated', refused: `you are not at table ${table}` }
  }

  async play(...args: [number, string]): Promise<LobbyRefusal | undefined> {
    return this.#call('play', ...args)
  }

  async say(...args: [number, string]): Promise<LobbyRefusal | undefined> {
    return this.#call('say', ...args)
  }

  async message(name: string, text: string): Promise<LobbyRefusal | undefined> {
    return this.#call('message', name, text)
  }

  readonly #muted = new Set<string>()

  async mute(name: string): Promise<LobbyRefusal | undefined> {
    this.#muted.add(name)
    return this.#call('mute', name)
  }

  unmute(name: string): LobbyRefusal | undefined {
    this.#muted.delete(name)
    return this.#call('unmute', name)
  }

  get muted(): readonly string[] {
    return [...this.#muted]
  }

  isUnmuted(name: string): boolean {
    return !this.#muted.has(name)
  }

  watchers(table: number, range: PageRange): Page<string> | LobbyRefusal {
    return this.#call<Page<string>>('watchers', table, range) ?? { items: [], total: 0 }
  }

  async act(table: number, act: ActType): Promise<LobbyRefusal | undefined> {
    return this.#call(act, table)
  }

  openSession(): Promise<never> {
    return noSessions()
  }

  enterBySession(): Promise<never> {
    return noSessions()
  }

  closeSession(): Promise<never> {
    return noSessions()
  }

  listSessions(): Promise<never> {
    return noSessions()
  }

  endSessions(): Promise<never> {
    return noSessions()
  }

  #call<Answer>(method: Called, ...args: readonly unknown[]): Answer | undefined {
    this.calls.push([method, ...args.filter((arg) => arg !== undefined)])
    return this.#answers.get(method) as Answer | undefined
  }

  #become(name: string, refusal: LobbyRefusal | undefined, registered: boolean): LobbyRefusal | undefined {
    if (refusal) return refusal
    this.me = { name, registered, tables: [] }
    if (registered) this.registered.add(name)
    return undefined
  }
}

function noSessions(): Promise<never> {
  return Promise.reject(new Error('people at the front door have no sessions'))
}
