import { isRefusal, type Random, type Refusal, type SeatNumber, type Situation } from '../games/game.ts'
import { houseMove } from '../games/player.ts'
import { type Clock, type Happening, HOUSE, type TableEvent, type TableId, type TableLog } from './ports.ts'
import { type Command, decide, evolve, nextTick, opened, type TableState } from './table.ts'

/** What a table needs from outside. */
export interface TableTools {
  readonly log: TableLog
  readonly clock: Clock
  /** The chance in the house's own moves. */
  readonly random: Random
  /** Told when a table could not be kept, and is closed therefore. */
  readonly onBroken: (table: TableId, reason: unknown) => void
}

/** News is one event at a table, as one seat or a watcher may see it. */
export interface News {
  readonly n: number
  readonly at: number
  /** What happened, where that is no secret: a move is seen only by what it leaves on the board. */
  readonly event:
    | Exclude<Happening, { type: 'opened' | 'moved' }>
    | { readonly type: 'opened' }
    | { readonly type: 'moved'; readonly seat: SeatNumber }
  /** What is seen now, where that is something else than before. */
  readonly situation?: Situation<unknown>
}

/** Attendant is somebody at a table: in a seat, or watching. */
export interface Attendant {
  readonly who: SeatNumber | 'watcher'
  /** Called with each event once it is kept, in order. */
  news(news: News): void
  /** The table cannot go on. */
  closed(reason: Error): void
}

/** A state that was decided and is on its way to the journal, and the event that leads there. */
interface Pending {
  readonly event: TableEvent
  readonly state: TableState
}

/**
 * LiveTable is a table at which something goes on: its mailbox. Whatever is wanted is decided at once, then kept, then
 * published, in this order and nowhere else. The house's own moves are decided together with what they answer.
 */
export class LiveTable {
  readonly id: TableId
  readonly #tools: TableTools
  /** What is decided, kept or not yet. */
  #decided: TableState
  /** What is kept and published. */
  #published: TableState | undefined
  #pending: Pending[] = []
  #attendants: readonly Attendant[] = []
  #waiting: { readonly n: number; resolve(kept: boolean): void }[] = []
  #unfollow: (() => void) | undefined
  #cancelTick: (() => void) | undefined
  #broken: Error | undefined
  #onQuiet: (() => void) | undefined

  private constructor(id: TableId, state: TableState, kept: boolean, tools: TableTools) {
    this.id = id
    this.#tools = tools
    this.#decided = state
    this.#published = kept ? state : undefined
    this.#unfollow = tools.log.follow(id, (events) => this.#kept(events))
  }

  /** Opens a new table. What is wanted at it is decided at once, and seen when its opening is kept. */
  static open(id: TableId, opening: Extract<Happening, { type: 'opened' }>, rules: TableState['rules'], tools: TableTools): LiveTable {
    const event: TableEvent = { ...opening, n: 1, at: tools.clock.now() }
    const state = opened(event, rules)
    const table = new LiveTable(id, state, false, tools)
    table.#keep(0, [{ event, state }])
    return table
  }

  /** Takes a table up again from its log. Throws a TypeError where that is no log of a table. */
  static restore(id: TableId, events: readonly TableEvent[], rules: TableState['rules'], tools: TableTools): LiveTable {
    const [first, ...others] = events
    if (!first) throw new TypeError(`table ${id} has no events`)
    return new LiveTable(id, others.reduce(evolve, opened(first, rules)), true, tools)
  }

  /** The table as it is published; as it is decided, while its opening is not yet kept. */
  get state(): TableState {
    return this.#published ?? this.#decided
  }

  /** Those who attend now. */
  get attendants(): readonly Attendant[] {
    return this.#attendants
  }

  /** Whether the game is over, as far as it is decided. */
  get over(): boolean {
    return this.#decided.ended
  }

  /** Whether all who sit here have made the offer that is open. */
  get allOffer(): boolean {
    return this.#decided.offers.length === this.#decided.opened.seats.length
  }

