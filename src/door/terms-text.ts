import { formatCount } from '../base/counts.ts'
import type { Catalog } from '../games/catalog.ts'
import type { ClockTerms, GameTerms } from '../hall/api.ts'
import type { TableContext } from './event-text.ts'
import { formatClockTime } from './layout.ts'

/** Returns the settings that differ from their default values, as [name, value]. */
export function findUnusualSettings(catalog: Catalog, game: string, settings: GameTerms['settings']): [string, number][] {
  const known = catalog.find(game)?.settings ?? {}
  return Object.entries(settings).filter(([setting, value]) => known[setting] && known[setting].usual !== value)
}

/** Formats a clock as items of a list: `5 minutes each`, `30 seconds a move`; empty without a clock. */
export function formatClock({ total, turn }: ClockTerms = {}): string[] {
  return [
    ...(total === undefined ? [] : [`${formatDuration(total)} each`]),
    ...(turn === undefined ? [] : [`${formatDuration(turn)} a move`]),
  ]
}

/** Formats the terms that differ from the default terms as items of a list: `size 4`, `rated`, and the clock. */
export function formatTerms(catalog: Catalog, { game, settings, rated, clock }: GameTerms & { readonly game: string }): string[] {
  const unusual = findUnusualSettings(catalog, game, settings).map((setting) => setting.join(' '))
  return [...unusual, ...(rated ? ['rated'] : []), ...formatClock(clock)]
}

/** Formats items in brackets: ` (5 minutes each)`; empty without items. */
export function inBrackets(some: readonly string[]): string {
  return some.length === 0 ? '' : ` (${some.join(', ')})`
}

/** Formats the terms of a game as sentences for a user who has joined its table. */
export function formatTermSentences({ seat, names }: TableContext, { rated, clock: { total, turn } = {} }: GameTerms): string[] {
  const [only, ...others] = names
  const who = others.length > 0 ? (seat === undefined ? 'Each has' : 'Each of you has') : seat === undefined ? `${only} has` : 'You have'
  const times = [
    ...(total === undefined ? [] : [`${formatDuration(total)} for the game`]),
    ...(turn === undefined ? [] : [`${formatDuration(turn)} for a move`]),
  ]
  return [
    ...(times.length === 0 ? [] : [`${who} ${times.join(', and ')}.`]),
    // if one player plays alone for points, the game is always rated
    ...(rated && others.length > 0 ? ['The game is rated.'] : []),
  ]
}

/** Formats the milliseconds that a seat has left: `4:10 left`, `0:30 left for this move`; `undefined` without a clock. */
export function formatTimeLeft({
  move,
  total,
}: {
  readonly move: number | undefined
  readonly total: number | undefined
}): string | undefined {
  if (move === undefined) return total === undefined ? undefined : `${formatClockTime(total)} left`
  return `${formatClockTime(move)} left for this move${total === undefined ? '' : `, and ${formatClockTime(total)} for the game`}`
}

/** Formats milliseconds in the largest whole unit: `5 minutes`, `90 seconds`. */
export function formatDuration(ms: number): string {
  const minutes = ms / 60_000
  return Number.isInteger(minutes) ? formatCount(minutes, 'minute') : formatCount(ms / 1000, 'second')
}
