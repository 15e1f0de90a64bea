import type { TableId } from '../../hall/ports.ts'
import { Batch, type JournalRow, type Part, parseParts } from './journal.ts'
import { type JournalPosition, parsePositions } from './known-table.ts'
import type { TableIndexEntry } from './table-index.ts'

/*
 * The compaction of the journal works like the cleaning of a log-structured file system.
 *
 * Commits add rows at the end of the journal, and compaction removes rows at its beginning, a few in each step. A row has
 * parts of many tables. For each table with a part in the oldest row:
 *
 * - if the table is finished and the store may drop it, compaction deletes the table from the index. The parts of the table in
 *   later rows then belong to no table, and compaction removes them with those rows;
 * - otherwise, compaction moves the parts: it appends them again in a new row at the end of the journal.
 *
 * Invariants:
 * - Compaction drops a table as a whole: every table in the index has all of its events.
 * - Compaction drops tables in the order of their openings, or of the last moves of their parts.
 * - A step is one transaction, together with the index entries of the moved tables.
 * - Compaction removes only rows up to `covered`, because a restart reads the journal after that place.
 *
 * Compaction joins consecutive moved parts of a table. The head of a moved part omits the ending, because the index already has
 * the ending.
 */

/** CleaningContext has the inputs of a plan except the rows. */
export interface CleaningContext {
  /** The place of the new row. */
  readonly place: number
  find(table: TableId): TableIndexEntry | undefined
  /** Checks whether the compaction may drop a finished table. */
  mayDrop(table: TableId, entry: TableIndexEntry, positions: readonly JournalPosition[]): boolean
}

/** Cleaning is the plan to remove the oldest rows of the journal. */
export interface Cleaning {
  /** The moved parts, as the batch of a new row; empty if no part has to move. */
  readonly batch: string
  readonly moved: readonly (readonly [TableId, TableIndexEntry])[]
  readonly dropped: readonly TableId[]
}

/** Plans how to remove the oldest rows of the journal. Throws a StoreError for a damaged row. */
export function planCleaning(rows: readonly JournalRow[], { place, find, mayDrop }: CleaningContext): Cleaning {
  const entries = new Map<TableId, TableIndexEntry | undefined>()
  const parts = new Map<string, Part>()
  for (const row of rows) {
    for (const part of parseParts(row.batch, row.place)) {
      if (!entries.has(part.table)) entries.set(part.table, find(part.table))
      parts.set(`${row.place}:${part.from}`, part)
    }
  }
  const batch = new Batch()
  const moved: (readonly [TableId, TableIndexEntry])[] = []
  const dropped: TableId[] = []
  for (const [table, entry] of entries) {
    // a part may belong to a dropped table
    if (!entry) continue
    const positions = parsePositions(entry)
    if (!positions.some((one) => parts.get(`${one.place}:${one.from}`)?.table === table)) continue
    if (entry.ended !== undefined && mayDrop(table, entry, positions)) dropped.push(table)
    else moved.push([table, { ...entry, places: move(table, positions, parts, batch, place) }])
  }
  return { batch: batch.text, moved, dropped }
}

/** Adds a table's parts in the removed rows to a batch. Returns the new positions of all parts of the table. */
function move(
  table: TableId,
  positions: readonly JournalPosition[],
  parts: ReadonlyMap<string, Part>,
  batch: Batch,
  place: number,
): string {
  let places = ''
  let run: Part | undefined
  const endRun = () => {
    if (run) places += ` ${place}:${batch.add({ ...run, prefix: '' }, undefined)}`
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
