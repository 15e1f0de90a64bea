import type { LobbyChange, LobbyListener, LobbyLists } from '../hall/api.ts'
import type { LobbyContext, LobbySubscribers } from './context.ts'
import { toPersonInfo, toSeekPage } from './projections.ts'
import { toTableInfo } from './table-info.ts'

/*
 * The feed notifies subscribers of changes of the lobby, so that a client does not request the lists repeatedly. Once a second, for all
 * subscribers together, it compares the first page of each list with the previous first page, and sends the differences. Without
 * subscribers it does nothing, and it adds no cost to the events at tables or in the hall.
 */

/** Milliseconds between two reads of the lobby. */
const INTERVAL = 1000
/** Number of items of each list that the feed follows. */
const ROWS = 100

/** Observed has the lobby at one time: the page, and the text of each row by its key. */
interface Observed {
  readonly page: LobbyLists
  readonly people: ReadonlyMap<string, string>
  readonly tables: ReadonlyMap<number, string>
  readonly seekers: string
  readonly total: string
}

/** LobbyFeed notifies its subscribers of the changes of the lobby. */
export class LobbyFeed implements LobbySubscribers {
  readonly #context: Pick<LobbyContext, 'hall' | 'people' | 'catalog'>
  readonly #subscribers = new Set<LobbyListener>()
  #seen: Observed | undefined
  #cancel: (() => void) | undefined

  constructor(context: Pick<LobbyContext, 'hall' | 'people' | 'catalog'>) {
    this.#context = context
  }

  subscribe(listener: LobbyListener): LobbyLists {
    // a subscriber that arrives between two reads gets the page of the last read; the next change applies to this page
    this.#seen ??= this.#look()
    this.#subscribers.add(listener)
    this.#cancel ??= this.#wait()
    return this.#seen.page
  }

  unsubscribe(listener: LobbyListener): void {
    if (this.#subscribers.delete(listener) && this.#subscribers.size === 0) this.close()
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#subscribers.clear()
    this.#cancel?.()
    this.#cancel = undefined
    this.#seen = undefined
  }

  #wait(): () => void {
    return this.#context.hall.clock.after(INTERVAL, () => {
      this.#cancel = this.#wait()
      this.#notify()
    })
  }

  #notify(): void {
    const before = this.#seen
    const now = this.#look()
    this.#seen = now
    const change = before && toChange(before, now)
    if (change) for (const listener of [...this.#subscribers]) listener.lobbyChanged?.(change)
  }

  #look(): Observed {
    const { hall, people } = this.#context
    const persons = people.page(0, ROWS).map((user) => toPersonInfo(this.#context, user))
    const seekers = toSeekPage(this.#context, hall.seeks.shown, { count: ROWS })
    const tables = hall.listing.page(0, ROWS).map(toTableInfo)
    const total = { people: people.count, seekers: seekers.total, tables: hall.listing.size }
    return {
      page: { people: persons, seekers: seekers.items, tables, total },
      people: new Map(persons.map((one) => [one.name, JSON.stringify(one)])),
      tables: new Map(tables.map((one) => [one.table, JSON.stringify(one)])),
      seekers: JSON.stringify(seekers.items),
      total: JSON.stringify(total),
    }
  }
}

/** Returns the difference between two reads; `undefined` if there is no difference. */
function toChange(before: Observed, { page, people, tables, seekers, total }: Observed): LobbyChange | undefined {
  const change: LobbyChange = {
    people: page.people.filter(({ name }) => before.people.get(name) !== people.get(name)),
    peopleGone: [...before.people.keys()].filter((name) => !people.has(name)),
    tables: page.tables.filter(({ table }) => before.tables.get(table) !== tables.get(table)),
    tablesGone: [...before.tables.keys()].filter((table) => !tables.has(table)),
    ...(seekers === before.seekers ? {} : { seekers: page.seekers }),
    total: page.total,
  }
  const { people: persons, peopleGone, tables: changed, tablesGone } = change
  const isSame = persons.length + peopleGone.length + changed.length + tablesGone.length === 0 && !change.seekers && total === before.total
  return isSame ? undefined : change
}
