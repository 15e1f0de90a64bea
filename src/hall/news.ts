import type { SeatNumber, Situation } from '../games/game.ts'
import type { Happening, TableEvent } from './ports.ts'
import type { TableState } from './table.ts'

/** News is one event at a table, as one seat or a watcher may see it. */
export interface News {
  readonly n: number
  readonly at: number
  /** The event, unless it is secret: a move is seen only by its effect on the board. */
  readonly event:
    | Exclude<Happening, { type: 'opened' | 'moved' | 'reseeded' }>
    | { readonly type: 'opened' | 'reseeded' }
    | { readonly type: 'moved'; readonly seat: SeatNumber }
  /** The new view, if it has changed. */
  readonly situation?: Situation<unknown>
}

/** Attendant is a user at a table: in a seat, or watching. */
export interface Attendant {
  readonly who: SeatNumber | 'watcher'
  /** Called with each event once it is persisted, in order. */
  news(news: News): void
  /** Called when decided events are rolled back: the table is as `situation` has it. */
  rolledBack?(): void
  /** Called when the result is recorded: each seat's standing before and after. */
  recorded?(changes: readonly StandingChange[]): void
  /** The table cannot go on. */
  closed(reason: Error): void
}

/** StandingChange is a place on a ladder before and after a game. */
export interface StandingChange {
  readonly seat: SeatNumber
  /** The rating, or points where the game gives those; missing for a first game. */
  readonly before?: number
  readonly after: number
}

/** An event as a seat or a watcher may see it. */
export function newsOf(event: TableEvent, state: TableState, who: SeatNumber | 'watcher'): News {
  const { n, at } = event
  if (event.type === 'opened') return { n, at, event: OPENED, situation: situationOf(state, who) }
  if (event.type === 'moved') return { n, at, event: { type: 'moved', seat: event.seat }, situation: situationOf(state, who) }
  if (event.type === 'reseeded') return { n, at, event: RESEEDED }
  return event.type === 'ended' ? { n, at, event, situation: situationOf(state, who) } : { n, at, event }
}

const OPENED = { type: 'opened' } as const
const RESEEDED = { type: 'reseeded' } as const

/** Returns the view that a seat or a watcher has of a state. */
export function situationOf({ rules, position, toMove, outcome }: TableState, who: SeatNumber | 'watcher'): Situation<unknown> {
  const view = rules.view(position, who, outcome)
  const turn = outcome === undefined && who !== 'watcher' && toMove.includes(who)
  return outcome ? { view, turn, outcome } : { view, turn }
}
