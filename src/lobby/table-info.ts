import { publicNameOf } from '../games/catalog.ts'
import type { Page, PageRange, SeatLinks, TableInfo } from '../hall/api.ts'
import { HOUSE } from '../hall/ports.ts'
import { findAbsentSeats } from '../hall/rematches.ts'
import type { TableActor } from '../hall/table-actor.ts'
import { toGameTerms } from './projections.ts'
import { TableSubscription } from './table-subscription.ts'

/** Converts a table to the data that all users may see. */
export function toTableInfo(table: TableActor): TableInfo {
  const { id, state } = table
  const { seats } = state.opened
  const names = seats.map(({ name }) => name)
  const away = findAbsentSeats(table)
  const info = { table: id, game: publicNameOf(state.rules), names, ...toGameTerms(state.opened), watchers: countWatchers(table) }
  return { ...info, over: state.ended, ...(away.length > 0 ? { away } : {}) }
}

/** Lists the owners of a table's seats, and how each owner is connected. */
export function listSeatLinks({ state, observers }: TableActor): readonly SeatLinks[] {
  return state.opened.seats.map(({ person, name }, seat) => {
    const links = observers.flatMap(({ viewer, link }) => (viewer === seat ? (link ?? []) : []))
    return { name, ...(person === HOUSE ? { house: true } : {}), links }
  })
}

/** Lists the names of a table's watchers, each name once, in order of arrival. */
export function listWatchers(table: TableActor, { from = 0, count }: PageRange): Page<string> {
  const names = [...namesOfWatchers(table).names]
  return { items: names.slice(from, from + count), total: names.length }
}

/**
 * Returns the number of users who watch a table; counts a user with several connections once, and each client without a name
 * separately.
 */
function countWatchers(table: TableActor): number {
  const { names, unnamed } = namesOfWatchers(table)
  return names.size + unnamed
}

function namesOfWatchers({ observers }: TableActor): { readonly names: ReadonlySet<string>; readonly unnamed: number } {
  const names = new Set<string>()
  let unnamed = 0
  for (const one of observers) {
    if (one.viewer !== 'watcher') continue
    if (one instanceof TableSubscription && one.name !== '') names.add(one.name)
    else unnamed++
  }
  return { names, unnamed }
}
