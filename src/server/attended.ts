import { isRefusal, type Refusal, type SeatNumber } from '../games/game.ts'
import type { Hall } from '../hall/hall.ts'
import { RECENT, replayed } from '../hall/history.ts'
import type { LiveTable } from '../hall/live.ts'
import type { PersonId, TableEvent } from '../hall/ports.ts'
import { type Command, opened, type Step, type TableState } from '../hall/table.ts'
import type { Attendance, LobbyRefusal, TableListener } from '../protocols/lobby.ts'
import { Attending } from './attending.ts'
import type { Holdings } from './holdings.ts'
import { coded, noSeat, UNAVAILABLE } from './refusals.ts'

/** AttendedOptions is what attended tables need beside the hall. */
export interface AttendedOptions {
  /** Counts the seats, and what is written. */
  readonly holdings: Holdings
  /** Name of the user who attends them. */
  readonly name: () => string
  /** Resolves when the client has read most of what it was sent. */
  readonly ready: () => Promise<void>
}

/** Attended is the tables at which one somebody of the lobby is, in seats or watching. */
export class Attended {
  readonly #hall: Hall
  readonly #listener: TableListener
  readonly #name: () => string
  readonly #ready: () => Promise<void>
  readonly #tables = new Map<number, Attending>()
  readonly #holdings: Holdings
  #closed = false

  constructor(hall: Hall, listener: TableListener, { holdings, name, ready }: AttendedOptions) {
    this.#holdings = holdings
    this.#name = name
    this.#hall = hall
    this.#listener = listener
    this.#ready = ready
  }

  /** How many they are. */
  get size(): number {
    return this.#tables.size
  }

  /** Whether this is one of them. */
  has(id: number): boolean {
    return this.#tables.has(id)
  }

  /** Takes the own seat at a table up again that this session has already; `undefined` if it has none. */
  takeUpAgain(id: number, after: number | undefined): Promise<Attendance | LobbyRefusal> | undefined {
    const attended = this.#tables.get(id)
    return attended?.seat === undefined ? undefined : this.takeUp(attended.table, attended.seat, attended.token, after)
  }

  /** Finds the own seat at a table, and whether its game is over; `undefined` if there is no seat. */
  sitterAt(id: number): { readonly person: PersonId; readonly name: string; readonly over: boolean } | undefined {
    const attended = this.#tables.get(id)
    const sitter = attended?.seat === undefined ? undefined : attended.table.state.opened.seats[attended.seat]
    return attended && sitter && { person: sitter.person, name: sitter.name, over: attended.table.over }
  }

  /** Sits down, and says so. */
  sit(table: LiveTable, seat: SeatNumber, token: string | undefined): void {
    this.#holdings.open(table, seat)
    this.#listener.seated(this.attend(table, seat, token).attendance)
  }

