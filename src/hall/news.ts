import type { SeatNumber, Situation } from '../games/game.ts'
import type { TableEvent, TableEventData } from './ports.ts'
import type { TableState } from './table.ts'

/** TableUpdate is one event of a table, as one seat or a watcher may see it. */
export interface TableUpdate {
  readonly n: number
  readonly at: number
  /** The event without its secrets: of a move, only the seat; its effect is in the view. */
  readonly event:
    | Exclude<TableEventData, { type: 'opened' | 'moved' | 'reseeded' }>
    | { readonly type: 'opened' | 'reseeded' }
    | { readonly type: 'moved'; readonly seat: SeatNumber }
  /** The new view, if it has changed. */
  readonly situation?: Situation<unknown>
}

/** TableObserver receives the published events of a table, for a seat or for a watcher. */
export interface TableObserver {
  readonly viewer: SeatNumber | 'watcher'
  /** Called with each event, in order, when it is persisted. */
  update(news: TableUpdate): void
  /** Called when decided events are rolled back: `situation` returns the view that holds again. */
  rolledBack?(): void
  /** Called when the result is recorded on the ladder. */
  recorded?(changes: readonly StandingChange[]): void
  /** Called when the table is closed in this process; no call follows. */
  closed(reason: Error): void
}

/** StandingChange is the score of a player before and after a game. */
export interface StandingChange {
  readonly seat: SeatNumber
  /** Rating, or points if the game gives points; missing for a first game. */
  readonly before?: number
  readonly after: number
}

/** Returns an event as a seat or a watcher may see it, with the view if the event changes it. */
export function toTableUpdate(event: TableEvent, state: TableState, who: SeatNumber | 'watcher'): TableUpdate {
  const { n, at } = event
  if (event.type === 'opened') return { n, at, event: OPENED, situation: toSituation(state, who) }
  if (event.type === 'moved') return { n, at, event: { type: 'moved', seat: event.seat }, situation: toSituation(state, who) }
  if (event.type === 'reseeded') return { n, at, event: RESEEDED }
  return event.type === 'ended' ? { n, at, event, situation: toSituation(state, who) } : { n, at, event }
}

const OPENED = { type: 'opened' } as const
const RESEEDED = { type: 'reseeded' } as const

/** Returns the view that a seat or a watcher has of a state. */
export function toSituation({ rules, position, toMove, outcome }: TableState, who: SeatNumber | 'watcher'): Situation<unknown> {
  const view = rules.view(position, who, outcome)
  const turn = outcome === undefined && who !== 'watcher' && toMove.includes(who)
  return outcome ? { view, turn, outcome } : { view, turn }
}
