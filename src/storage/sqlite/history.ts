import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import type { FinishedGames, FinishedTable, HistoryRange, PersonId, SeatScores, TableId } from '../../hall/ports.ts'
import { HISTORY } from '../../hall/ports.ts'
import { StoreError } from '../error.ts'
import type { GroupCommit } from '../group-commit.ts'
import { toLimit } from '../rows.ts'
import { createRemovalCheck } from './accounts.ts'
import { type Database, toNumber, toText } from './database.ts'

/**
 * SqliteHistory stores the finished tables of each person in the SQL table `history`; the SQL table has a row for each person and finished
 * table.
 */
export class SqliteHistory implements FinishedGames {
  readonly #database: Database
  readonly #commits: GroupCommit
  readonly #add: StatementSync
  readonly #trim: StatementSync
  readonly #setScores: StatementSync
  readonly #page: StatementSync
  readonly #count: StatementSync
  readonly #all: StatementSync
  readonly #latest: StatementSync
  readonly #isRemoved: (person: PersonId) => boolean

  constructor(database: Database, commits: GroupCommit) {
    this.#database = database
    this.#isRemoved = createRemovalCheck(database)
    this.#commits = commits
    this.#add = database.prepare('INSERT OR REPLACE INTO history (person, table_id, hidden, entry) VALUES (?, ?, ?, ?)')
    this.#trim = database.prepare(`
      DELETE FROM history WHERE person = ?1 AND table_id <=
        (SELECT table_id FROM history WHERE person = ?1 ORDER BY table_id DESC LIMIT 1 OFFSET ${HISTORY})`)
    this.#setScores = database.prepare("UPDATE history SET entry = json_set(entry, '$.scores', json(?2)) WHERE table_id = ?1")
    this.#page = database.prepare(`
      SELECT table_id, hidden, entry FROM history WHERE person = ? AND hidden <= ? ORDER BY table_id DESC LIMIT ? OFFSET ?`)
    this.#all = database.prepare(`
      SELECT table_id, hidden, entry FROM history WHERE table_id > ? GROUP BY table_id ORDER BY table_id LIMIT ?`)
    this.#latest = database.prepare(`
      SELECT table_id, hidden, entry FROM history WHERE hidden = 0 GROUP BY table_id ORDER BY table_id DESC LIMIT ?`)
    this.#count = database.prepare('SELECT count(*) AS "all" FROM history WHERE person = ? AND hidden <= ?')
  }

  add(persons: readonly PersonId[], { table, private: hidden, ...entry }: FinishedTable): Promise<void> {
    return this.#commits.write(() => {
      for (const person of persons) {
        if (this.#isRemoved(person)) continue
        this.#add.run(person, table, Number(hidden), JSON.stringify(entry))
        this.#trim.run(person)
      }
      return undefined
    })
  }

  setScores(table: TableId, scores: SeatScores): Promise<void> {
    return this.#commits.write(() => {
      this.#setScores.run(table, JSON.stringify(scores))
      return undefined
    })
  }

  async of(
    person: PersonId,
    { from, count, hidden }: HistoryRange,
  ): Promise<{ readonly items: readonly FinishedTable[]; readonly total: number }> {
    return this.#database.query(() => ({
      items: this.#page.all(person, Number(hidden), toLimit(count), toLimit(from)).map(finishedIn),
      total: toNumber(this.#count.get(person, Number(hidden))?.all),
    }))
  }

  async latest(count: number): Promise<readonly FinishedTable[]> {
    return this.#database.query(() => this.#latest.all(toLimit(count)).map(finishedIn))
  }

  async all(after: TableId, count: number): Promise<readonly FinishedTable[]> {
    return this.#database.query(() => this.#all.all(after, toLimit(count)).map(finishedIn))
  }
}

function finishedIn(row: Record<string, SQLOutputValue>): FinishedTable {
  const table = toNumber(row.table_id)
  try {
    return { table, private: row.hidden === 1, ...JSON.parse(toText(row.entry)) }
  } catch (error) {
    throw new StoreError('damaged', `the history entry of table ${table} cannot be read`, error)
  }
}
