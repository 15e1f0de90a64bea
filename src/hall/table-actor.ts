import type { Clock } from '../base/clock.ts'
import type { Effort } from '../games/ai/effort.ts'
import { isRefusal, type Random, type Refusal, type SeatNumber } from '../games/game.ts'
import { AppendProgress } from './append-progress.ts'
import { idleDeadlineAfter } from './idle-deadline.ts'
import { ObservedTable } from './observed-table.ts'
import { PendingSteps } from './pending-steps.ts'
import { type Persisted, Waiters } from './persistence-waiters.ts'
import {
  CLOSED,
  isTemporary,
  type OpeningEvent,
  type TableEvent,
  type TableId,
  type TableLog,
  UNWRITABLE,
  VersionConflict,
} from './ports.ts'
import { isLasting, PostponedCommands, resumeTable } from './postponed-commands.ts'
import { Redecisions } from './redecisions.ts'
import { NOT_SUSPENDED, type Restored, type Suspension, toRestoredTable } from './suspension.ts'
import { answer, decide, evolve, nextTick, type TableCommand, type TableState, type TableStep, toOpenedTable } from './table.ts'
import { TableClock } from './table-clock.ts'
import type { StandingChange } from './table-updates.ts'

/*
 * A TableActor runs one table. It receives commands, decides on their events, appends the events to the log, and publishes them to its
 * observers (`observed-table.ts`), in this order. No other code does so. The rules are pure (`table.ts`); storage answers later, or fails.
 *
 * Two states. `#decided` is the state after all decided events, and the actor decides the next command on this state, so that a second
 * move does not wait for the disk. `published` is the state after the events that are persisted: observers see only this state, so that
 * they never see an event that a crash could undo. The `#pending` steps lead from `published` to `#decided`. The log calls `#onPersisted`
 * with events in order; if an event is the next pending event, the actor has its state already; otherwise another process has appended the
 * event, and the actor computes the state. If this and another process have appended an event with the same number, the actor closes the
 * table in this process.
 *
 * Several processes. If another process has appended events first, the actor decides its commands again (`redecisions.ts`).
 *
 * The house. The actor decides the moves of the house together with the move that they answer, and appends all these moves together, so
 * the log has no state in which the house has to move.
 *
 * Failure. A temporary failure of the store rolls back: `#decided` returns to `published`, and all later pending appends fail, too
. The actor repeats commands that follow from connections, such as `gone`, when the store can write again
 * (`postponed-commands.ts`). Any other failure, and a failed opening, closes the table in this process; the log stays as it is.
 *
 * Time. The time of an event is the time of the table's own clock: monotonic time plus an offset. The actor sets the offset when the table
 * begins in this process, and increases it only if another process has appended a later time. One timer waits for the next time limit.
 *
 * Memory and speed. There can be very many tables, so empty collections are shared constants, and the actor creates rare parts on
 * demand.
 */

export interface TableActorOptions {
  readonly log: TableLog
  readonly clock: Clock
  /** Source of the house's choices. */
  readonly random: Random
  /** Limits the house's searches at all tables together. Default: no limit. */
  readonly effort?: Effort
  /** Called with errors that do not stop the server: the errors for which an actor closes its table or removes an observer. */
  readonly onError: (sentence: string, reason: unknown) => void
  /** Called when the log has a table's opening or end, and when the table's first observer subscribes or its last observer leaves. */
  readonly onChange?: ((table: TableActor) => void) | undefined
  /** Called when the ladder counts the result of the game. */
  readonly onRecorded?: ((table: TableActor, changes: readonly StandingChange[]) => void) | undefined
}

/** TableActor runs one table: it decides commands, appends their events to the log, and publishes the persisted events. */
export class TableActor extends ObservedTable {
  /** True from the end of an outage until `resume` or the next command. */
  isPaused = false
  /** True after the hall has added the end to the histories of the players. */
  isInHistories = false
  /** The group of this table in the list of public tables. */
  listed: 'attended' | 'deserted' | undefined
  readonly #tools: TableActorOptions
  #decided: TableState
  readonly #pending = new PendingSteps()
  /** Commands to repeat when the store can write again. */
  #postponed: PostponedCommands | undefined
  readonly #progress = new AppendProgress()
  /** The commands to decide again after a conflict; `undefined` if only one process appends to this table. */
  readonly #redecisions: Redecisions | undefined
  #waiters: Waiters | undefined
  #unfollow: (() => void) | undefined
  #written = 0
  #troubled = false
  #onQuiet: ((table: TableActor) => void) | undefined
  /** Time of the last decided event, and time of the last persisted event. */
  #lastAt: number
  #persistedAt: number
  readonly #clock: TableClock
  readonly #suspension: Suspension

