import type { TableId } from '../hall/ports.ts'

/** AppendBatch is one append in encoded form: `count` events; the first event has the number `expected` + 1. */
export interface AppendBatch {
  readonly table: TableId
  readonly expected: number
  readonly count: number
  /** The beginning of the line of the first event, if this event is an opening; otherwise empty. Many openings have the same beginning. */
  readonly prefix: string
  /** The events as text without `prefix`: for each event, a line break and a line. */
  readonly lines: string
  /** The way in which the table ends with these events; `undefined` if the table continues. */
  readonly endKind: EndKind | undefined
}

/** EndKind is the way in which a table ends: `counts` if the result of the table changes the ladder, otherwise `ended`. */
export type EndKind = 'ended' | 'counts'

/** StoreWork is a write to accounts, results, history or usage. A write to the log of a table is no StoreWork. */
export interface StoreWork {
  /**
   * Writes inside a transaction. If a transaction with other jobs fails, the store calls this function again. An exception rolls the
   * transaction back.
   */
  run(): void
}

/** EventStore stores the events of a log as text. The stores in memory and in SQLite implement this interface. */
export interface EventStore {
  /** Returns the highest number of a table; 0 for a store without tables. */
  highestTable(): TableId
  /**
   * Writes batches, and then other work, in one transaction: all writes are durable when the call returns, and the store is unchanged if
   * the call throws. Refuses a whole batch if the number of the last event of the table is not `expected`. Returns the refused batches.
   * Only `GroupCommit` calls this method.
   */
  write<Batch extends AppendBatch>(batches: readonly Batch[], works: readonly StoreWork[]): readonly Batch[]
  /**
   * Returns all events of each table as text: for each event, a line break and a line. Returns an Error for a table that the store cannot
   * read.
   */
  read(tables: readonly TableId[]): ReadonlyMap<TableId, string | Error>
  /** Returns the tables that have not ended, ascending. */
  listUnfinished(): readonly TableId[]
  /**
   * Returns the rated tables that ended after the table `after`, in the order of their ends; `undefined` if the table `after` has
   * not ended.
   */
  listRatedEnded(after: TableId | undefined): readonly TableId[] | undefined
}