  /** Wants something to happen: it does, and will be published, or the answer says why not. */
  submit(command: Command): Refusal | undefined {
    if (this.#broken) return { refused: 'this table is closed' }
    const now = this.#tools.clock.now()
    const expected = this.#decided.n
    const happenings = decide(this.#decided, command, now)
    if (isRefusal(happenings)) return happenings
    if (happenings.length === 0) return undefined
    const steps = [...this.#steps(happenings, now)]
    this.#keep(expected, command.type === 'play' || command.type === 'back' ? this.#answered(steps, now) : steps)
    return undefined
  }

  /** Resolves when everything that is decided now is kept and published; to `false` where that cannot be. */
  kept(): Promise<boolean> {
    if (this.#broken) return Promise.resolve(false)
    if (this.#pending.length === 0) return Promise.resolve(true)
    return new Promise((resolve) => this.#waiting.push({ n: this.#decided.n, resolve }))
  }

  /** Joins the table: brings the situation now, and from then on every event. The answer leaves it. */
  attend(attendant: Attendant): () => void {
    if (this.#broken) {
      attendant.closed(this.#broken)
      return () => {}
    }
    this.#attendants = [...this.#attendants, attendant]
    return () => {
      this.#attendants = this.#attendants.filter((one) => one !== attendant)
      this.#rest()
    }
  }

  /** Whether others are to do something before a seat has anything to do or to hear, as far as it is decided. */
  waitsForOthers(seat: SeatNumber): boolean {
    return !this.#decided.ended && !this.#decided.toMove.includes(seat)
  }

  /** What a seat or a watcher sees now; `undefined` while nothing is published. */
  situation(who: SeatNumber | 'watcher'): Situation<unknown> | undefined {
    return this.#published && situationOf(this.#published, who)
  }

  /** Lets the house move, where it is to. */
  start(): void {
    const steps = this.#answered([], this.#tools.clock.now())
    if (steps.length > 0) this.#keep(this.#decided.n - steps.length, steps)
  }

  /** Calls `then` once, when the game is over, everything is kept and nobody attends any more. */
  whenQuiet(then: () => void): void {
    this.#onQuiet = then
    this.#rest()
  }

  /** Ends all that goes on here, in this process only; the log stays as it is. */
  close(reason: Error): void {
    if (this.#broken) return
    this.#broken = reason
    this.#cancelTick?.()
    this.#unfollow?.()
    const attendants = this.#attendants
    this.#attendants = []
    for (const attendant of attendants) attendant.closed(reason)
    for (const { resolve } of this.#waiting) resolve(false)
    this.#onQuiet?.()
  }

  /** What happens, as events with their states. */
  *#steps(happenings: readonly Happening[], at: number): Iterable<Pending> {
    for (const happening of happenings) {
      const event: TableEvent = { ...happening, n: this.#decided.n + 1, at }
      this.#decided = evolve(this.#decided, event)
      yield { event, state: this.#decided }
    }
  }

  /** Adds what the house answers, as long as it is to move. */
  #answered(steps: Pending[], now: number): Pending[] {
    for (;;) {
      const { rules, position, toMove, opened, ended } = this.#decided
      const seat = ended ? undefined : toMove.find((one) => opened.seats[one]?.person === HOUSE)
      if (seat === undefined) return steps
      const move = houseMove(rules, seat, rules.view(position, seat), this.#tools.random)
      const happenings = decide(this.#decided, { type: 'play', seat, move }, now)
      if (isRefusal(happenings)) throw new Error(`the house made an illegal move at ${rules.name}: ${happenings.refused}`)
      steps.push(...this.#steps(happenings, now))
    }
  }

  #keep(expected: number, steps: readonly Pending[]): void {
    this.#pending.push(...steps)
    const events = steps.map(({ event }) => event)
    this.#tools.log.append(this.id, expected, events).catch((reason) => {
      this.close(new Error(`table ${this.id} could not be kept`, { cause: reason }))
      this.#tools.onBroken(this.id, reason)
    })
  }

  /** Events are kept, by us or by another server: now everybody may know. */
  #kept(events: readonly TableEvent[]): void {
    for (const event of events) {
      const own = this.#pending.shift()
      if (own && own.event !== event) return this.close(new Error(`table ${this.id} goes on elsewhere`))
      this.#published = own ? own.state : this.#published ? evolve(this.#published, event) : undefined
      if (!own && this.#published) this.#decided = this.#published
      if (this.#published) this.#publish(event, this.#published)
    }
    this.#wind()
    this.#tellKept()
    this.#rest()
  }

  #tellKept(): void {
    if (this.#waiting.length === 0) return
    const until = this.#published?.n ?? 0
    const kept = this.#waiting.filter(({ n }) => n <= until)
    this.#waiting = this.#waiting.filter(({ n }) => n > until)
    for (const { resolve } of kept) resolve(true)
  }

  #publish(event: TableEvent, state: TableState): void {
    for (const attendant of this.#attendants) attendant.news(newsOf(event, state, attendant.who))
  }

  /** Sets the timer for the time that is over next. */
  #wind(): void {
    const at = nextTick(this.#decided)
    this.#cancelTick?.()
    this.#cancelTick =
      at === undefined ? undefined : this.#tools.clock.after(at - this.#tools.clock.now(), () => this.submit({ type: 'tick' }))
  }

  #rest(): void {
    if (!this.#onQuiet || !this.#published?.ended || this.#pending.length > 0 || this.#attendants.length > 0) return
    const then = this.#onQuiet
    this.#onQuiet = undefined
    this.#unfollow?.()
    then()
  }
}

/** What changes what is seen: everything that has to do with the game itself. */
const SEEN: ReadonlySet<Happening['type']> = new Set(['opened', 'moved', 'ended'])

/** An event as a seat or a watcher may see it. */
function newsOf({ n, at, ...event }: TableEvent, state: TableState, who: SeatNumber | 'watcher'): News {
  const situation = SEEN.has(event.type) ? situationOf(state, who) : undefined
  const shown = event.type === 'opened' ? { type: event.type } : event.type === 'moved' ? { type: event.type, seat: event.seat } : event
  return situation ? { n, at, event: shown, situation } : { n, at, event: shown }
}

function situationOf({ rules, position, toMove, outcome }: TableState, who: SeatNumber | 'watcher'): Situation<unknown> {
  const view = rules.view(position, who)
  const turn = outcome === undefined && who !== 'watcher' && toMove.includes(who)
  return outcome ? { view, turn, outcome } : { view, turn }
}
