import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import type { PersonId, Results, Standing, TableId } from '../../hall/ports.ts'
import type { Commits } from '../commits.ts'
import { atMost, checkStandings } from '../standings.ts'
import { removalCheck } from './accounts.ts'
import { type Database, number, text } from './database.ts'

/** SqliteResults keeps results in the tables `standings` and `recorded`. */
export class SqliteResults implements Results {
  readonly #database: Database
  readonly #commits: Commits
  readonly #standing: StatementSync
  readonly #note: StatementSync
  readonly #set: StatementSync
  readonly #isRemoved: (person: PersonId) => boolean
  readonly #last: StatementSync
  readonly #ladder: StatementSync
  readonly #rank: StatementSync

  constructor(database: Database, commits: Commits) {
    this.#database = database
    this.#commits = commits
    this.#standing = database.prepare('SELECT * FROM standings WHERE person = ? AND game = ?')
    this.#note = database.prepare('INSERT INTO recorded (table_id) VALUES (?) ON CONFLICT DO NOTHING')
    this.#set = database.prepare(`
      INSERT INTO standings (person, game, name, score, games, rating, deviation, volatility) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, score = excluded.score, games = excluded.games,
        rating = excluded.rating, deviation = excluded.deviation, volatility = excluded.volatility`)
    this.#isRemoved = removalCheck(database)
    this.#last = database.prepare('SELECT table_id FROM recorded ORDER BY place DESC LIMIT 1')
    this.#ladder = database.prepare('SELECT * FROM standings WHERE game = ? ORDER BY score DESC, name, person LIMIT ?')
    this.#rank = database.prepare(`
      SELECT (SELECT count(*) FROM standings WHERE game = ?1 AND score > ?2) AS better,
        (SELECT count(*) FROM standings WHERE game = ?1) AS "all"`)
  }

  async standing(game: string, person: PersonId): Promise<Standing | undefined> {
    const row = this.#database.ask(() => this.#standing.get(person, game))
    return row && standingOf(row)
  }

  async record(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean> {
    checkStandings(standings)
    return this.#commits.add(() => {
      if (this.#note.run(table).changes === 0) return false
      for (const { person, name, score, games, rating } of standings) {
        if (this.#isRemoved(person)) continue
        const figures = rating ? [rating.rating, rating.deviation, rating.volatility] : [null, null, null]
        this.#set.run(person, game, name, score, games, ...figures)
      }
      return true
    })
  }

  async last(): Promise<TableId | undefined> {
    const row = this.#database.ask(() => this.#last.get())
    return row && number(row.table_id)
  }

  async ladder(game: string, limit: number): Promise<readonly Standing[]> {
    return this.#database.ask(() => this.#ladder.all(game, atMost(limit))).map(standingOf)
  }

  async rank(game: string, score: number): Promise<{ readonly rank: number; readonly of: number }> {
    const row = this.#database.ask(() => this.#rank.get(game, score))
    return { rank: number(row?.better) + 1, of: number(row?.all) }
  }
}

function standingOf(row: Record<string, SQLOutputValue>): Standing {
  const standing = { person: text(row.person), name: text(row.name), score: number(row.score), games: number(row.games) }
  if (row.rating === null) return standing
  return { ...standing, rating: { rating: number(row.rating), deviation: number(row.deviation), volatility: number(row.volatility) } }
}
