import type { SelectQueryBuilder } from 'kysely'
import {
  type FinishedGames,
  type FinishedTable,
  HISTORY,
  type HistoryRange,
  type PersonId,
  type SeatScores,
  type TableId,
} from '../../hall/ports.ts'
import { StoreError } from '../error.ts'
import { toLimit } from '../rows.ts'
import { withoutRemoved } from './accounts.ts'
import type { PostgresDatabase } from './database.ts'
import type { HistoryRow, Schema } from './schema.ts'

type HistoryQuery = SelectQueryBuilder<Schema, 'history', HistoryRow>

/** PostgresHistory stores the finished tables of each person: a row for each person and finished table. */
export class PostgresHistory implements FinishedGames {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  add(persons: readonly PersonId[], finished: FinishedTable): Promise<void> {
    return this.#database.work(() => this.#add(persons, finished))
  }

  async #add(persons: readonly PersonId[], { table, private: hidden, ...finished }: FinishedTable): Promise<void> {
    const entry = JSON.stringify(finished)
    for (const person of persons) {
      // a transaction for each person, because two transactions that lock the same persons could wait for each other
      await this.#database.transactionOf(person, async (db) => {
        if (!(await withoutRemoved(db, [person])).has(person)) return
        await db
          .insertInto('history')
          .values({ person, table_id: table, hidden, entry })
          .onConflict((conflict) => conflict.columns(['person', 'table_id']).doUpdateSet({ hidden, entry }))
          .execute()
        const old = db.selectFrom('history').select('table_id').where('person', '=', person).orderBy('table_id', 'desc').offset(HISTORY)
        await db.deleteFrom('history').where('person', '=', person).where('table_id', 'in', old).execute()
      })
    }
  }

  setScores(table: TableId, scores: SeatScores): Promise<void> {
    return this.#database.transaction(async (db) => {
      const rows = await db.selectFrom('history').select(['person', 'entry']).where('table_id', '=', table).forUpdate().execute()
      for (const { person, entry } of rows) {
        const changed = JSON.stringify({ ...JSON.parse(entry), scores })
        await db.updateTable('history').set({ entry: changed }).where('table_id', '=', table).where('person', '=', person).execute()
      }
    })
  }

  of(
    person: PersonId,
    { from, count, hidden }: HistoryRange,
  ): Promise<{ readonly items: readonly FinishedTable[]; readonly total: number }> {
    return this.#database.query(async (db) => {
      const own = db.selectFrom('history').where('person', '=', person)
      const visible = hidden ? own : own.where('hidden', '=', false)
      const page = visible.selectAll().orderBy('table_id', 'desc').limit(toLimit(count)).offset(toLimit(from))
      const total = await visible.select((select) => select.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
      return { items: (await page.execute()).map(toFinished), total: total.count }
    })
  }

  latest(count: number): Promise<readonly FinishedTable[]> {
    return this.#list((all) => all.where('hidden', '=', false).orderBy('table_id', 'desc').limit(toLimit(count)))
  }

  all(after: TableId, count: number): Promise<readonly FinishedTable[]> {
    return this.#list((all) => all.where('table_id', '>', after).orderBy('table_id').limit(toLimit(count)))
  }

  /** Lists finished tables of all persons; of a table with several players, the entry of one player. */
  async #list(choose: (all: HistoryQuery) => HistoryQuery): Promise<readonly FinishedTable[]> {
    const rows = await this.#database.query((db) => choose(db.selectFrom('history').selectAll().distinctOn('table_id')).execute())
    return rows.map(toFinished)
  }
}

function toFinished({ table_id: table, hidden, entry }: HistoryRow): FinishedTable {
  try {
    return { table, private: hidden, ...JSON.parse(entry) }
  } catch (error) {
    throw new StoreError('damaged', `the history entry of table ${table} cannot be read`, error)
  }
}