  private constructor(id: TableId, { state, lastAt, suspension, history }: Restored, isPersisted: boolean, tools: TableActorOptions) {
    super(id, isPersisted ? state : undefined, history)
    this.#tools = tools
    this.#decided = state
    this.#suspension = suspension
    this.#lastAt = lastAt
    this.#persistedAt = lastAt
    this.#clock = new TableClock(tools.clock, lastAt)
    this.#redecisions = tools.log.isShared ? new Redecisions() : undefined
    this.#unfollow = tools.log.follow(id, (events) => this.#onPersisted(events))
  }

  /**
   * Opens a new table, including the house's first moves. The actor accepts commands immediately, and publishes events when the log has
   * the opening.
   */
  static open(id: TableId, opening: OpeningEvent, rules: TableState['rules'], tools: TableActorOptions): TableActor {
    const table = TableActor.follow(id, opening, rules, tools)
    table.#appendWithAnswer([{ event: opening, state: table.#decided }], opening.at)
    return table
  }

  /** Creates the actor of a table whose opening another process appends; the actor publishes the opening as soon as the log has it. */
  static follow(id: TableId, opening: OpeningEvent, rules: TableState['rules'], tools: TableActorOptions): TableActor {
    return new TableActor(id, { state: toOpenedTable(opening, rules), lastAt: opening.at, suspension: NOT_SUSPENDED }, false, tools)
  }

  /** Restores a table from its log; the table is suspended. Throws a TypeError for events that are not the log of a table. */
  static restore(id: TableId, events: readonly TableEvent[], rules: TableState['rules'], tools: TableActorOptions): TableActor {
    return new TableActor(id, toRestoredTable(id, events, rules), true, tools)
  }

  /** The current time by the table's own clock, in milliseconds since the Unix epoch. */
  get now(): number {
    return this.#clock.time
  }

  /** The published state; before the log has the opening, the decided state. */
  get state(): TableState {
    return this.published ?? this.#decided
  }

  /** Bytes that this process has added to the log. */
  get bytesWritten(): number {
    return this.#written
  }

  /** Sequence number of the last decided event. */
  get decided(): number {
    return this.#decided.n
  }

  /** True if the game is over in the decided state. */
  get over(): boolean {
    return this.#decided.ended
  }

  /** True if all players have made the same open offer, in the decided state. */
  get allOffer(): boolean {
    return this.#decided.offers.length === this.#decided.opened.seats.length
  }

