import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import type { TableId } from '../../hall/ports.ts'
import { StoreError } from '../error.ts'
import { type Database, number, text } from './database.ts'

/** Entry is what is known of a table without its events. */
export interface Entry {
  /** The number of its last event. */
  readonly version: number
  /** Where in the journal its events are, in order, each time a place and a character from 0: ` 3:0 17:250`. */
  readonly places: string
  /** The how-manieth it was to end, counted from 1. */
  readonly ended: number | undefined
  /** It has ended and counts for the ladder. */
  readonly counts: boolean
}

/** Cover is how far a directory goes: to a place in the journal, and to the how-manieth table that has ended there. */
export interface Cover {
  readonly place: number
  readonly ended: number
}

/** The numbers of tables that go into one block. */
const BLOCK = 256

/**
 * Directory keeps where in the journal the events of each table lie: in `tables`, a row for each, or in `blocks`, a row for
 * many that have ended and do not count. What stands in `tables` is the later. All of it follows from the journal; it lags
 * behind that, and `covered` has how far it goes at least.
 */
export class Directory {
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
  }

  /** The entry of a table. */
  find(table: TableId): Entry | undefined {
    const row = this.#database.ask(() => this.#find.get(table))
    if (row) return entryIn(row)
    for (const [other, entry] of this.#block(blockOf(table))) if (other === table) return entry
    return undefined
  }

  /** Sets the entry of a table, inside of `Database.transaction`. */
  set(table: TableId, { version, places, ended, counts }: Entry): void {
    this.#set.run(table, version, places, ended ?? null, Number(counts))
  }

  /** Adds the entries of tables that have ended, do not count, and have none yet, inside of `Database.transaction`. */
  add(ended: readonly (readonly [TableId, Entry])[]): void {
    for (const all of Map.groupBy(ended, ([table]) => blockOf(table)).values()) {
      const [[first] = [0]] = all
      this.#add.run(blockOf(first), first, all.map(([table, entry]) => lineOf(table, entry)).join(''))
    }
  }

  /** The highest number that a table has here, 0 where there is none. */
  highest(): TableId {
    const [id, block] = this.#database.ask(() => [this.#highest.get()?.id, this.#lastBlock.get()?.block])
    const inBlocks = block === null ? [] : this.#block(number(block)).map(([table]) => table)
    return Math.max(id === null ? 0 : number(id), ...inBlocks)
  }

  /** The entries of a block. */
  #block(block: number): (readonly [TableId, Entry])[] {
    return this.#database.ask(() => this.#blocks.all(block)).flatMap(({ entries }) => entriesOf(text(entries)))
  }

  /** The tables that have not ended, with their entries. */
  unfinished(): readonly (readonly [TableId, Entry])[] {
    return this.#database.ask(() => this.#unfinished.all()).map((row) => [number(row.id), entryIn(row)])
  }

  /** The tables that count of those that ended after the so-manieth, in that order, each with its own. */
  ended(after: number): readonly (readonly [ended: number, TableId])[] {
    return this.#database.ask(() => this.#ended.all(after)).map(({ id, ended }) => [number(ended), number(id)])
  }

  /** How far it goes. */
  covered(): Cover {
    const row = this.#database.ask(() => this.#covered.get())
    return { place: number(row?.place), ended: number(row?.ended) }
  }

  /** Sets how far it goes, inside of `Database.transaction`. */
  cover({ place, ended }: Cover): void {
    this.#cover.run(place, ended)
  }
}

function blockOf(table: TableId): number {
  return Math.floor(table / BLOCK)
}

/** An entry in a block. */
function lineOf(table: TableId, { version, ended, places }: Entry): string {
  return `\n${table} ${version} ${ended}${places}`
}

/** The entries in a row of a block. Throws a StoreError for anything else. */
function entriesOf(lines: string): (readonly [TableId, Entry])[] {
  const [, ...all] = lines.split('\n')
  return all.map((line) => {
    const [, table, version, ended, places] = /^(\d+) (\d+) (\d+)((?: \d+:\d+)*)$/.exec(line) ?? []
    if (places === undefined)
      throw new StoreError('damaged', `the store is damaged: there should be where a table is, and there is ${line}`)
    return [Number(table), { version: Number(version), ended: Number(ended), places, counts: false }]
  })
}

function entryIn({ version, places, ended, counts }: Record<string, SQLOutputValue>): Entry {
  return { version: number(version), places: text(places), ended: ended === null ? undefined : number(ended), counts: counts === 1 }
}
