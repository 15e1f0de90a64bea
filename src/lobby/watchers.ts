import type { Page, PageRange } from '../hall/api.ts'
import type { TableActor } from '../hall/table-actor.ts'
import { TableSubscription } from './table-subscription.ts'

/** Lists the names of a table's watchers, each once, in order of arrival. */
export function listWatchers({ observers }: TableActor, { from = 0, count }: PageRange): Page<string> {
  const names = new Set<string>()
  for (const one of observers) if (one instanceof TableSubscription && one.viewer === 'watcher' && one.name !== '') names.add(one.name)
  return { items: [...names].slice(from, from + count), total: names.size }
}
