import type { SeatNumber, Situation } from '../games/game.ts'
import type { TableEventView } from './api.ts'
import { changesOf, type TableEvent, toVisibleEvent, type VisibleEvent } from './events.ts'
import type { PeerLink } from './peer-links.ts'
import type { TableCommand, TableState } from './table.ts'

/** TableUpdate has the part of one event of a table that one seat or a watcher may see. */
export interface TableUpdate {
  readonly n: number
  readonly at: number
  /** The event without its secrets: a move has only its seat here, and its effect is in the view. */
  readonly event: VisibleEvent
  /** The new view; missing for an event that does not change the view. */
  readonly situation?: Situation<unknown>
  /** Results that all watchers of the table share; missing for a seat. */
  readonly shared?: SharedUpdate
}

/**
 * SharedUpdate has the results that the first watcher computes for an update; the other watchers use these results, so many
 * watchers cost little.
 */
export interface SharedUpdate {
  view?: TableEventView
}

/** TableObserver receives the published events of a table, for a seat or for a watcher. */
export interface TableObserver {
  readonly viewer: SeatNumber | 'watcher'
  /** How the client of the observer is connected; missing for an observer without a client. */
  readonly link?: PeerLink | undefined
  /** Called with each event, in order, when the log has the event. */
  update(news: TableUpdate): void
  /** Called after the actor has rolled back decided events: `situation` returns the view that is valid again. */
  rolledBack?(): void
  /** Called if the rules refuse a command that they had accepted, because another process has appended events first. */
  refused?(command: TableCommand): void
  /** Called when the ladder counts the result. */
  recorded?(changes: readonly StandingChange[]): void
  /** Called when the table is closed in this process; no call follows. */
  closed(reason: Error): void
}

/** StandingChange is the score of a player before and after a game. */
export interface StandingChange {
  readonly seat: SeatNumber
  /** Rating, or points if the game gives points; missing before the player's first game. */
  readonly before?: number
  readonly after: number
}

/**
 * Returns the part of an event that a seat or a watcher may see, with the view if the event changes the game. `state` is the
 * state after the event. All events for clients pass through this function, both when they happen and when a client resumes a
 * seat.
 */
export function projectEvent(event: TableEvent, state: TableState, viewer: SeatNumber | 'watcher'): TableUpdate {
  const { n, at } = event
  const visible = toVisibleEvent(event)
  return changesOf(event.type) === 'game' ? { n, at, event: visible, situation: toSituation(state, viewer) } : { n, at, event: visible }
}

/** Returns the view of a state of the game, for a seat or a watcher. */
export function toSituation({ rules, position, toMove, outcome }: TableState, who: SeatNumber | 'watcher'): Situation<unknown> {
  const view = rules.view(position, who, outcome)
  const turn = outcome === undefined && who !== 'watcher' && toMove.includes(who)
  return outcome ? { view, turn, outcome } : { view, turn }
}