  /**
   * Decides a command and appends its events, or returns a refusal. Exceptions from the rules propagate to the caller; the state is
   * unchanged. If the store then cannot write, the command has no effect, and `persisted` resolves to `false`. With `patient`, and
   * for commands that follow from connections, the actor repeats the command when the store can write again.
   */
  submit(command: TableCommand, patient = false): Refusal | undefined {
    if (this.broken) return CLOSED
    if (this.isPaused) this.resume()
    const now = command.type === 'suspend' ? this.#lastAt : this.now
    const steps = decide(this.#decided, command, now)
    if (isRefusal(steps)) return steps
    if (steps.length > 0 && (patient || isLasting(command))) {
      this.#postponed ??= new PostponedCommands()
      this.#postponed.add(command, this.#decided.n)
    }
    if (steps.length > 0) this.#redecisions?.add(command, this.#decided.n)
    return command.type === 'play' || command.type === 'back' ? this.#appendWithAnswer(steps, now) : this.#appendSteps(steps)
  }

  /**
   * Resolves to `true` when all decided events are persisted and published, to `false` if an append fails (see `closed`), and to a refusal if
   * the rules refuse the last command, because another process has appended events first.
   */
  persisted(): Promise<Persisted> {
    if (this.broken) return Promise.resolve(false)
    if (this.#pending.isEmpty && !this.#redecisions?.isWaiting) return Promise.resolve(true)
    this.#waiters ??= new Waiters()
    return this.#waiters.until(this.#decided.n)
  }

  /** Resolves when the log has answered all appends, with success or failure. */
  settled(): Promise<void> {
    return this.#progress.settled()
  }

  /**
   * Returns the milliseconds until the table has been without a move for too long: 0 or less after that time, and `Infinity` if there is
   * no such time. `restoredAt` is the monotonic time in milliseconds at which this process restored its tables.
   */
  untilIdle(limit: number, restoredAt: number): number {
    return idleDeadlineAfter(this.#decided, limit, this.#clock.fromMonotonic(restoredAt)) - this.now
  }

  override notifyStandings(changes: readonly StandingChange[]): void {
    super.notifyStandings(changes)
    if (changes.length > 0) this.#tools.onRecorded?.(this, changes)
  }

  /** Checks whether, in the decided state, a seat has nothing to do until another player moves. */
  waitsForOthers(seat: SeatNumber): boolean {
    return !this.#decided.ended && !this.#decided.toMove.includes(seat)
  }

  /** Calls `then` once: when the game is over, all events are persisted and no observer is left, or when the table is closed. */
  whenQuiet(then: (table: TableActor) => void): void {
    if (this.broken) return then(this)
    this.#onQuiet = then
    this.checkQuiet()
  }

  /** Closes the table in this process; the log stays as it is. */
  close(reason: Error): void {
    if (this.broken) return
    this.broken = reason
    this.#clock.cancel()
    this.#unfollow?.()
    this.closeObservers(reason)
    this.#waiters?.failAll()
    const then = this.#onQuiet
    this.#onQuiet = undefined
    then?.(this)
  }

  /** Appends steps, followed by the house's moves; closes the table if the house fails. */
  #appendWithAnswer(steps: TableStep[], now: number): Refusal | undefined {
    try {
      const answered = answer(steps.at(-1)?.state ?? this.#decided, now, this.#tools.random, this.#tools.effort)
      return this.#appendSteps(answered.length === 0 ? steps : [...steps, ...answered])
    } catch (reason) {
      this.#break(`the house cannot move at table ${this.id}`, reason)
      return CLOSED
    }
  }

  /** Appends the suspension unless the log has it; resolves to `true` when the log has all decided events, to `false` after a failure. */
  async flushLog(): Promise<boolean> {
    if (!this.broken) this.#append(this.#suspension.before([]))
    return (await this.persisted()) === true
  }

  #appendSteps(steps: TableStep[]): undefined {
    if (steps.length > 0) this.#append(this.#suspension.before(steps))
  }

  #append(steps: TableStep[]): void {
    const last = steps.at(-1)
    if (!last) return
    this.#decided = last.state
    this.#lastAt = last.event.at
    const waits = this.#redecisions !== undefined && this.#progress.isUnderWay
    this.#pending.add(steps, !waits)
    if (!waits) this.#send(steps)
  }

  #send(steps: readonly TableStep[]): void {
    const [first] = steps
    if (!first) return
    this.#progress.begin()
    this.#written += this.#tools.log.append(this.id, first.event.n - 1, steps.map(eventOf), this.#onAppended) ?? 0
  }

  /** The log calls this function for each append, after `#onPersisted` if the append has succeeded. */
  readonly #onAppended = (failure?: Error): void => {
    if (this.#progress.answer() && failure) this.#onFailure(failure)
    if (this.#redecisions && !this.broken) this.#send(this.#pending.takeUnsent())
    this.#progress.settle()
  }

  #onFailure(failure: Error): void {
    if (failure instanceof VersionConflict && this.published && this.#redecisions) return this.#undo(this.published, this.#redecisions)
    if (!isTemporary(failure)) return this.#break(`writing the log of table ${this.id} failed`, failure)
    if (this.published) this.#rollBack(this.published)
    else this.close(new Error(UNWRITABLE, { cause: failure }))
  }

  /**
   * Returns to the published state after a failed append. Later appends depend on the failed append, so the actor does not
   * report their failures.
   */
  #rollBack(published: TableState): void {
    this.#postponed?.rollBack()
    this.#redecisions?.drop()
    this.#waiters?.failAll()
    this.#returnTo(published)
  }

