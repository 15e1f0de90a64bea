import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { type Account, type Accounts, isTemporary, type LoginSession, type PersonId, REMEMBERED, SESSIONS } from '../../hall/ports.ts'
import type { GroupCommit } from '../group-commit.ts'
import { LOGIN_PLACE_LIMITS, parseAccountNumber, toPersonId } from '../rows.ts'
import { type Database, toNumber, toText } from './database.ts'
import type { ScoreCounts } from './score-counts.ts'

/**
 * Maximum number of sessions that one transaction deletes; the limit exists because a transaction blocks the event
 * loop.
 */
const TOGETHER = 200

/** SqliteAccounts stores accounts, sessions and login places in the SQL tables `accounts`, `sessions` and `places`. */
export class SqliteAccounts implements Accounts {
  readonly #database: Database
  readonly #commits: GroupCommit
  readonly #scores: ScoreCounts
  readonly #named: StatementSync
  readonly #all: StatementSync
  readonly #page: StatementSync
  readonly #of: StatementSync
  readonly #add: StatementSync
  readonly #setPassword: StatementSync
  readonly #remove: StatementSync
  readonly #removeStandings: StatementSync
  readonly #removeHistory: StatementSync
  readonly #open: StatementSync
  readonly #session: StatementSync
  readonly #sessionsOf: StatementSync
  readonly #use: StatementSync
  readonly #close: StatementSync
  readonly #closeAll: StatementSync
  readonly #closeOthers: StatementSync
  readonly #closeFirst: StatementSync
  readonly #anyOver: StatementSync
  readonly #closeOver: StatementSync
  readonly #addPlace: StatementSync
  readonly #oldPlaces: StatementSync
  readonly #tooManyPlaces: StatementSync
  readonly #places: StatementSync
  readonly #removePlaces: StatementSync

