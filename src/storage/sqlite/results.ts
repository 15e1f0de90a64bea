import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { GUESTS, type PersonId, type Results, type Standing, type TableId } from '../../hall/ports.ts'
import type { GroupCommit } from '../group-commit.ts'
import { checkStandings, toLimit } from '../rows.ts'
import { createRemovalCheck } from './accounts.ts'
import { type Database, toNumber, toText } from './database.ts'
import { type CountedScore, isGuestPerson, type ScoreCounts } from './score-counts.ts'

/** Maximum number of guests that one result removes from a ladder. */
const TOGETHER = 20

/** Recorded has the standings that one result adds and removes. */
interface Recorded {
  readonly added: readonly CountedScore[]
  readonly removed: readonly CountedScore[]
}

/** SqliteResults stores results in the SQL tables `standings` and `recorded`. */
export class SqliteResults implements Results {
  readonly #database: Database
  readonly #commits: GroupCommit
  readonly #standing: StatementSync
  readonly #note: StatementSync
  readonly #set: StatementSync
  readonly #isRemoved: (person: PersonId) => boolean
  readonly #last: StatementSync
  readonly #ladder: StatementSync
  readonly #between: StatementSync
  readonly #dropGuests: StatementSync
  readonly #scores: ScoreCounts

  /**
   * Loads the counts of all standings into `scores`. This class updates `scores` after each result, and SqliteAccounts updates `scores`
   * after the removal of an account. Throws a StoreError if the SQL table `standings` is damaged.
   */
  constructor(database: Database, commits: GroupCommit, scores: ScoreCounts) {
    this.#scores = scores
    this.#database = database
    this.#commits = commits
    this.#standing = database.prepare('SELECT * FROM standings WHERE person = ? AND game = ?')
    this.#note = database.prepare('INSERT INTO recorded (table_id) VALUES (?) ON CONFLICT DO NOTHING')
    this.#set = database.prepare(`
      INSERT INTO standings (person, game, name, score, games, rating, deviation, volatility, played) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, score = excluded.score, games = excluded.games,
        rating = excluded.rating, deviation = excluded.deviation, volatility = excluded.volatility, played = excluded.played`)
    this.#isRemoved = createRemovalCheck(database)
    this.#last = database.prepare('SELECT table_id FROM recorded ORDER BY place DESC LIMIT 1')
    this.#ladder = database.prepare('SELECT * FROM standings WHERE game = ? ORDER BY score DESC, name, person LIMIT ?')
    this.#between = database.prepare('SELECT count(*) AS "all" FROM standings WHERE game = ? AND score > ? AND score < ?')
    this.#dropGuests = database.prepare(`
      DELETE FROM standings WHERE game = ?1 AND person IN (
        SELECT person FROM standings WHERE game = ?1 AND person >= 'guest:' AND person < 'guest;' ORDER BY played LIMIT ?2)
      RETURNING person, score`)
    const all = database.prepare('SELECT game, score, count(*) AS "all" FROM standings GROUP BY game, score')
    const guests = database.prepare(`
      SELECT game, count(*) AS "all" FROM standings WHERE person >= 'guest:' AND person < 'guest;' GROUP BY game`)
    for (const { game, score, all: count } of database.query(() => all.all())) scores.load(toText(game), toNumber(score), toNumber(count))
    for (const { game, all: count } of database.query(() => guests.all())) scores.loadGuests(toText(game), toNumber(count))
  }

  async standing(game: string, person: PersonId): Promise<Standing | undefined> {
    const row = this.#database.query(() => this.#standing.get(person, game))
    return row && standingOf(row)
  }

  async setStandings(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean> {
    checkStandings(standings)
    const recorded = await this.#commits.write(() => this.#write(table, game, standings))
    for (const standing of recorded?.added ?? []) this.#scores.add(standing)
    for (const standing of recorded?.removed ?? []) this.#scores.remove(standing)
    return recorded !== undefined
  }

  /**
   * Records the result of a table, inside a transaction. Returns the changes; `undefined` if the result of the table is already recorded.
   */
  #write(table: TableId, game: string, standings: readonly Standing[]): Recorded | undefined {
    if (this.#note.run(table).changes === 0) return undefined
    const added: CountedScore[] = []
    const removed: CountedScore[] = []
    for (const { person, name, score, games, rating } of standings) {
      if (this.#isRemoved(person)) continue
      const before = this.#standing.get(person, game)
      if (before) removed.push({ game, person, score: toNumber(before.score) })
      const figures = rating ? [rating.rating, rating.deviation, rating.volatility] : [null, null, null]
      this.#set.run(person, game, name, score, games, ...figures, table)
      added.push({ game, person, score })
    }
    const guests = this.#scores.guests(game) + count(added) - count(removed)
    if (guests > GUESTS) {
      const dropped = this.#dropGuests.all(game, Math.min(guests - GUESTS, TOGETHER))
      for (const row of dropped) removed.push({ game, person: toText(row.person), score: toNumber(row.score) })
    }
    return { added, removed }
  }

  async last(): Promise<TableId | undefined> {
    const row = this.#database.query(() => this.#last.get())
    return row && toNumber(row.table_id)
  }

  async ladder(game: string, limit: number): Promise<readonly Standing[]> {
    return this.#database.query(() => this.#ladder.all(game, toLimit(limit))).map(standingOf)
  }

  async rank(game: string, score: number): Promise<{ readonly rank: number; readonly of: number }> {
    const between = this.#database.query(() => this.#between.get(game, score, Math.floor(score) + 1))
    return { rank: this.#scores.above(game, score) + toNumber(between?.all) + 1, of: this.#scores.size(game) }
  }
}

function count(standings: readonly CountedScore[]): number {
  return standings.filter(({ person }) => isGuestPerson(person)).length
}

function standingOf(row: Record<string, SQLOutputValue>): Standing {
  const standing = { person: toText(row.person), name: toText(row.name), score: toNumber(row.score), games: toNumber(row.games) }
  if (row.rating === null) return standing
  return { ...standing, rating: { rating: toNumber(row.rating), deviation: toNumber(row.deviation), volatility: toNumber(row.volatility) } }
}
