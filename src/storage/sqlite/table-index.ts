import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import type { TableId } from '../../hall/ports.ts'
import { StoreError } from '../error.ts'
import { type Database, toNumber, toText } from './database.ts'

/** TableIndexEntry is the row of one table in the index. */
export interface TableIndexEntry {
  /** The number of the table's last event. */
  readonly version: number
  /**
   * Positions of the table's parts in the journal, in the order of the events. Each position is a place and a character from 0, as in ` 3:0
   * 17:250`.
   */
  readonly places: string
  /** Number of the table in the order in which tables end, from 1; `undefined` while the table is open. */
  readonly ended: number | undefined
  /** True if the table has ended, and its result changes the ladder. */
  readonly counts: boolean
}

/**
 * IndexedUpTo describes the end of the index: a place in the journal, and the number of tables whose end is at that place or
 * earlier.
 */
export interface IndexedUpTo {
  readonly place: number
  readonly ended: number
}

/** Number of consecutive table numbers that belong to one block. The file format depends on this number, so the number must not change. */
const BLOCK = 256
/** Maximum number of cached blocks. The number is small, because the start of a server reads from few blocks at a time. */
const READ = 8

/**
 * TableIndex stores the positions of each table's events in the journal. A row of the SQL table `tables` has the entry of one table; a row
 * of `blocks` has the entries of many finished tables that are not rated. If a table has an entry in both SQL tables, the entry in `tables`
 * is newer. The store derives the index from the journal. The index is complete up to the place in `covered`; the journal may have further
 * rows after this place.
 */
export class TableIndex {
  readonly #database: Database
  readonly #find: StatementSync
  readonly #set: StatementSync
  readonly #blocks: StatementSync
  readonly #add: StatementSync
  readonly #lastBlock: StatementSync
  readonly #highest: StatementSync
  readonly #unfinished: StatementSync
  readonly #ended: StatementSync
  readonly #covered: StatementSync
  readonly #cover: StatementSync
  readonly #drop: StatementSync
  readonly #dropRecord: StatementSync
  readonly #dropHistory: StatementSync
  readonly #rows: StatementSync
  readonly #setRow: StatementSync
  readonly #dropRow: StatementSync
  readonly #lastRecorded: StatementSync
  /** Cached blocks, as text. */
  readonly #read = new Map<number, string>()