  /** The new object updates `scores` when the store removes an account with standings. */
  constructor(database: Database, commits: GroupCommit, scores: ScoreCounts) {
    this.#database = database
    this.#scores = scores
    this.#commits = commits
    this.#named = database.prepare('SELECT * FROM accounts WHERE key = ?')
    this.#all = database.prepare('SELECT * FROM accounts ORDER BY number')
    this.#page = database.prepare('SELECT * FROM accounts WHERE number > ? ORDER BY number LIMIT ?')
    this.#of = database.prepare('SELECT * FROM accounts WHERE number = ?')
    this.#add = database.prepare('INSERT INTO accounts (key, name, password, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
    this.#setPassword = database.prepare('UPDATE accounts SET password = ?1 WHERE number = ?2 AND password = coalesce(?3, password)')
    this.#remove = database.prepare('DELETE FROM accounts WHERE number = ?')
    this.#removeStandings = database.prepare('DELETE FROM standings WHERE person = ? RETURNING game, score')
    this.#removeHistory = database.prepare('DELETE FROM history WHERE person = ?')
    this.#open = database.prepare('INSERT OR REPLACE INTO sessions (token, person, until, since, used) VALUES (?, ?, ?, ?, ?)')
    this.#session = database.prepare('SELECT * FROM sessions WHERE token = ? AND until > ?')
    this.#sessionsOf = database.prepare('SELECT * FROM sessions WHERE person = ? AND until > ?')
    this.#use = database.prepare('UPDATE sessions SET used = ?2 WHERE token = ?1')
    this.#close = database.prepare('DELETE FROM sessions WHERE token = ?')
    this.#closeAll = database.prepare('DELETE FROM sessions WHERE person = ?')
    this.#closeOthers = database.prepare(
      'DELETE FROM sessions WHERE person = ? AND token NOT IN (SELECT value FROM json_each(?)) RETURNING until',
    )
    this.#anyOver = database.prepare('SELECT 1 FROM sessions WHERE until <= ? LIMIT 1')
    this.#closeFirst = database.prepare(`
      DELETE FROM sessions WHERE token IN
        (SELECT token FROM sessions WHERE person = ?1 AND token <> ?2 ORDER BY until DESC LIMIT ${TOGETHER} OFFSET ${SESSIONS - 1})`)
    this.#closeOver = database.prepare(
      `DELETE FROM sessions WHERE token IN (SELECT token FROM sessions WHERE until <= ? ORDER BY until LIMIT ${TOGETHER})`,
    )
    this.#addPlace = database.prepare('INSERT OR REPLACE INTO places (place, person) VALUES (?, ?)')
    this.#oldPlaces = database.prepare(`
      DELETE FROM places WHERE person = ?1
        AND number <= (SELECT number FROM places WHERE person = ?1 ORDER BY number DESC LIMIT 1 OFFSET ${LOGIN_PLACE_LIMITS.each})`)
    this.#tooManyPlaces = database.prepare(
      `DELETE FROM places WHERE number <= (SELECT number FROM places ORDER BY number DESC LIMIT 1 OFFSET ${LOGIN_PLACE_LIMITS.all})`,
    )
    this.#places = database.prepare('SELECT place FROM places ORDER BY number')
    this.#removePlaces = database.prepare('DELETE FROM places WHERE person = ?')
  }

  async named(key: string): Promise<Account | undefined> {
    const row = this.#database.query(() => this.#named.get(key))
    return row && accountIn(row)
  }

  async all(): Promise<readonly Account[]> {
    return this.#database.query(() => this.#all.all()).map(accountIn)
  }

  async page(after: PersonId | undefined, limit: number): Promise<readonly Account[]> {
    const last = after === undefined ? 0 : (parseAccountNumber(after) ?? 0)
    return this.#database.query(() => this.#page.all(last, limit)).map(accountIn)
  }

  async of(person: PersonId): Promise<Account | undefined> {
    const row = this.#database.query(() => this.#of.get(parseAccountNumber(person) ?? 0))
    return row && accountIn(row)
  }

  add({ key, name, password, since }: Omit<Account, 'person'>): Promise<Account | undefined> {
    return this.#commits.write(() => {
      const { changes, lastInsertRowid } = this.#add.run(key, name, password, since)
      return changes === 0 ? undefined : { person: toPersonId(Number(lastInsertRowid)), key, name, password, since }
    })
  }

  setPassword(person: PersonId, password: string, was?: string): Promise<number | undefined> {
    return this.#commits.write(() => {
      if (this.#setPassword.run(password, parseAccountNumber(person) ?? 0, was ?? null).changes === 0) return undefined
      return Number(this.#closeAll.run(person).changes)
    })
  }

  async remove(person: PersonId): Promise<number | undefined> {
    const removed = await this.#commits.write(() => {
      if (this.#remove.run(parseAccountNumber(person) ?? 0).changes === 0) return undefined
      const standings = this.#removeStandings.all(person)
      this.#removeHistory.run(person)
      this.#removePlaces.run(person)
      return { standings, sessions: Number(this.#closeAll.run(person).changes) }
    })
    for (const { game, score } of removed?.standings ?? []) this.#scores.remove({ game: toText(game), person, score: toNumber(score) })
    return removed?.sessions
  }

  openSession({ token, person, until, since, used }: LoginSession): Promise<void> {
    return this.#commits.write(() => {
      this.#open.run(token, person, until, since, used)
      this.#closeFirst.run(person, token)
      return undefined
    })
  }

  /** Resolves to a session, even during an outage. Deletes some expired sessions if the store can write. */
  async session(token: string, now: number): Promise<LoginSession | undefined> {
    const before = now - REMEMBERED
    if (this.#database.query(() => this.#anyOver.get(before))) await this.#forgetOver(before)
    const row = this.#database.query(() => this.#session.get(token, now))
    return row && sessionIn(row)
  }

  async sessionsOf(person: PersonId, now: number): Promise<readonly LoginSession[]> {
    return this.#database.query(() => this.#sessionsOf.all(person, now)).map(sessionIn)
  }

  useSession(token: string, used: number): Promise<void> {
    return this.#commits.write(() => {
      this.#use.run(token, used)
      return undefined
    })
  }

  async #forgetOver(before: number): Promise<void> {
    try {
      await this.#commits.write(() => {
        this.#closeOver.run(before)
        return undefined
      })
    } catch (error) {
      if (!isTemporary(error)) throw error
    }
  }

  closeOtherSessions(person: PersonId, kept: readonly string[], now: number): Promise<number> {
    return this.#commits.write(() => {
      const closed = this.#closeOthers.all(person, JSON.stringify(kept))
      return closed.filter(({ until }) => toNumber(until) > now).length
    })
  }

  addPlace(person: PersonId, place: string): Promise<void> {
    return this.#commits.write(() => {
      this.#addPlace.run(place, person)
      this.#oldPlaces.run(person)
      this.#tooManyPlaces.run()
      return undefined
    })
  }

  async places(): Promise<readonly string[]> {
    return this.#database.query(() => this.#places.all()).map(({ place }) => toText(place))
  }

  closeSession(token: string): Promise<void> {
    return this.#commits.write(() => {
      this.#close.run(token)
      return undefined
    })
  }
}

/** Returns a function that checks, inside `Database.transaction`, whether the store has removed a person's account. */
export function createRemovalCheck(database: Database): (person: PersonId) => boolean {
  // account numbers ascend, and the table never reuses a number
  const removed = database.prepare(`
    SELECT 1 FROM sqlite_sequence WHERE name = 'accounts' AND seq >= ?1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE number = ?1)`)
  return (person) => {
    const account = parseAccountNumber(person)
    return account !== undefined && removed.get(account) !== undefined
  }
}

function accountIn(row: Record<string, SQLOutputValue>): Account {
  return {
    person: toPersonId(toNumber(row.number)),
    key: toText(row.key),
    name: toText(row.name),
    password: toText(row.password),
    since: toNumber(row.since),
  }
}

function sessionIn(row: Record<string, SQLOutputValue>): LoginSession {
  return {
    token: toText(row.token),
    person: toText(row.person),
    until: toNumber(row.until),
    since: toNumber(row.since),
    used: toNumber(row.used),
  }
}
