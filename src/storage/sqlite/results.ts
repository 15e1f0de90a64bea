import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { GUESTS, type PersonId, type Results, type Standing, type TableId } from '../../hall/ports.ts'
import type { Commits } from '../group-commit.ts'
import { atMost, checkStandings } from '../standings.ts'
import { removalCheck } from './accounts.ts'
import { type Database, number, text } from './database.ts'
import { type Counted, isGuest, type ScoreCounts } from './score-counts.ts'

/** Maximum of guests that one result removes from a ladder. */
const TOGETHER = 20

/** Recorded is the change of the standings by one result. */
interface Recorded {
  readonly added: readonly Counted[]
  readonly removed: readonly Counted[]
}

/** SqliteResults stores results in the SQL tables `standings` and `recorded`. */
export class SqliteResults implements Results {
  readonly #database: Database
  readonly #commits: Commits
  readonly #standing: StatementSync
  readonly #note: StatementSync
  readonly #set: StatementSync
  readonly #isRemoved: (person: PersonId) => boolean
  readonly #last: StatementSync
  readonly #ladder: StatementSync
  readonly #between: StatementSync
  readonly #dropGuests: StatementSync
  readonly #scores: ScoreCounts

  /** Loads all standings into `scores` and updates it; SqliteAccounts updates it when an account is removed. Throws a StoreError. */
  constructor(database: Database, commits: Commits, scores: ScoreCounts) {
    this.#scores = scores
    this.#database = database
    this.#commits = commits
    this.#standing = database.prepare('SELECT * FROM standings WHERE person = ? AND game = ?')
    this.#note = database.prepare('INSERT INTO recorded (table_id) VALUES (?) ON CONFLICT DO NOTHING')
    this.#set = database.prepare(`
      INSERT INTO standings (person, game, name, score, games, rating, deviation, volatility, played) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET name = excluded.name, score = excluded.score, games = excluded.games,
        rating = excluded.rating, deviation = excluded.deviation, volatility = excluded.volatility, played = excluded.played`)
    this.#isRemoved = removalCheck(database)
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
    for (const { game, score, all: count } of database.ask(() => all.all())) scores.load(text(game), number(score), number(count))
    for (const { game, all: count } of database.ask(() => guests.all())) scores.loadGuests(text(game), number(count))
  }

  async standing(game: string, person: PersonId): Promise<Standing | undefined> {
    const row = this.#database.ask(() => this.#standing.get(person, game))
    return row && standingOf(row)
  }

  async record(table: TableId, game: string, standings: readonly Standing[]): Promise<boolean> {
    checkStandings(standings)
    const recorded = await this.#commits.add(() => this.#write(table, game, standings))
    for (const standing of recorded?.added ?? []) this.#scores.add(standing)
    for (const standing of recorded?.removed ?? []) this.#scores.remove(standing)
    return recorded !== undefined
  }

  /** Records the result of a table, inside of a transaction. Returns the changes; `undefined` if the table is recorded already. */
  #write(table: TableId, game: string, standings: readonly Standing[]): Recorded | undefined {
    if (this.#note.run(table).changes === 0) return undefined
    const added: Counted[] = []
    const removed: Counted[] = []
    for (const { person, name, score, games, rating } of standings) {
      if (this.#isRemoved(person)) continue
      const before = this.#standing.get(person, game)
      if (before) removed.push({ game, person, score: number(before.score) })
      const figures = rating ? [rating.rating, rating.deviation, rating.volatility] : [null, null, null]
      this.#set.run(person, game, name, score, games, ...figures, table)
      added.push({ game, person, score })
    }
    const guests = this.#scores.guests(game) + count(added) - count(removed)
    if (guests > GUESTS) {
      const dropped = this.#dropGuests.all(game, Math.min(guests - GUESTS, TOGETHER))
      for (const row of dropped) removed.push({ game, person: text(row.person), score: number(row.score) })
    }
    return { added, removed }
  }

  async last(): Promise<TableId | undefined> {
    const row = this.#database.ask(() => this.#last.get())
    return row && number(row.table_id)
  }

  async ladder(game: string, limit: number): Promise<readonly Standing[]> {
    return this.#database.ask(() => this.#ladder.all(game, atMost(limit))).map(standingOf)
  }

  async rank(game: string, score: number): Promise<{ readonly rank: number; readonly of: number }> {
    const between = this.#database.ask(() => this.#between.get(game, score, Math.floor(score) + 1))
    return { rank: this.#scores.above(game, score) + number(between?.all) + 1, of: this.#scores.size(game) }
  }
}

function count(standings: readonly Counted[]): number {
  return standings.filter(({ person }) => isGuest(person)).length
}

function standingOf(row: Record<string, SQLOutputValue>): Standing {
  const standing = { person: text(row.person), name: text(row.name), score: number(row.score), games: number(row.games) }
  if (row.rating === null) return standing
  return { ...standing, rating: { rating: number(row.rating), deviation: number(row.deviation), volatility: number(row.volatility) } }
}