  /** Attends a table; its news are sent from now on, or wait for the missed ones if `isBehind`. */
  attend(table: LiveTable, who: SeatNumber | 'watcher', token?: string, isBehind = false): Attending {
    const before = this.#tables.get(table.id)
    const { seated, news, closed, recorded } = this.#listener
    const listener: TableListener = {
      seated: seated.bind(this.#listener),
      closed: closed.bind(this.#listener),
      recorded: recorded.bind(this.#listener),
      news: (told) => {
        news.call(this.#listener, told)
        if (told.what.type === 'continued' && who !== 'watcher') this.#goOn(table, who, told.what.table, token)
      },
    }
    const onClosed = () => this.#tables.delete(table.id)
    const attended = new Attending(table, who, { listener, token, onClosed, name: this.#name(), isBehind })
    this.#tables.set(table.id, attended)
    this.#holdings.spend(table, () => attended.begin())
    // afterwards, so that the seat is not empty meanwhile
    if (before) this.#end(before)
    return attended
  }

  /** Takes a seat up again; what happened after the event with the number `after` is told first. */
  async takeUp(
    table: LiveTable,
    seat: SeatNumber,
    token: string | undefined,
    after: number | undefined,
  ): Promise<Attendance | LobbyRefusal> {
    if (this.#closed) return noSeat(table.id)
    const full = this.#full
    if (full) return full
    const before = table.state
    const missed = after === undefined ? 0 : Math.max(0, before.n - after)
    const isNear = after !== undefined && missed > 0 && missed <= RECENT
    const known = isNear ? table.history?.since(after) : undefined
    const attended = this.attend(table, seat, token, isNear)
    if (!isNear) return missed > 0 ? { ...attended.attendance, resync: true } : attended.attendance
    try {
      // recent events are not read again; a short table is read whole
      const steps = known ?? stepsOf(await this.#hall.log(table.id), before, after)
      await attended.catchUp(steps, (news) => this.#listener.news(news), this.#ready)
    } finally {
      attended.goOn()
    }
    return attended.attendance
  }

  /** Goes away from a table that is watched, or whose game is over. */
  leave(id: number): LobbyRefusal | undefined {
    const attended = this.#tables.get(id)
    if (!attended) return { code: 'not-seated', refused: `you are not at table ${id}` }
    if (attended.seat !== undefined && !attended.table.over) return { code: 'not-now', refused: 'your game goes on: resign it first' }
    this.#end(attended)
    this.#tables.delete(id)
    return undefined
  }

  /** Moves; see `Lobby`. */
  async play(id: number, text: string, after?: number): Promise<LobbyRefusal | undefined> {
    const attended = this.#tables.get(id)
    if (attended?.seat === undefined) return noSeat(id)
    const { table, seat, seen } = attended
    if (after !== undefined && after < seen) return { code: 'stale', refused: `something has happened at table ${id} after event ${after}` }
    const move = table.state.rules.notation.parse(text)
    if (this.#full) return this.#full
    const refusal = isRefusal(move) ? move : this.#spend(table, { type: 'play', seat, move })
    return refusal ? coded('illegal-move', refusal) : this.#kept(table)
  }

  /** Says something at a table, as somebody in a seat or watching. */
  async say(id: number, name: string, text: string): Promise<LobbyRefusal | undefined> {
    const attended = this.#tables.get(id)
    if (!attended) return { code: 'not-seated', refused: `you are not at table ${id}` }
    const seat = attended.seat === undefined ? {} : { seat: attended.seat }
    return this.#full ?? this.#done(attended.table, this.#spend(attended.table, { type: 'say', name, text, ...seat }))
  }

  /** Counts the other clients at a table that show talk. */
  hearers(id: number): number {
    const own = this.#tables.get(id)
    return own === undefined ? 0 : own.table.attendants.filter((one) => one !== own && one instanceof Attending).length
  }

  /** Offers a draw or a rematch; see `Lobby`. */
  async offer(id: number): Promise<LobbyRefusal | undefined> {
    const attended = this.#tables.get(id)
    if (attended?.seat === undefined) return noSeat(id)
    const { table, seat } = attended
    return (
      this.#full ??
      this.#done(
        table,
        this.#holdings.spend(table, () => this.#hall.offer(table, seat)),
      )
    )
  }

  /** Does something in a seat that needs no more words. */
  async act(id: number, type: 'decline' | 'resign' | 'claim' | 'abort'): Promise<LobbyRefusal | undefined> {
    const attended = this.#tables.get(id)
    if (attended?.seat === undefined) return noSeat(id)
    const full = type === 'decline' ? this.#full : undefined
    return full ?? this.#done(attended.table, this.#spend(attended.table, { type, seat: attended.seat }))
  }

  /** Goes away from all tables, whose numbers it answers: seats are held for their owner. */
  end(): readonly number[] {
    const ids = [...this.#tables.keys()]
    for (const attended of this.#tables.values()) this.#end(attended)
    this.#tables.clear()
    return ids
  }

  /** Goes away for good. */
  close(): void {
    this.#closed = true
    this.end()
  }

  /** Sits down for a rematch: the seats are swapped. */
  #goOn(before: LiveTable, seat: SeatNumber, id: number, token: string | undefined): void {
    const table = this.#hall.table(id)
    if (!table) return
    const attended = this.#tables.get(before.id)
    if (attended) this.#end(attended)
    this.#tables.delete(before.id)
    this.sit(table, before.state.opened.seats.length - 1 - seat, token)
  }

  /** The refusal of what would add to the disk, where this address has added too much. */
  get #full(): LobbyRefusal | undefined {
    const { full } = this.#holdings.spending
    return full === undefined ? undefined : { code: 'too-many', refused: full }
  }

  #end(attended: Attending): void {
    this.#holdings.spend(attended.table, () => attended.end())
  }

  #spend(table: LiveTable, command: Command): Refusal | undefined {
    return this.#holdings.spend(table, () => table.submit(command))
  }

  async #done(table: LiveTable, refusal: Refusal | undefined): Promise<LobbyRefusal | undefined> {
    return refusal ? coded('not-now', refusal) : this.#kept(table)
  }

  async #kept(table: LiveTable): Promise<LobbyRefusal | undefined> {
    if (await table.kept()) return undefined
    return table.closed ? { code: 'not-now', refused: `table ${table.id} is closed: it could not be kept` } : UNAVAILABLE
  }
}

/** Lists the steps of a log after the event `after`, up to the state `until`, which can be a suspension that is not in the log. */
function* stepsOf(log: readonly TableEvent[], until: TableState, after: number): Iterable<Step> {
  const [first, ...others] = log.slice(0, until.n)
  if (!first) return
  const base = opened(first, until.rules)
  if (after < 1) yield { event: first, state: base }
  yield* replayed(base, others, after)
  const { n, at } = others.at(-1) ?? first
  if (n < until.n && until.suspended) yield { event: { type: 'suspended', n: until.n, at }, state: until }
}
