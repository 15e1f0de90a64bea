import type { TableId } from '../../hall/ports.ts'
import { Batch, type JournalRow, type Part, parseParts } from './journal.ts'
import { type JournalPosition, parsePositions } from './known-table.ts'
import type { TableIndexEntry } from './table-index.ts'

/*
 * The compaction of the journal works like the cleaning of a log-structured file system.
 *
 * Commits add rows at the end of the journal. Compaction removes rows at the beginning of the journal, a few rows in each step. A row has
 * parts of many tables. For each table with a part in the oldest rows:
 *
 * - if the table is finished and the store may drop the table, compaction deletes the table from the index. The parts of the table in later
 *   rows then belong to no table, and compaction removes these parts with their rows;
 * - otherwise, compaction moves the parts: it appends the parts again in a new row at the end of the journal.
 *
 * Invariants:
 * - Compaction drops a table as a whole: the journal has all events of every table in the index.
 * - Compaction drops tables in the order of their first parts in the journal. A table whose parts have moved is later in this order.
 * - A step is one transaction, which also writes the index entries of the moved tables.
 * - Compaction removes only rows up to `covered`, because a restart reads the journal after that place.
 *
 * Compaction joins consecutive moved parts of a table. The head of a moved part omits the ending, because the index already has
 * the ending.
 */

/** CleaningContext has the inputs of a plan without the rows. */
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
    // a table without an entry is a dropped table
    if (!entry) continue
    const positions = parsePositions(entry)
    if (!positions.some((one) => parts.get(`${one.place}:${one.from}`)?.table === table)) continue
    if (entry.ended !== undefined && mayDrop(table, entry, positions)) dropped.push(table)
    else moved.push([table, { ...entry, places: move(table, positions, parts, batch, place) }])
  }
  return { batch: batch.text, moved, dropped }
}

/** Adds the parts that a table has in the removed rows to a batch. Returns the positions of all parts of the table after the move. */
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
