import type { TableId } from '../../hall/ports.ts'
import type { OnStoreError } from '../error.ts'
import type { AppendBatch, EventStore, StoreWork } from '../event-store.ts'
import { type Compactable, type Compaction, Compactor } from './compactor.ts'
import type { Database } from './database.ts'
import { Batch, Journal, parseParts } from './journal.ts'
import { planCleaning } from './journal-cleaning.ts'
import { readTables } from './journal-reading.ts'
import { type JournalPosition, KnownTable, NEW_ENTRY } from './known-table.ts'
import type { Progress } from './progress-mark.ts'
import { type IndexedUpTo, TableIndex, type TableIndexEntry } from './table-index.ts'

/*
 * The class SqliteEventStore stores the events of all tables in SQLite.
 *
 * The problem: thousands of tables append a few bytes each, in one transaction per turn. If each event were a row with its own place in a
 * B-tree, the row would cost more than the event, and a transaction would change as many pages as there are tables. (Version 1 of the file
 * had a row for each event, with a link to the previous event.)
 *
 * The idea: the journal is a log of commits. A commit adds one row at the end of the journal, with the events of all tables as text.
 * Therefore an append is cheap, but a read needs the positions of the parts of a table. A position is a place (the key of a journal row)
 * and the character in that row at which the part begins.
 *
 *   journal   place 41   "\n7 3\n[0,4,..]\n9 0\n{opened..}"     written by every commit, never changed
 *   tables    id 7   version 4   places " 12:0 41:0"           \  the table index, written in the background
 *   blocks    block 0   many finished tables as text           /  (table-index.ts)
 *   #known    table 7   the parts that the index lacks            in memory
 *
 * - The journal has all data, and the store derives the index from the journal. The index has the positions of all events up to the place
 *   in `covered`. At its start, the store reads only the rows after that place. `lag` limits the length of these rows.
 * - #known has every unfinished table, and every table whose parts are not all in the index. So the version check of an append does not
 *   read from the disk, except for a finished table.
 * - A finished table that is not rated and has no parts in the index waits in #finished until #finished has enough tables for a block.
 * - If a transaction fails, #forget removes the data of the failed batches from memory, so that the memory equals the file again.
 * - The store writes the index in bounded steps between turns of the event loop, because all users have to wait during a transaction. An
 *   index write that fails loses no data, and the store repeats the write later.
 * - If the store has a size limit, the Compactor calls `removeOldest`, which removes the oldest journal rows (journal-cleaning.ts).
 *   `removeOldest` removes only rows up to `covered`, so that a restart never misses a row.
 */

/** FlushPolicy controls when the store updates the table index, and the size of the steps. */
export interface FlushPolicy {
  /** Number of characters of the journal that the index may lack before an update begins; a restart reads little more than this number. */
  readonly lag: number
  /** Maximum number of index entries in one transaction, and the number of finished tables that make a block. */
  readonly entries: number
  /** Number of characters after which a row of the journal is full; the remaining events of a commit are in further rows. */
  readonly row: number
}

const PACE: FlushPolicy = { lag: 4_000_000, entries: 128, row: 64_000 }

/**
 * Update is a pass that completes the index up to `cover`, the end of the journal at the start of the pass. `done` is the number of
 * `tables` that the pass has written.
 */
interface Update {
  readonly cover: IndexedUpTo
  readonly tables: readonly TableId[]
  done: number
}

/** SqliteEventStore stores the events of all tables in a journal, and the positions of these events in an index. */
export class SqliteEventStore implements EventStore, Compactable {
  readonly #database: Database
  readonly #journal: Journal
  readonly #index: TableIndex
  readonly #onError: OnStoreError
  readonly #pace: FlushPolicy
  /** Unfinished tables, and tables whose entry in the index is missing or outdated. */
  readonly #known = new Map<TableId, KnownTable>()
  /** Finished tables that wait for a block, in the order of their ends, and the number of tables that fill a block. */
  #finished: TableId[] = []
  #enough: number
  /** Number of characters of the journal that the index may lack. */
  #lag: number
  #ahead = 0
  /** Last place of the journal, number of finished tables, and highest number of a table. */
  #place: number
  #ended: number
  #highest: TableId
  /** Place of the journal up to which the index is complete. */
  #covered: number
  #update: Update | undefined
  #turn: NodeJS.Immediate | undefined
  /** Batch of the current row of the current transaction. */
  #batch = new Batch()
  #compactor: Compactor | undefined
  /** Checks whether a table has followers; the store does not drop such a table. */
  #inUse: (table: TableId) => boolean = () => false

