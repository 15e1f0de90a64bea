import type { Effort } from '../games/effort.ts'
import { isRefusal, type Random, type Refusal, type SeatNumber, type Situation } from '../games/game.ts'
import { type History, remember } from './history.ts'
import { idleDeadlineAfter } from './idle.ts'
import { type Attendant, newsOf, type StandingChange, situationOf } from './news.ts'
import { CLOSED, type Clock, type Happening, isTemporary, type TableEvent, type TableId, type TableLog, UNWRITABLE } from './ports.ts'
import { isLasting, type Lasting, Postponed } from './postponed.ts'
import { NOT_SUSPENDED, type Restored, restored, type Suspension } from './suspension.ts'
import { answer, type Command, decide, evolve, nextTick, opened, type Step, type TableState } from './table.ts'
import { Waiters } from './waiters.ts'

/** TableTools is what a table needs from outside. */
export interface TableTools {
  readonly log: TableLog
  readonly clock: Clock
  /** The chance in the house's own moves. */
  readonly random: Random
  /** Limit of the house's search, at all tables together; no limit by default. */
  readonly effort?: Effort
  /** Told of what went wrong and was survived: a table that was closed therefore, or somebody there who was sent away. */
  readonly onTrouble: (sentence: string, reason: unknown) => void
  /** Called when a table is known for the first time, has ended, or is attended for the first or left by the last. */
  readonly onChange?: ((table: LiveTable) => void) | undefined
  /** Called when what came of the game for the ladder is recorded. */
  readonly onRecorded?: ((table: LiveTable, changes: readonly StandingChange[]) => void) | undefined
}

/**
 * LiveTable is a table at which something goes on: its mailbox. Whatever is wanted is decided at once, then kept, then
 * published, in this order and nowhere else. The house's own moves are decided together with what they answer.
 */
export class LiveTable {
  readonly id: TableId
  /** True if its end is in the histories of its players. */
  noted = false
  /** Where the list of public tables has it. */
  listed: 'attended' | 'deserted' | undefined
  /** Recent events, if there were many. */
  history: History | undefined
  readonly #tools: TableTools
  /** What is decided, kept or not yet. */
  #decided: TableState
  /** What is kept and published. */
  #published: TableState | undefined
  /** What is decided and on its way to the journal. */
  #pending: Step[] = NONE
  /** How many of these are kept. */
  #done = 0
  /** Commands that were decided and will be decided again, because they cannot be persisted now. */
  #postponed: Postponed | undefined
  /** Appends that the journal has not answered yet, and who waits until it has. */
  #underWay = 0
  /** Appends among these that depend on a failed one, and so fail too. */
  #stale = 0
  #settling: PromiseWithResolvers<void> | undefined
  #attendants: readonly Attendant[] = NOBODY
  #waiters: Waiters | undefined
  #unfollow: (() => void) | undefined
  #cancelTick: (() => void) | undefined
  #written = 0
  #broken: Error | undefined
  #troubled = false
  #onQuiet: ((table: LiveTable) => void) | undefined
  /** True since the store could not write. */
  #standsStill = false
  /** Times of the last decided event, and of the last persisted one. */
  #lastAt: number
  #keptAt: number
  /** Difference between the time of the table's events and monotonic time: wall time counts once, when the table begins here. */
  #epoch: number
  readonly #suspension: Suspension

  private constructor(id: TableId, { state, lastAt, suspension, history }: Restored, kept: boolean, tools: TableTools) {
    this.id = id
    this.#tools = tools
    this.#decided = state
    this.#suspension = suspension
    this.history = history
    this.#published = kept ? state : undefined
    this.#lastAt = lastAt
    this.#keptAt = lastAt
    const { clock } = tools
    const wall = Math.max(clock.now(), lastAt)
    const monotonic = clock.monotonic()
    this.#epoch = wall - monotonic
    this.#unfollow = tools.log.follow(id, (events) => this.#kept(events))
  }

  /**
   * Opens a new table, and lets the house move where it is to. What is wanted at it is decided at once, and seen when its
   * opening is kept.
   */
  static open(id: TableId, opening: Extract<Happening, { type: 'opened' }>, rules: TableState['rules'], tools: TableTools): LiveTable {
    const event: TableEvent = { ...opening, n: 1, at: tools.clock.now() }
    const state = opened(event, rules)
    const table = new LiveTable(id, { state, lastAt: event.at, suspension: NOT_SUSPENDED }, false, tools)
    table.#keepAnswered([{ event, state }], event.at)
    return table
  }

