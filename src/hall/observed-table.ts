import type { SeatNumber, Situation } from '../games/game.ts'
import { addRecentEvent, type RecentEvents } from './history.ts'
import type { TableEvent, TableId } from './ports.ts'
import type { TableState } from './table.ts'
import { projectEvent, type StandingChange, type TableObserver, type TableUpdate, toSituation } from './table-updates.ts'

const NO_OBSERVERS: readonly never[] = []

/**
 * ObservedTable is the public half of a `TableActor`: the published state, and the observers, which receive each event.
 * It is a base class and not a separate object, because a move calls it several times and there can be very many tables.
 */
export abstract class ObservedTable {
  readonly id: TableId
  /** The last events of a long table. */
  history: RecentEvents | undefined
  /** The state after the persisted events. */
  protected published: TableState | undefined
  /** Reason why the table is closed in this process; `undefined` while it is open. */
  protected broken: Error | undefined
  #observers: readonly TableObserver[] = NO_OBSERVERS

  constructor(id: TableId, published: TableState | undefined, history: RecentEvents | undefined) {
    this.id = id
    this.published = published
    this.history = history
  }

  /** The table calls this method after it has added its first observer or removed its last observer. */
  protected abstract onAttendance(): void
  /** The table calls this method after an observer has unsubscribed. */
  protected abstract checkQuiet(): void
  /** The table calls this method with errors that do not stop the server. */
  protected abstract report(sentence: string, reason: unknown): void

  /** True if the table is closed in this process. */
  get closed(): boolean {
    return this.broken !== undefined
  }

  /** True when the log has the opening; then other users may see the table. */
  get isPublished(): boolean {
    return this.published !== undefined
  }

  get observers(): readonly TableObserver[] {
    return this.#observers
  }

  /** Returns the current view of a seat or a watcher; `undefined` until the table has published the opening. */
  situation(who: SeatNumber | 'watcher'): Situation<unknown> | undefined {
    return this.published && toSituation(this.published, who)
  }

  /** Subscribes an observer to all events from now on, until `unsubscribe`. */
  subscribe(observer: TableObserver): void {
    if (this.broken) return observer.closed(this.broken)
    // a spread leaves space for 16 more elements
    this.#observers = this.#observers.concat(observer)
    if (this.#observers.length === 1) this.onAttendance()
  }

  /** Unsubscribes an observer; does nothing for an observer that is not subscribed. */
  unsubscribe(observer: TableObserver): void {
    if (!this.#observers.includes(observer)) return
    this.#remove(observer)
    this.checkQuiet()
  }

  /** Notifies all observers of the game's effect on the ladder. */
  notifyStandings(changes: readonly StandingChange[]): void {
    for (const observer of changes.length === 0 ? NO_OBSERVERS : this.#observers) {
      try {
        observer.recorded?.(changes)
      } catch (reason) {
        this.#drop(observer, reason)
      }
    }
  }

  /** Sets the published state to the state after a persisted event. Returns true if the event is the opening. */
  protected setPublished(event: TableEvent, state: TableState): boolean {
    const isNew = !this.published
    this.history = addRecentEvent(this.history, this.published, event, state)
    this.published = state
    return isNew
  }

  /**
   * Calls all observers with an event; removes an observer that throws, so that the other observers receive the event, too.
   */
  protected publish(event: TableEvent, state: TableState): void {
    const all = this.#observers
    let watched: TableUpdate | undefined
    for (const observer of all) {
      // an observer earlier in the loop may have unsubscribed this observer
      if (all !== this.#observers && !this.#observers.includes(observer)) continue
      try {
        if (observer.viewer === 'watcher') {
          watched ??= { ...projectEvent(event, state, 'watcher'), shared: {} }
          observer.update(watched)
        } else observer.update(projectEvent(event, state, observer.viewer))
      } catch (reason) {
        this.#drop(observer, reason)
      }
    }
  }

  /** Removes all observers, and notifies them that the table is closed. */
  protected closeObservers(reason: Error): void {
    const observers = this.#observers
    this.#observers = NO_OBSERVERS
    for (const observer of observers) this.#notifyClosed(observer, reason)
  }

  #drop(observer: TableObserver, reason: unknown): void {
    const sentence = `the server could not deliver an event of table ${this.id}`
    this.#remove(observer)
    this.#notifyClosed(observer, new Error(sentence, { cause: reason }))
    this.report(sentence, reason)
  }

  #remove(observer: TableObserver): void {
    this.#observers = this.#observers.filter((one) => one !== observer)
    if (this.#observers.length === 0) this.onAttendance()
  }

  #notifyClosed(observer: TableObserver, reason: Error): void {
    try {
      observer.closed(reason)
    } catch (fault) {
      this.report(`the server could not close an observer of table ${this.id}`, fault)
    }
  }
}