  constructor(database: Database) {
    this.#database = database
    this.#find = database.prepare('SELECT * FROM tables WHERE id = ?')
    this.#set = database.prepare(`
      INSERT INTO tables (id, version, places, ended, counts) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET version = excluded.version, places = excluded.places, ended = excluded.ended, counts = excluded.counts`)
    this.#blocks = database.prepare('SELECT entries FROM blocks WHERE block = ?')
    this.#add = database.prepare('INSERT INTO blocks (block, first, entries) VALUES (?, ?, ?)')
    this.#lastBlock = database.prepare('SELECT max(block) AS block FROM blocks')
    this.#highest = database.prepare('SELECT max(id) AS id FROM tables')
    this.#unfinished = database.prepare('SELECT * FROM tables WHERE ended IS NULL')
    this.#ended = database.prepare('SELECT id, ended FROM tables WHERE counts = 1 AND ended > ? ORDER BY ended')
    this.#covered = database.prepare('SELECT place, ended FROM covered')
    this.#cover = database.prepare('UPDATE covered SET place = ?, ended = ?')
    this.#drop = database.prepare('DELETE FROM tables WHERE id = ?')
    this.#dropRecord = database.prepare('DELETE FROM recorded WHERE table_id = ?')
    this.#dropHistory = database.prepare("DELETE FROM history WHERE table_id = ? AND person LIKE 'guest:%'")
    this.#rows = database.prepare('SELECT first, entries FROM blocks WHERE block = ?')
    this.#setRow = database.prepare('UPDATE blocks SET entries = ? WHERE block = ? AND first = ?')
    this.#dropRow = database.prepare('DELETE FROM blocks WHERE block = ? AND first = ?')
    this.#lastRecorded = database.prepare('SELECT table_id FROM recorded ORDER BY place DESC LIMIT 1')
  }

  /** Returns the entry of a table; `undefined` for an unknown table. Throws a StoreError if the entry is damaged. */
  find(table: TableId): TableIndexEntry | undefined {
    const row = this.#database.query(() => this.#find.get(table))
    if (row) return entryIn(row)
    const lines = this.#block(blockOf(table))
    const from = lines.indexOf(`\n${table} `)
    if (from < 0) return undefined
    const to = lines.indexOf('\n', from + 1)
    return entryAt(lines.slice(from + 1, to < 0 ? lines.length : to))[1]
  }

  /** Sets the entry of a table, inside `Database.transaction`. */
  set(table: TableId, { version, places, ended, counts }: TableIndexEntry): void {
    this.#set.run(table, version, places, ended ?? null, Number(counts))
  }

  /** Adds the entries of finished tables to blocks, inside `Database.transaction`. The tables are not rated and have no entry. */
  add(ended: readonly (readonly [TableId, TableIndexEntry])[]): void {
    const rows = new Map<number, { first: TableId; entries: string }>()
    for (const [table, entry] of ended) {
      const block = blockOf(table)
      const row = rows.get(block)
      if (row) {
        row.first = Math.min(row.first, table)
        row.entries += lineFor(table, entry)
      } else rows.set(block, { first: table, entries: lineFor(table, entry) })
    }
    for (const [block, { first, entries }] of rows) {
      this.#add.run(block, first, entries)
      this.#read.delete(block)
    }
  }

  /**
   * Deletes finished tables, inside `Database.transaction`: the entries, the records, and the rows in the histories of guests. The rows in
   * the histories of users with accounts remain; only the number of guests is unlimited.
   */
  drop(listTables: readonly TableId[]): void {
    for (const table of listTables) for (const statement of [this.#drop, this.#dropRecord, this.#dropHistory]) statement.run(table)
    for (const [block, all] of Map.groupBy(listTables, blockOf)) {
      const dropped = new Set(all)
      this.#read.delete(block)
      for (const row of this.#rows.all(block)) {
        const lines = linesOf(toText(row.entries))
        const left = lines.filter((line) => !dropped.has(entryAt(line)[0]))
        if (left.length === 0) this.#dropRow.run(block, toNumber(row.first))
        else if (left.length < lines.length) this.#setRow.run(left.map((line) => `\n${line}`).join(''), block, toNumber(row.first))
      }
    }
  }

  /** Returns the last recorded table; 0 if there is no recorded table. */
  lastRecorded(): TableId {
    const last = this.#database.query(() => this.#lastRecorded.get())?.table_id
    return last === undefined ? 0 : toNumber(last)
  }

  /** Returns the highest number of a table in the index; 0 for an empty index. */
  highestTable(): TableId {
    const [id, block] = this.#database.query(() => [this.#highest.get()?.id, this.#lastBlock.get()?.block])
    const [, ...lines] = block === null ? [] : this.#block(toNumber(block)).split('\n')
    return Math.max(id === null ? 0 : toNumber(id), ...lines.map((line) => entryAt(line)[0]))
  }

  /** Returns the numbers of all tables in the index. */
  listTables(): TableId[] {
    const rows = this.#database.query(() => this.#database.prepare('SELECT id FROM tables').all()).map(({ id }) => toNumber(id))
    const blocks = this.#database.query(() => this.#database.prepare('SELECT entries FROM blocks').all())
    return [...rows, ...blocks.flatMap(({ entries }) => linesOf(toText(entries)).map((line) => entryAt(line)[0]))]
  }

  /** Returns the entries of a block: for each entry, a line break and a line. Throws a StoreError for a damaged block. */
  #block(block: number): string {
    const known = this.#read.get(block)
    if (known !== undefined) return known
    const rows = this.#database.query(() => this.#blocks.all(block)).map(({ entries }) => toText(entries))
    for (const row of rows) for (const line of linesOf(row)) if (blockOf(entryAt(line)[0]) !== block) throw damagedAt(line)
    if (this.#read.size === READ) this.#read.clear()
    const lines = rows.join('')
    this.#read.set(block, lines)
    return lines
  }

  /** Returns the unfinished tables and the entries of these tables. */
  listUnfinished(): readonly (readonly [TableId, TableIndexEntry])[] {
    return this.#database.query(() => this.#unfinished.all()).map((row) => [toNumber(row.id), entryIn(row)])
  }

  /** Returns the rated tables whose end sequence is greater than `after`, ascending, as [sequence, table]. */
  listRatedEnded(after: number): readonly (readonly [ended: number, TableId])[] {
    return this.#database.query(() => this.#ended.all(after)).map(({ id, ended }) => [toNumber(ended), toNumber(id)])
  }

  /** Returns the end of the index. */
  indexedUpTo(): IndexedUpTo {
    const row = this.#database.query(() => this.#covered.get())
    return { place: toNumber(row?.place), ended: toNumber(row?.ended) }
  }

  /** Sets the end of the index, inside `Database.transaction`. */
  setIndexedUpTo({ place, ended }: IndexedUpTo): void {
    this.#cover.run(place, ended)
  }
}

function blockOf(table: TableId): number {
  return Math.floor(table / BLOCK)
}

/** Formats an entry of a block. */
function lineFor(table: TableId, { version, ended, places }: TableIndexEntry): string {
  return `\n${table} ${version} ${ended}${places}`
}

/** Splits a row of a block into lines. Throws a StoreError for a row that does not begin with a line break. */
function linesOf(row: string): string[] {
  const [before, ...lines] = row.split('\n')
  if (before !== '') throw damagedAt(before ?? '')
  return lines
}

/** Parses a line of a block. Throws a StoreError for any other text. */
function entryAt(line: string): readonly [TableId, TableIndexEntry] {
  const [, table, version, ended, places] = /^(\d+) (\d+) (\d+)((?: \d+:\d+)+)$/.exec(line) ?? []
  if (places === undefined) throw damagedAt(line)
  return [Number(table), { version: Number(version), ended: Number(ended), places, counts: false }]
}

function damagedAt(line: string): StoreError {
  return new StoreError(
    'damaged',
    `the store is damaged: expected the entry of a table, found ${line}: restore a backup, or choose another folder`,
  )
}

function entryIn({ version, places, ended, counts }: Record<string, SQLOutputValue>): TableIndexEntry {
  return { version: toNumber(version), places: toText(places), ended: ended === null ? undefined : toNumber(ended), counts: counts === 1 }
}