  /** The store calls `onError` with errors of index writes, and repeats these writes. Throws a StoreError for a damaged file. */
  constructor(database: Database, onError: OnStoreError, pace: Partial<FlushPolicy> = {}) {
    this.#database = database
    this.#journal = new Journal(database)
    this.#index = new TableIndex(database)
    this.#onError = onError
    this.#pace = { ...PACE, ...pace }
    this.#enough = this.#pace.entries
    this.#lag = this.#pace.lag
    const { place, ended } = this.#index.indexedUpTo()
    this.#place = place
    this.#covered = place
    this.#ended = ended
    this.#highest = this.#index.highestTable()
    for (const [table, entry] of this.#index.listUnfinished()) this.#known.set(table, new KnownTable(entry))
    this.#readOn()
  }

  highestTable(): TableId {
    return this.#highest
  }

  /** The end of the journal. */
  get progress(): Progress {
    return { place: this.#place, highest: this.#highest, ended: this.#ended }
  }

  get indexedUpTo(): number {
    return this.#covered
  }

  /** Limits the size of the file from now on: drops finished tables for which `inUse` returns false, oldest first. */
  compact(compaction: Compaction, inUse: (table: TableId) => boolean): void {
    this.#inUse = inUse
    // the compactor removes only rows up to the end of the index, so the index must have most rows of the file
    this.#lag = Math.min(this.#pace.lag, compaction.keep / 8)
    this.#compactor = new Compactor(this.#database, this, compaction, this.#onError)
  }

  /** Implements `EventStore.write`. Throws a StoreError, or the exception of one of the works. */
  write<Append extends AppendBatch>(batches: readonly Append[], works: readonly StoreWork[]): readonly Append[] {
    const rejected: Append[] = []
    const place = this.#place
    const ended = this.#ended
    const finished = this.#finished.length
    const ahead = this.#ahead
    try {
      this.#database.transaction(() => {
        for (const batch of batches) if (!this.#append(batch)) rejected.push(batch)
        for (const work of works) work.run()
        this.#endRow()
      })
    } catch (error) {
      this.#batch = new Batch()
      this.#finished.length = finished
      this.#ahead = ahead
      this.#place = place
      this.#forget(place, ended)
      throw error
    }
    if (this.#finished.length >= this.#enough) this.#fillBlocks()
    this.#compactor?.noteAdded(this.#ahead - ahead)
    return rejected
  }

  /** Adds a batch to the current row. If the version of the table is not `expected`, adds nothing and returns false. */
  #append(addition: AppendBatch): boolean {
    const { table, expected, count } = addition
    const inMemory = this.#known.get(table)
    const known = inMemory ?? this.#find(table)
    if (known.version !== expected) return false
    if (count === 0) return true
    // a read of a table reads whole rows, so one row must not have the events of all tables
    if (this.#batch.text.length >= this.#pace.row) this.#endRow()
    const from = this.#batch.add(addition, known.ended === undefined ? addition.endKind : undefined)
    this.#learn(addition, from, known, !inMemory)
    return true
  }

  read(tables: readonly TableId[]): ReadonlyMap<TableId, string | Error> {
    return this.#database.query(() =>
      readTables(
        this.#journal,
        tables.map((table) => [table, (this.#known.get(table) ?? this.#find(table)).entry]),
      ),
    )
  }

  listUnfinished(): readonly TableId[] {
    const tables = this.#database.query(() => [...this.#known].filter(([, { ended }]) => ended === undefined))
    return tables.map(([table]) => table).sort((one, other) => one - other)
  }

  listRatedEnded(after: TableId | undefined): readonly TableId[] | undefined {
    const from = after === undefined ? 0 : (this.#known.get(after) ?? this.#find(after)).ended
    if (from === undefined) return undefined
    const tables = new Map(this.#index.listRatedEnded(from))
    for (const [table, { ended, counts }] of this.#known) if (counts && ended !== undefined && ended > from) tables.set(ended, table)
    return [...tables].sort(([one], [other]) => one - other).map(([, table]) => table)
  }

  /** Completes the index, so that the next start does not have to read the journal. */
  close(): void {
    clearImmediate(this.#turn)
    this.#compactor?.close()
    if (this.#covered < this.#place) this.#update = this.#begun()
    while (this.#update) this.#write(this.#update)
  }

  removeOldest(characters: number): number | undefined {
    if (this.#finished.length > 0) this.#fillBlocks()
    const rows = this.#journal.oldest(this.#covered, characters)
    const last = rows.at(-1)?.place
    if (last === undefined) return undefined
    const recorded = this.#entry(this.#index.lastRecorded())?.ended ?? 0
    const { batch, moved, dropped } = planCleaning(rows, {
      place: this.#place + 1,
      find: (table) => this.#entry(table),
      mayDrop: (table, entry, positions) => this.#mayDrop(table, entry, positions, recorded),
    })
    this.#database.transaction(() => {
      if (batch !== '') this.#journal.add(this.#place + 1, batch)
      for (const [table, entry] of moved) this.#index.set(table, entry)
      this.#index.drop(dropped)
      this.#journal.remove(last)
    })
    if (batch !== '') this.#passed(batch)
    for (const [table, entry] of moved) {
      const known = this.#known.get(table)
      known?.markIndexed(entry)
      if (known?.ended !== undefined && !known.finished) this.#drop(table)
    }
    return last
  }

  #entry(table: TableId): TableIndexEntry | undefined {
    const known = this.#known.get(table)
    return known ? known.entry : this.#index.find(table)
  }

  /**
   * Checks whether the store may drop a finished table. The store never drops a table in use, a table with a part after `covered`, the
   * highest table (otherwise a new table would get the same number), or the last recorded table and all later rated tables (the ratings
   * continue from that table).
   */
  #mayDrop(table: TableId, { ended = 0, counts }: TableIndexEntry, positions: readonly JournalPosition[], recorded: number): boolean {
    if (table === this.#highest || this.#inUse(table) || (counts && ended >= recorded)) return false
    return positions.every(({ place }) => place <= this.#covered)
  }

  /** Reads the rows of the journal after the end of the index. */
  #readOn(): void {
    const found = new Map<TableId, KnownTable>()
    for (const batch of this.#journal.after(this.#place)) {
      for (const part of parseParts(batch, this.#place + 1)) {
        const inMemory = this.#known.get(part.table)
        const known = inMemory ?? found.get(part.table) ?? this.#find(part.table)
        if (!inMemory) found.set(part.table, known)
        if (part.expected >= known.version) this.#learn(part, part.from, known, !inMemory)
        else if (part.endKind) this.#ended++
      }
      this.#passed(batch)
    }
  }

  /** Reads the entry of a table that is not in memory from the index. */
  #find(table: TableId): KnownTable {
    const entry = table > this.#highest ? undefined : this.#index.find(table)
    return new KnownTable(entry ?? NEW_ENTRY)
  }

  /** Records that the next row has a part of a table at the character `from`. `isNew` is true if the table is not in memory. */
  #learn(
    { table, expected, count, endKind }: Omit<AppendBatch, 'prefix' | 'lines'>,
    from: number,
    known: KnownTable,
    isNew: boolean,
  ): void {
    if (isNew) this.#known.set(table, known)
    if (table > this.#highest) this.#highest = table
    if (endKind !== undefined && known.ended === undefined) {
      known.ended = ++this.#ended
      known.counts = endKind === 'counts'
      known.finished = !known.counts && known.places === ''
      if (known.finished) this.#finished.push(table)
    }
    known.version = expected + count
    known.spots = { place: this.#place + 1, from, expected, before: known.spots }
  }

  /** Rolls the memory back to a place of the journal; `ended` is the number of tables that had ended up to that place. */
  #forget(place: number, ended: number): void {
    for (const [table, known] of this.#known) {
      for (; known.spots && known.spots.place > place; known.spots = known.spots.before) known.version = known.spots.expected
      if ((known.ended ?? 0) > ended) {
        known.ended = undefined
        known.counts = false
        known.finished = false
      }
      if (known.version === 0 || (known.ended !== undefined && !known.spots)) this.#known.delete(table)
    }
    this.#ended = ended
  }

  /** Adds the batch as the next row of the journal, inside `Database.transaction`. */
  #endRow(): void {
    const { text } = this.#batch
    if (text === '') return
    this.#batch = new Batch()
    this.#journal.add(this.#place + 1, text)
    this.#passed(text)
  }

  /** Counts a new row of the journal, and starts an index update if the index lacks too many characters of the journal. */
  #passed(batch: string): void {
    this.#place++
    this.#ahead += batch.length
    if (this.#ahead > this.#lag) this.#turn ??= setImmediate(() => this.#advance())
  }

  /** Writes the next entries of the index, and continues in the next turn. */
  #advance(): void {
    this.#turn = undefined
    this.#update ??= this.#begun()
    this.#write(this.#update)
    if (this.#update) this.#turn = setImmediate(() => this.#advance())
  }

  #begun(): Update {
    this.#ahead = 0
    const tables: TableId[] = []
    for (const [table, known] of this.#known) if (known.spots && !known.finished) tables.push(table)
    return { cover: { place: this.#place, ended: this.#ended }, tables: tables.sort((one, other) => one - other), done: 0 }
  }

  /** Writes the next entries of an update. The update ends with its last entry, or when a write fails. */
  #write(update: Update): void {
    const { tables, cover, done } = update
    const rows = tables.slice(done, done + this.#pace.entries)
    const finished = this.#finished.slice(0, this.#pace.entries - rows.length)
    // the index is complete only when all finished tables are in blocks, because these tables may have parts before the place
    const last = done + rows.length === tables.length && finished.length === this.#finished.length
    if (last) this.#update = undefined
    try {
      this.#database.transaction(() => {
        for (const table of rows) {
          const known = this.#known.get(table)
          // a block gets the entry of a table that has ended during the update
          if (known && !known.finished) this.#index.set(table, known.entry)
        }
        this.#index.add(this.#entriesOf(finished))
        if (last) this.#index.setIndexedUpTo(cover)
      })
    } catch (error) {
      this.#update = undefined
      this.#onError(error)
      return
    }
    if (last) this.#covered = cover.place
    update.done += rows.length
    for (const table of rows) this.#noted(table)
    this.#filled(finished)
  }

  /** Writes finished tables into blocks. If the write fails, the next attempt waits for twice the number of finished tables. */
  #fillBlocks(): void {
    const tables = this.#finished.slice(0, this.#pace.entries)
    try {
      this.#database.transaction(() => this.#index.add(this.#entriesOf(tables)))
    } catch (error) {
      this.#enough = 2 * this.#finished.length
      this.#onError(error)
      return
    }
    this.#enough = this.#pace.entries
    this.#filled(tables)
  }

  #entriesOf(tables: readonly TableId[]): (readonly [TableId, TableIndexEntry])[] {
    const entries: (readonly [TableId, TableIndexEntry])[] = []
    for (const table of tables) {
      const known = this.#known.get(table)
      if (known) entries.push([table, known.entry])
    }
    return entries
  }

  /** Removes the first finished tables from memory, because blocks now have the entries of these tables. */
  #filled(tables: readonly TableId[]): void {
    for (const table of tables) this.#drop(table)
    this.#finished = this.#finished.slice(tables.length)
  }

  /** Records that the index has the current entry of a table; removes a finished table from memory. */
  #noted(table: TableId): void {
    const known = this.#known.get(table)
    if (!known || known.finished) return
    if (known.ended !== undefined) return this.#drop(table)
    known.markIndexed(known.entry)
  }

  /** Removes a table from memory. A Map retains deleted values until the Map grows, so this method also releases the list of parts. */
  #drop(table: TableId): void {
    const known = this.#known.get(table)
    if (known) known.spots = undefined
    this.#known.delete(table)
  }
}
