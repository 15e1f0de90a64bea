import type { Page, Range } from '../hall/api.ts'
import type { LiveTable } from '../hall/table-actor.ts'
import { Attending } from './table-subscription.ts'

/** Lists the names of a table's watchers, each once, in order of arrival. */
export function watchersOf({ attendants }: LiveTable, { from = 0, count }: Range): Page<string> {
  const names = new Set<string>()
  for (const one of attendants) if (one instanceof Attending && one.who === 'watcher' && one.name !== '') names.add(one.name)
  return { items: [...names].slice(from, from + count), total: names.size }
}
