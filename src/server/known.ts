import { entryOf } from '../games/catalogue.ts'
import { absentAt } from '../hall/hall.ts'
import type { LiveTable } from '../hall/live.ts'
import type { Wish } from '../hall/matching.ts'
import type { Visitor } from '../hall/people.ts'
import { type ClockRules, hasAccount } from '../hall/ports.ts'
import type { SeatAt } from '../hall/tables.ts'
import type { ClockTerms, GameTerms, Seeker, TableInfo } from '../protocols/lobby.ts'

/** Checks whether everybody may look on: nobody at tables that are private, or at which two talk. */
export function isPublic({ state: { opened } }: LiveTable): boolean {
  return !opened.private && entryOf(opened.game) !== undefined
}

/**
 * Checks whether a seat of a name is this visitor's. Any user can take a guest's name: the seat belongs to the guest who
 * has its token, or, of a worksheet program, of the one who is there.
 */
export function isSeatOf({ table, seat }: SeatAt, visitor: Visitor): boolean {
  if (hasAccount(visitor.person)) return true
  const token = table.state.opened.seats[seat]?.token
  return token === undefined ? table.attendants.some(({ who }) => who === seat) : visitor.holds(token)
}

/** The name by which a game is asked for. */
export function nameOf(game: string): string {
  return entryOf(game)?.name ?? game
}

/** Returns what anybody may know of a wish; whom it is for is not in it. */
export function seekerOf({ name, game, ...terms }: Pick<Wish, 'name' | 'game' | 'options' | 'rated' | 'clock'>): Seeker {
  return { name, game: nameOf(game), ...termsOf(terms) }
}

/** The terms of a wish, or of a table as it was opened. */
export function termsOf({ options, rated, clock }: Pick<Wish, 'options' | 'rated' | 'clock'>): GameTerms {
  return { settings: settingsOf(options), rated, ...limitsOf(clock) }
}

/** How long somebody may take; how long one who is gone is waited for is no part of that. */
function limitsOf({ total, turn }: ClockRules = {}): { readonly clock?: ClockTerms } {
  if (total === undefined && turn === undefined) return {}
  return { clock: { ...(total === undefined ? {} : { total }), ...(turn === undefined ? {} : { turn }) } }
}

function settingsOf(options: unknown): Readonly<Record<string, number>> {
  const entries = typeof options === 'object' && options !== null ? Object.entries(options) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

/** Returns what anybody may know of a table. */
export function tableInfo(table: LiveTable): TableInfo {
  const { id, state, attendants } = table
  const { game, seats } = state.opened
  const watchers = attendants.filter(({ who }) => who === 'watcher').length
  const names = seats.map(({ name }) => name)
  const away = absentAt(table)
  return {
    ...{ table: id, game: nameOf(game), names, ...termsOf(state.opened), watchers, over: state.ended },
    ...(away.length > 0 ? { away } : {}),
  }
}
