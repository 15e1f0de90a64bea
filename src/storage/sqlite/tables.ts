import type { StatementSync } from 'node:sqlite'
import type { TableId } from '../../hall/ports.ts'
import { damaged } from '../events.ts'
import type { Addition, Shelf } from '../log.ts'
import { type Database, number, text } from './database.ts'

/** SqliteShelf keeps events in the tables `events` and `tables`. */
export class SqliteShelf implements Shelf {
  readonly #database: Database
  readonly #open: StatementSync
  readonly #add: StatementSync
  readonly #note: StatementSync
  readonly #end: StatementSync
  readonly #table: StatementSync
  readonly #read: StatementSync
  readonly #highest: StatementSync
  readonly #unfinished: StatementSync
  readonly #ended: StatementSync

  constructor(database: Database) {
    this.#database = database
    this.#open = database.prepare('INSERT INTO tables (id, version) VALUES (?, 0) ON CONFLICT DO NOTHING')
    // compares and appends: where the table is not at the number before, there is no row to insert
    this.#add = database.prepare(`
      INSERT INTO events (table_id, n, previous, event)
      SELECT ?1, ?2, last, ?3 FROM tables WHERE id = ?1 AND version = ?2 - 1`)
    this.#note = database.prepare('UPDATE tables SET version = ?2, last = ?3 WHERE id = ?1')
    this.#end = database.prepare('UPDATE tables SET ended = ?2, counts = ?3 WHERE id = ?1 AND ended IS NULL')
    this.#table = database.prepare('SELECT version, last, ended FROM tables WHERE id = ?')
    // from the last event back, each with the number before, so that no damage leads in a circle
    this.#read = database.prepare(`
      WITH RECURSIVE chain (previous, n, event) AS (
        SELECT previous, n, event FROM events WHERE place = ?1 AND table_id = ?2 AND n = ?3
        UNION ALL
        SELECT events.previous, events.n, events.event FROM chain JOIN events ON events.place = chain.previous
        WHERE chain.n > ?4 + 1 AND events.table_id = ?2 AND events.n = chain.n - 1
      )
      SELECT event FROM chain`)
    this.#highest = database.prepare('SELECT max(id) AS id FROM tables')
    this.#unfinished = database.prepare('SELECT id FROM tables WHERE ended IS NULL ORDER BY id')
    this.#ended = database.prepare('SELECT id FROM tables WHERE counts = 1 AND ended > ? ORDER BY ended')
  }

  highest(): TableId {
    const id = this.#database.ask(() => this.#highest.get())?.id
    return id === null ? 0 : number(id)
  }

  add({ table, expected, texts, ending }: Addition): boolean {
    if (texts.length === 0) return number(this.#table.get(table)?.version ?? 0) === expected
    if (expected === 0) this.#open.run(table)
    let n = expected
    for (const event of texts) {
      n++
      const { changes, lastInsertRowid: place } = this.#add.run(table, n, event)
      if (changes !== 1) return false
      this.#note.run(table, n, place)
      if (ending?.n === n) this.#end.run(table, place, Number(ending.counts))
    }
    return true
  }

  read(table: TableId, after: number): readonly string[] {
    return this.#database.ask(() => {
      const { version, last } = this.#table.get(table) ?? { version: 0 }
      const missing = number(version) - after
      if (missing <= 0) return []
      const texts = this.#read.all(last ?? null, table, number(version), after).map(({ event }) => text(event))
      if (texts.length < missing) throw damaged(table, number(version) - texts.length, 'it is not there')
      return texts.reverse()
    })
  }

  unfinished(): readonly TableId[] {
    return this.#database.ask(() => this.#unfinished.all()).map(({ id }) => number(id))
  }

  ended(after: TableId | undefined): readonly TableId[] | undefined {
    return this.#database.ask(() => {
      const place = after === undefined ? 0 : this.#table.get(after)?.ended
      if (place === undefined || place === null) return undefined
      return this.#ended.all(place).map(({ id }) => number(id))
    })
  }
}
