import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Finished, History, PersonId, Slice, TableId } from '../../hall/ports.ts'
import { HISTORY } from '../../hall/ports.ts'
import { StoreError } from '../error.ts'
import type { Commits } from '../group-commit.ts'
import { atMost } from '../standings.ts'
import { removalCheck } from './accounts.ts'
import { type Database, number, text } from './database.ts'

/** SqliteHistory stores the finished tables of each person in the SQL table `history`, a row for each person and table. */
export class SqliteHistory implements History {
  readonly #database: Database
  readonly #commits: Commits
  readonly #add: StatementSync
  readonly #trim: StatementSync
  readonly #page: StatementSync
  readonly #count: StatementSync
  readonly #all: StatementSync
  readonly #isRemoved: (person: PersonId) => boolean

  constructor(database: Database, commits: Commits) {
    this.#database = database
    this.#isRemoved = removalCheck(database)
    this.#commits = commits
    this.#add = database.prepare('INSERT OR REPLACE INTO history (person, table_id, hidden, entry) VALUES (?, ?, ?, ?)')
    this.#trim = database.prepare(`
      DELETE FROM history WHERE person = ?1 AND table_id <=
        (SELECT table_id FROM history WHERE person = ?1 ORDER BY table_id DESC LIMIT 1 OFFSET ${HISTORY})`)
    this.#page = database.prepare(`
      SELECT table_id, hidden, entry FROM history WHERE person = ? AND hidden <= ? ORDER BY table_id DESC LIMIT ? OFFSET ?`)
    this.#all = database.prepare(`
      SELECT table_id, hidden, entry FROM history WHERE table_id > ? GROUP BY table_id ORDER BY table_id LIMIT ?`)
    this.#count = database.prepare('SELECT count(*) AS "all" FROM history WHERE person = ? AND hidden <= ?')
  }

  add(persons: readonly PersonId[], { table, private: hidden, ...entry }: Finished): Promise<void> {
    return this.#commits.add(() => {
      for (const person of persons) {
        if (this.#isRemoved(person)) continue
        this.#add.run(person, table, Number(hidden), JSON.stringify(entry))
        this.#trim.run(person)
      }
      return undefined
    })
  }

  async of(person: PersonId, { from, count, hidden }: Slice): Promise<{ readonly items: readonly Finished[]; readonly total: number }> {
    return this.#database.ask(() => ({
      items: this.#page.all(person, Number(hidden), atMost(count), atMost(from)).map(finishedIn),
      total: number(this.#count.get(person, Number(hidden))?.all),
    }))
  }

  async all(after: TableId, count: number): Promise<readonly Finished[]> {
    return this.#database.ask(() => this.#all.all(after, atMost(count)).map(finishedIn))
  }
}

function finishedIn(row: Record<string, SQLOutputValue>): Finished {
  const table = number(row.table_id)
  try {
    return { table, private: row.hidden === 1, ...JSON.parse(text(row.entry)) }
  } catch (error) {
    throw new StoreError('damaged', `the history entry of table ${table} cannot be read`, error)
  }
}