  /** Returns to the published state because another process has appended events; the actor decides its commands again after these events. */
  #undo(published: TableState, redecisions: Redecisions): void {
    this.#waiters?.resolveUpTo(published.n)
    redecisions.undo(this.#waiters)
    this.#postponed?.dropPending()
    this.#returnTo(published)
  }

  #returnTo(published: TableState): void {
    this.#progress.fail()
    this.#decided = published
    this.#lastAt = this.#persistedAt
    this.#pending.clear()
    this.#suspension.rollBack()
    this.#clock.cancel()
    for (const observer of this.observers) observer.rolledBack?.()
  }

  /** Resumes the table after an outage: stops the clocks for its duration, and repeats the postponed commands. */
  resume(): void {
    this.isPaused = false
    if (this.broken || !this.published) return
    resumeTable(this, this.#postponed, nextTick(this.#decided) !== undefined)
    this.#setTimer()
  }

  /** Publishes events that this or another process has persisted. */
  #onPersisted(events: readonly TableEvent[]): void {
    for (const event of events) {
      const state = this.#stateAfter(event)
      if (!state) return
      if (this.#suspension.isPersisted(event)) continue
      const isNew = this.setPublished(event, state)
      if (isNew || event.type === 'ended') this.#tools.onChange?.(this)
      this.#persistedAt = event.at
      this.publish(event, state)
      if (this.broken) return
    }
    const until = this.published?.n ?? 0
    this.#postponed?.dropPersisted(until)
    this.#redecisions?.dropPersisted(until)
    if (this.#redecisions?.isWaiting && !this.broken) {
      this.#waiters ??= new Waiters()
      this.#redecisions.decideAgain(this, this.#waiters)
    }
    this.#setTimer()
    this.#waiters?.resolveUpTo(until)
    this.checkQuiet()
  }

  /** Returns the state after a persisted event; if the event does not fit, closes the table and returns `undefined`. */
  #stateAfter(event: TableEvent): TableState | undefined {
    const own = this.#pending.next
    if (own?.event === event) {
      this.#pending.advance()
      return own.state
    }
    try {
      // if another process has opened the table, its opening precedes the events of this process
      if (event.n === 1 && own?.event.n !== 1 && !this.published) return toOpenedTable(event, this.#decided.rules)
      if (own && this.published && this.#redecisions) this.#undo(this.published, this.#redecisions)
      else if (own || !this.published) throw new TypeError(`event ${event.n} is not the expected event`)
      this.#decided = evolve(this.published, event)
      this.#lastAt = event.at
      this.#clock.advanceTo(event.at)
      return this.#decided
    } catch (reason) {
      this.#break(`another process has changed table ${this.id}`, reason)
      return undefined
    }
  }

  protected onAttendance(): void {
    this.#tools.onChange?.(this)
  }

  protected report(sentence: string, reason: unknown): void {
    this.#tools.onError(sentence, reason)
  }

  /** Closes the table in this process because of an error. Reports only the first error, because later errors follow from it. */
  #break(sentence: string, reason: unknown): void {
    this.close(new Error(sentence, { cause: reason }))
    if (!this.#troubled) this.#tools.onError(sentence, reason)
    this.#troubled = true
  }

  /** Sets the timer for the next time limit. */
  #setTimer(): void {
    this.#clock.callAt(nextTick(this.#decided), () => this.#tick())
  }

  /** The actor sets the timer again after it fires, because a time limit can be longer than the longest timer. */
  #tick(): void {
    this.submit({ type: 'tick' })
    if (!this.broken) this.#setTimer()
  }

  protected checkQuiet(): void {
    if (!this.#onQuiet || !this.published?.ended || !this.#pending.isEmpty || this.observers.length > 0) return
    const then = this.#onQuiet
    this.#onQuiet = undefined
    this.#unfollow?.()
    then(this)
  }
}

const eventOf = ({ event }: TableStep): TableEvent => event
