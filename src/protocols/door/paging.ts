import { isRefusal, type Refusal } from '../../games/game.ts'
import { BOUNDS, readWhole } from '../bounds.ts'
import type { Page } from '../lobby.ts'
import { type Command, type Reply, SAY } from './command.ts'
import { inColumns, ROWS } from './text.ts'
import type { Visit } from './visit.ts'

/** Listing is a list that is shown in pages, each of which is fetched when it is shown. */
export interface Listing {
  /** Command of the list: `who`, `history ada`. The number of a page goes behind it. */
  readonly typed: string
  /** Rows of cells from a place on, counted from 0, and how many there are in all. */
  fetch(from: number, count: number): RowPage | Promise<RowPage>
  /** Text in place of an empty list. */
  readonly empty: string | readonly string[]
  /** Lines below each page. */
  readonly footer?: readonly string[]
  /** Rows of a page, if not as usual. */
  readonly rows?: number
}

type RowPage = Page<readonly string[]> | Refusal

/** Shows a page of a list, by its number from 1, and remembers the next one for "more". */
export async function showPage(visit: Visit, listing: Listing, page = 1): Promise<Reply> {
  const { typed, empty, footer = [], rows = ROWS } = listing
  const fetched = await listing.fetch((page - 1) * rows, rows)
  if (isRefusal(fetched)) return fetched
  const { items, total } = fetched
  if (total === 0) return empty
  const pages = Math.ceil(total / rows)
  if (items.length === 0) return noPage(page, typed, pages)
  visit.more = page < pages ? () => showPage(visit, listing, page + 1) : undefined
  const where = pages > 1 ? [`Page ${page} of ${pages}${page < pages ? `: "more" or "${typed} ${page + 1}" shows the next` : ''}.`] : []
  return [...inColumns(items), ...where, ...footer]
}

/** Says that a list has fewer pages. */
export function noPage(page: number, typed: string, pages: number): string {
  return `There is no page ${page}: ${pages === 1 ? `"${typed}" shows the only one` : `the last is "${typed} ${pages}"`}.`
}

/** The number of a page that was typed; 1 if nothing was, a sentence for what is none. */
export function readPage({ present }: Visit, rest: string, typed: string): number | string {
  if (rest === '') return 1
  const page = readWhole(rest, { min: 1, max: BOUNDS.place.max / 100 })
  return page ?? `Type "${typed}" alone, or with the number of a page, such as "${typed} 2"${present ? SAY : ''}.`
}

/** Shows the page of a list whose number was typed. */
export function listed(visit: Visit, rest: string, listing: Listing): Reply | Promise<Reply> {
  const page = readPage(visit, rest, listing.typed)
  return typeof page === 'string' ? page : showPage(visit, listing, page)
}

/** The command for what did not fit on the screen. */
export const more: Command = {
  name: 'more',
  cost: 4,
  also: ['next'],
  usage: 'more',
  about: 'show the next page of a list, or the rest of what did not fit',
  run: (visit) => visit.rest() ?? visit.more?.() ?? 'There is no more to show.',
}