  /** Takes a table up again, suspended, from its log. Throws a TypeError where that is no log of a table. */
  static restore(id: TableId, events: readonly TableEvent[], rules: TableState['rules'], tools: TableTools): LiveTable {
    return new LiveTable(id, restored(id, events, rules), true, tools)
  }

  /** The time by the table's own clock, which all its events have: as `TableEvent` has it. */
  get now(): number {
    return this.#epoch + this.#tools.clock.monotonic()
  }

  /** The table as it is published; as it is decided, while its opening is not yet kept. */
  get state(): TableState {
    return this.#published ?? this.#decided
  }

  /** Whether it cannot go on in this process. */
  get closed(): boolean {
    return this.#broken !== undefined
  }

  /** Whether its opening is kept, so that anybody may know of it. */
  get known(): boolean {
    return this.#published !== undefined
  }

  /** Those who attend now. */
  get attendants(): readonly Attendant[] {
    return this.#attendants
  }

  /** Bytes that this process has added to its log. */
  get written(): number {
    return this.#written
  }

  /** The number of the last event that is decided. */
  get decided(): number {
    return this.#decided.n
  }

  /** Whether the game is over, as far as it is decided. */
  get over(): boolean {
    return this.#decided.ended
  }

  /** Whether all who sit here have made the offer that is open. */
  get allOffer(): boolean {
    return this.#decided.offers.length === this.#decided.opened.seats.length
  }

