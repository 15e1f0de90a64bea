import { parseWhole } from '../base/counts.ts'
import { isRefusal, type Refusal } from '../games/game.ts'
import type { Page } from '../hall/api.ts'
import { BOUNDS } from '../hall/number-bounds.ts'
import { type CommandOutput, type DoorCommand, SAY } from './commands/command.ts'
import { formatColumns, ROWS } from './layout.ts'
import type { DoorSession } from './session.ts'

/** PagedList declares a list that the session shows in pages; the session fetches each page when it shows the page. */
export interface PagedList {
  /** The command of the list, without the number of a page: `who`, `history ada`. */
  readonly typed: string
  /** Fetches at most `count` rows of cells, and the total number of rows; `from` is the index of the first fetched row. */
  fetch(from: number, count: number): RowPage | Promise<RowPage>
  /** The answer for an empty list. */
  readonly empty: string | readonly string[]
  /** Lines below each page, such as a hint. */
  readonly footer?: readonly string[]
  /** Rows of a page; `ROWS` by default. */
  readonly rows?: number
}

type RowPage = Page<readonly string[]> | Refusal

/** Formats a page of a list, and sets the next page for "more". The first page is 1. */
export async function showPage(session: DoorSession, listing: PagedList, page = 1): Promise<CommandOutput> {
  const { typed, empty, footer = [], rows = ROWS } = listing
  const fetched = await listing.fetch((page - 1) * rows, rows)
  if (isRefusal(fetched)) return fetched
  const { items, total } = fetched
  if (total === 0) return empty
  const pages = Math.ceil(total / rows)
  if (items.length === 0) return noPage(page, typed, pages)
  session.more = page < pages ? () => showPage(session, listing, page + 1) : undefined
  const where = pages > 1 ? [`Page ${page} of ${pages}${page < pages ? `: "more" or "${typed} ${page + 1}" shows the next` : ''}.`] : []
  return [...formatColumns(items), ...where, ...footer]
}

/** Returns the sentence for a page that does not exist, because the list has only `pages` pages. */
export function noPage(page: number, typed: string, pages: number): string {
  return `There is no page ${page}: ${pages === 1 ? `"${typed}" shows the only page` : `the last page is "${typed} ${pages}"`}.`
}

/** Parses the number of a page, 1 by default; returns a sentence for an invalid number. */
export function readPage({ present }: DoorSession, rest: string, typed: string): number | string {
  if (rest === '') return 1
  const page = parseWhole(rest, { min: 1, max: BOUNDS.place.max / 100 })
  return page ?? `Type "${typed}" alone, or with the number of a page, such as "${typed} 2"${present ? SAY : ''}.`
}

/** Formats the page of a list that has the typed number. */
export function showTypedPage(session: DoorSession, rest: string, listing: PagedList): CommandOutput | Promise<CommandOutput> {
  const page = readPage(session, rest, listing.typed)
  return typeof page === 'string' ? page : showPage(session, listing, page)
}

/** The command for the rest of a list or screen. */
export const moreCommand: DoorCommand = {
  name: 'more',
  cost: 4,
  also: ['next'],
  usage: 'more',
  about: 'show the next page of a list, or the lines that did not fit',
  run: (session) => session.rest() ?? session.more?.() ?? 'There is no more to show.',
}
