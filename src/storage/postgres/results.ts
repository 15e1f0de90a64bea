import { sql } from 'kysely'
import { GUESTS, type PersonId, type Results, type Standing, type TableId } from '../../hall/ports.ts'
import { checkStandings, toLimit } from '../rows.ts'
import { withoutRemoved } from './accounts.ts'
import type { PostgresDatabase } from './database.ts'
import type { StandingRow } from './schema.ts'

/** PostgresResults stores the standings, and the tables whose results they have. */
export class PostgresResults implements Results {
  readonly #database: PostgresDatabase
  /** The last call of `setStandings`: the calls take effect in their order, because a later standing of a person replaces all earlier standings. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  async standing(game: string, person: PersonId): Promise<Standing | undefined> {
    const row = await this.#database.query((db) =>
      db.selectFrom('standings').selectAll().where('person', '=', person).where('game', '=', game).executeTakeFirst(),
    )
    return row && toStanding(row)
  }

  async setStandings(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean> {
    checkStandings(standings)
    const set = this.#last.then(() => this.#set(table, game, standings))
    // the caller handles the failure of its own call
    this.#last = set.catch(() => undefined)
    return set
  }

  #set(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean> {
    return this.#database.transaction(async (db) => {
      const noted = await db
        .insertInto('recorded')
        .values({ table_id: table })
        .onConflict((conflict) => conflict.column('table_id').doNothing())
        .returning('place')
        .executeTakeFirst()
      if (!noted) return false
      const persons = standings.map(({ person }) => person)
      const present = await withoutRemoved(db, persons)
      for (const standing of standings) {
        if (!present.has(standing.person)) continue
        const { person, game: _, ...changed } = toRow(game, standing, table)
        await db
          .insertInto('standings')
          .values({ person, game, ...changed })
          .onConflict((conflict) => conflict.columns(['person', 'game']).doUpdateSet(changed))
          .execute()
      }
      const surplus = db
        .selectFrom('standings')
        .select('person')
        .where('game', '=', game)
        .where(sql.ref<string>('person'), 'like', sql.lit('guest:%'))
        .orderBy('played', 'desc')
        .offset(GUESTS)
      await db.deleteFrom('standings').where('game', '=', game).where('person', 'in', surplus).execute()
      return true
    })
  }

  async last(): Promise<TableId | undefined> {
    const row = await this.#database.query((db) =>
      db.selectFrom('recorded').select('table_id').orderBy('place', 'desc').limit(1).executeTakeFirst(),
    )
    return row?.table_id
  }

  async ladder(game: string, limit: number): Promise<readonly Standing[]> {
    const rows = await this.#database.query((db) =>
      db
        .selectFrom('standings')
        .selectAll()
        .where('game', '=', game)
        .orderBy('score', 'desc')
        .orderBy('name')
        .orderBy('person')
        .limit(toLimit(limit))
        .execute(),
    )
    return rows.map(toStanding)
  }

  async rank(game: string, score: number): Promise<{ readonly rank: number; readonly of: number }> {
    return this.#database.query(async (db) => {
      const all = db.selectFrom('standings').where('game', '=', game)
      const count = all.select((select) => select.fn.countAll<number>().as('count'))
      const above = await count.where('score', '>', score).executeTakeFirstOrThrow()
      const size = await count.executeTakeFirstOrThrow()
      return { rank: above.count + 1, of: size.count }
    })
  }
}

function toRow(game: string, { person, name, score, games, rating }: Standing, played: TableId): StandingRow {
  const figures = rating ?? { rating: null, deviation: null, volatility: null }
  return { person, game, name, score, games, ...figures, played }
}

function toStanding({ person, name, score, games, rating, deviation, volatility }: StandingRow): Standing {
  const standing = { person, name, score, games }
  return rating === null || deviation === null || volatility === null
    ? standing
    : { ...standing, rating: { rating, deviation, volatility } }
}
