import type { TableId } from '../../hall/ports.ts'
import type { Entry } from './directory.ts'
import { Batch, type Part, partsOf, type Row } from './journal.ts'
import { type Position, positionsOf } from './known.ts'

/*
 * How the journal is kept from growing. Rows are only ever added at its end, and the oldest are taken away at its
 * beginning, some at a time. A row has parts of many tables, and when it is the oldest:
 *
 * - tables that have ended are dropped: all that the directory has of them, so that their later parts belong to no table,
 *   and go with the rows that have them;
 * - parts of all other tables are moved: written again in a new row at the end of the journal.
 *
 * So tables go in the order in which they were opened, or moved last, and each whole: of one that is still there, every
 * event is. Moved parts that follow each other become one. All of a step is one transaction, with the directory's entries of the tables whose
 * parts were moved, and only rows that the directory covers are taken away: what is read when the store is opened again
 * begins behind those. A moved part says nothing of an end, for the directory has that already.
 */

/** Surroundings is what the cleaning of rows depends on. */
export interface Surroundings {
  /** The place of the new row. */
  readonly place: number
  find(table: TableId): Entry | undefined
  /** Checks whether a finished table may be dropped, as far as its number and its entry are concerned. */
  mayDrop(table: TableId, entry: Entry, positions: readonly Position[]): boolean
}

/** Cleaning is what becomes of the oldest rows of the journal. */
export interface Cleaning {
  /** Events that are written again, as the batch of a new row; empty if there are none. */
  readonly batch: string
  readonly moved: readonly (readonly [TableId, Entry])[]
  readonly dropped: readonly TableId[]
}

/** Plans the cleaning of the oldest rows of the journal. Throws a StoreError if one of them is damaged. */
export function planCleaning(rows: readonly Row[], { place, find, mayDrop }: Surroundings): Cleaning {
  const entries = new Map<TableId, Entry | undefined>()
  const parts = new Map<string, Part>()
  for (const row of rows) {
    for (const part of partsOf(row.batch, row.place)) {
      if (!entries.has(part.table)) entries.set(part.table, find(part.table))
      parts.set(`${row.place}:${part.from}`, part)
    }
  }
  const batch = new Batch()
  const moved: (readonly [TableId, Entry])[] = []
  const dropped: TableId[] = []
  for (const [table, entry] of entries) {
    // a part may belong to a table that was dropped
    if (!entry) continue
    const positions = positionsOf(entry)
    if (!positions.some((one) => parts.get(`${one.place}:${one.from}`)?.table === table)) continue
    if (entry.ended !== undefined && mayDrop(table, entry, positions)) dropped.push(table)
    else moved.push([table, { ...entry, places: move(table, positions, parts, batch, place) }])
  }
  return { batch: batch.text, moved, dropped }
}

/** Writes those of a table's parts that are taken away into a batch; answers with where all of them are then. */
function move(table: TableId, positions: readonly Position[], parts: ReadonlyMap<string, Part>, batch: Batch, place: number): string {
  let places = ''
  let run: Part | undefined
  const endRun = () => {
    if (run) places += ` ${place}:${batch.add({ ...run, beginning: '' }, undefined)}`
    run = undefined
  }
  for (const one of positions) {
    const part = parts.get(`${one.place}:${one.from}`)
    if (!part || part.table !== table) {
      endRun()
      places += ` ${one.place}:${one.from}`
    } else run = run ? { ...run, count: run.count + part.count, lines: run.lines + part.lines } : part
  }
  endRun()
  return places
}