  /**
   * Submits a command: its events are decided and will be published, or the answer says why not. An exception of the
   * rules is the fault of the command's sender, and changes nothing. A command that cannot be persisted because the store
   * is out of order has not happened, as `kept` says; `patient` commands, and all that follow from connections that come
   * and go, wait until it can be.
   */
  submit(command: Command, patient = false): Refusal | undefined {
    if (this.#broken) return CLOSED
    if (this.#standsStill) this.goOn()
    const now = command.type === 'suspend' ? this.#lastAt : this.now
    const steps = decide(this.#decided, command, now)
    if (isRefusal(steps)) return steps
    if (steps.length > 0 && (patient || isLasting(command))) {
      this.#postponed ??= new Postponed()
      this.#postponed.note(command, this.#decided.n)
    }
    return command.type === 'play' || command.type === 'back' ? this.#keepAnswered(steps, now) : this.#keep(steps)
  }

  /** Resolves when all that is decided now is persisted and published; to `false` if that fails: `closed` says whether for good. */
  kept(): Promise<boolean> {
    if (this.#broken) return Promise.resolve(false)
    if (this.#done === this.#pending.length) return Promise.resolve(true)
    this.#waiters ??= new Waiters()
    return this.#waiters.until(this.#decided.n)
  }

  /** Resolves when nothing is on its way to the journal any more, whatever came of it. */
  settled(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve()
    this.#settling ??= Promise.withResolvers()
    return this.#settling.promise
  }

  /** Joins the table: brings the situation now, and from then on every event, until `leave`. */
  attend(attendant: Attendant): void {
    if (this.#broken) return attendant.closed(this.#broken)
    this.#attendants = this.#attendants.length === 0 ? [attendant] : [...this.#attendants, attendant]
    if (this.#attendants.length === 1) this.#tools.onChange?.(this)
  }

  /** Leaves the table; does nothing for one who is not there, or no more. */
  leave(attendant: Attendant): void {
    if (!this.#attendants.includes(attendant)) return
    this.#without(attendant)
    this.#rest()
  }

  /**
   * Milliseconds until it has been without a move for too long, 0 or less if it has; `Infinity` if it does not end so.
   * `restoredAt` is when this process took up its tables again, in monotonic milliseconds.
   */
  untilIdle(limit: number, restoredAt: number): number {
    return idleDeadlineAfter(this.#decided, limit, this.#epoch + restoredAt) - this.now
  }

  /** Notifies all who attend of what came of the game for the ladder. */
  announce(changes: readonly StandingChange[]): void {
    if (changes.length === 0) return
    for (const attendant of this.#attendants) {
      try {
        attendant.recorded?.(changes)
      } catch (reason) {
        this.#sendAway(attendant, reason)
      }
    }
    this.#tools.onRecorded?.(this, changes)
  }

  /** Whether others are to do something before a seat has anything to do or to hear, as far as it is decided. */
  waitsForOthers(seat: SeatNumber): boolean {
    return !this.#decided.ended && !this.#decided.toMove.includes(seat)
  }

  /** What a seat or a watcher sees now; `undefined` while nothing is published. */
  situation(who: SeatNumber | 'watcher'): Situation<unknown> | undefined {
    return this.#published && situationOf(this.#published, who)
  }

  /** Calls `then` once, when the game is over, everything is kept and nobody attends any more, or the table is closed. */
  whenQuiet(then: (table: LiveTable) => void): void {
    if (this.#broken) return then(this)
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
    for (const attendant of attendants) this.#dismiss(attendant, reason)
    this.#waiters?.failed()
    const then = this.#onQuiet
    this.#onQuiet = undefined
    then?.(this)
  }

  /** Keeps some steps with what the house answers to them; where the house cannot go on, neither can the table. */
  #keepAnswered(steps: Step[], now: number): Refusal | undefined {
    try {
      const answered = answer(steps.at(-1)?.state ?? this.#decided, now, this.#tools.random, this.#tools.effort)
      return this.#keep(answered.length === 0 ? steps : [...steps, ...answered])
    } catch (reason) {
      this.#break(`the house cannot go on at table ${this.id}`, reason)
      return CLOSED
    }
  }

  /** Resolves when all that is seen of the table is in its log, too; to `false` where that cannot be. */
  logged(): Promise<boolean> {
    if (!this.#broken) this.#append(this.#suspension.before([]))
    return this.kept()
  }

  #keep(steps: Step[]): undefined {
    if (steps.length > 0) this.#append(this.#suspension.before(steps))
  }

  #append(steps: Step[]): void {
    const last = steps.at(-1)
    if (!steps[0] || !last) return
    this.#decided = last.state
    this.#lastAt = last.event.at
    if (this.#pending.length === 0) this.#pending = steps
    else this.#pending.push(...steps)
    this.#underWay++
    this.#written += this.#tools.log.append(this.id, steps[0].event.n - 1, steps.map(eventOf), this.#answered) ?? 0
  }

  /** The journal has kept what it was given, as followers have heard, or cannot. */
  readonly #answered = (failure?: Error): void => {
    this.#underWay--
    if (this.#stale > 0) this.#stale--
    else if (failure) this.#failed(failure)
    if (this.#underWay > 0) return
    this.#settling?.resolve()
    this.#settling = undefined
  }

  #failed(failure: Error): void {
    if (!isTemporary(failure)) return this.#break(`table ${this.id} could not be kept`, failure)
    if (this.#published) this.#rollBack(this.#published)
    else this.close(new Error(UNWRITABLE, { cause: failure }))
  }

  /** Rolls back what is decided and not persisted; later appends that depend on it fail too, and report nothing new. */
  #rollBack(published: TableState): void {
    this.#stale = this.#underWay
    this.#decided = published
    this.#lastAt = this.#keptAt
    this.#pending = NONE
    this.#done = 0
    this.#suspension.rollBack()
    this.#cancelTick?.()
    this.#postponed?.rollBack()
    this.#waiters?.failed()
    for (const attendant of this.#attendants) attendant.rolledBack?.()
  }

  /** The store can write again: the table stands still until `goOn` is called, or something is wanted here. */
  standStill(): void {
    this.#standsStill = true
  }

  /** True while the table stands still. */
  get standsStill(): boolean {
    return this.#standsStill
  }

  /** Goes on after the store could not write: no clock ran meanwhile, and what waited for it happens now. */
  goOn(): void {
    this.#standsStill = false
    if (this.#broken || !this.#published) return
    const waited: readonly Lasting[] = this.#postponed?.take() ?? []
    if (nextTick(this.#decided) !== undefined) {
      this.submit({ type: 'suspend' })
      for (const { who } of this.#attendants) if (who !== 'watcher') this.submit({ type: 'back', seat: who })
    }
    for (const { command } of waited) this.submit(command, true)
    this.#wind()
  }

  /** Events are kept, by us or by another server: now everybody may know. */
  #kept(events: readonly TableEvent[]): void {
    for (const event of events) {
      const state = this.#after(event)
      if (!state) return
      if (this.#suspension.isKept(event)) continue
      const isNew = !this.#published
      this.history = remember(this.history, this.#published, event, state)
      this.#published = state
      if (isNew || event.type === 'ended') this.#tools.onChange?.(this)
      this.#keptAt = event.at
      this.#publish(event, state)
      if (this.#broken) return
    }
    const until = this.#published?.n ?? 0
    this.#postponed?.kept(until)
    this.#wind()
    this.#waiters?.kept(until)
    this.#rest()
  }

  /** Those that are kept are put away together: taking them off the front one by one would cost more than all else here. */
  #oneMoreKept(): void {
    this.#done++
    if (this.#done < this.#pending.length && this.#done < MANY) return
    this.#pending = this.#done < this.#pending.length ? this.#pending.slice(this.#done) : NONE
    this.#done = 0
  }

  /** The state after an event that is kept; `undefined` where the table cannot go on here. */
  #after(event: TableEvent): TableState | undefined {
    const own = this.#pending[this.#done]
    if (own) this.#oneMoreKept()
    if (own?.event === event) return own.state
    try {
      if (own || !this.#published) throw new TypeError(`event ${event.n} is not the one that was expected`)
      this.#decided = evolve(this.#published, event)
      this.#lastAt = event.at
      // the clock of who appended this may be ahead
      this.#epoch += Math.max(0, event.at - this.now)
      return this.#decided
    } catch (reason) {
      this.#break(`table ${this.id} goes on elsewhere`, reason)
      return undefined
    }
  }

  /** Tells everybody; who cannot be told is sent away, and keeps it from nobody else. */
  #publish(event: TableEvent, state: TableState): void {
    const all = this.#attendants
    for (const attendant of all) {
      // whoever was told before may have made this one leave
      if (all !== this.#attendants && !this.#attendants.includes(attendant)) continue
      try {
        attendant.news(newsOf(event, state, attendant.who))
      } catch (reason) {
        this.#sendAway(attendant, reason)
      }
    }
  }

  #sendAway(attendant: Attendant, reason: unknown): void {
    const sentence = `somebody at table ${this.id} could not be told what happens there`
    this.#without(attendant)
    this.#dismiss(attendant, new Error(sentence, { cause: reason }))
    this.#tools.onTrouble(sentence, reason)
  }

  #without(attendant: Attendant): void {
    this.#attendants = this.#attendants.filter((one) => one !== attendant)
    if (this.#attendants.length === 0) this.#tools.onChange?.(this)
  }

  #dismiss(attendant: Attendant, reason: Error): void {
    try {
      attendant.closed(reason)
    } catch (fault) {
      this.#tools.onTrouble(`somebody at table ${this.id} could not be sent away`, fault)
    }
  }

  /** Closes the table, because something has gone wrong. What goes wrong after that has the same cause. */
  #break(sentence: string, reason: unknown): void {
    this.close(new Error(sentence, { cause: reason }))
    if (!this.#troubled) this.#tools.onTrouble(sentence, reason)
    this.#troubled = true
  }

  /** Sets the timer for the time that is over next. */
  #wind(): void {
    const at = nextTick(this.#decided)
    this.#cancelTick?.()
    this.#cancelTick = at === undefined ? undefined : this.#tools.clock.after(at - this.now, () => this.#tick())
  }

  /** Not every clock's timers are as long as some times are: one may be early. */
  #tick(): void {
    this.submit({ type: 'tick' })
    if (!this.#broken) this.#wind()
  }

  #rest(): void {
    if (!this.#onQuiet || !this.#published?.ended || this.#done < this.#pending.length || this.#attendants.length > 0) return
    const then = this.#onQuiet
    this.#onQuiet = undefined
    this.#unfollow?.()
    then(this)
  }
}

const eventOf = ({ event }: Step): TableEvent => event
const NOBODY: readonly never[] = []
/** How many steps that are kept wait to be put away, at most, while others are not. */
const MANY = 64
/** What all tables share of which everything is kept. */
const NONE: Step[] = []
