import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { type Account, type Accounts, isTemporary, type PersonId, type Session } from '../../hall/ports.ts'
import type { Commits } from '../commits.ts'
import { accountOf, personOf } from '../persons.ts'
import { type Database, number, text } from './database.ts'

/** SqliteAccounts keeps accounts in the tables `accounts` and `sessions`. */
export class SqliteAccounts implements Accounts {
  readonly #database: Database
  readonly #commits: Commits
  readonly #named: StatementSync
  readonly #of: StatementSync
  readonly #add: StatementSync
  readonly #setPassword: StatementSync
  readonly #remove: StatementSync
  readonly #removeStandings: StatementSync
  readonly #removeHistory: StatementSync
  readonly #open: StatementSync
  readonly #session: StatementSync
  readonly #close: StatementSync
  readonly #closeAll: StatementSync
  readonly #anyOver: StatementSync
  readonly #closeOver: StatementSync

  constructor(database: Database, commits: Commits) {
    this.#database = database
    this.#commits = commits
    this.#named = database.prepare('SELECT * FROM accounts WHERE key = ?')
    this.#of = database.prepare('SELECT * FROM accounts WHERE number = ?')
    this.#add = database.prepare('INSERT INTO accounts (key, name, password, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
    this.#setPassword = database.prepare('UPDATE accounts SET password = ? WHERE number = ?')
    this.#remove = database.prepare('DELETE FROM accounts WHERE number = ?')
    this.#removeStandings = database.prepare('DELETE FROM standings WHERE person = ?')
    this.#removeHistory = database.prepare('DELETE FROM history WHERE person = ?')
    this.#open = database.prepare('INSERT OR REPLACE INTO sessions (token, person, until) VALUES (?, ?, ?)')
    this.#session = database.prepare('SELECT * FROM sessions WHERE token = ? AND until > ?')
    this.#close = database.prepare('DELETE FROM sessions WHERE token = ?')
    this.#closeAll = database.prepare('DELETE FROM sessions WHERE person = ?')
    this.#anyOver = database.prepare('SELECT 1 FROM sessions WHERE until <= ? LIMIT 1')
    this.#closeOver = database.prepare('DELETE FROM sessions WHERE until <= ?')
  }

  async named(key: string): Promise<Account | undefined> {
    const row = this.#database.ask(() => this.#named.get(key))
    return row && accountIn(row)
  }

  async of(person: PersonId): Promise<Account | undefined> {
    const row = this.#database.ask(() => this.#of.get(accountOf(person) ?? 0))
    return row && accountIn(row)
  }

  add({ key, name, password, since }: Omit<Account, 'person'>): Promise<Account | undefined> {
    return this.#commits.add(() => {
      const { changes, lastInsertRowid } = this.#add.run(key, name, password, since)
      return changes === 0 ? undefined : { person: personOf(Number(lastInsertRowid)), key, name, password, since }
    })
  }

  setPassword(person: PersonId, password: string): Promise<boolean> {
    return this.#commits.add(() => {
      if (this.#setPassword.run(password, accountOf(person) ?? 0).changes === 0) return false
      this.#closeAll.run(person)
      return true
    })
  }

  remove(person: PersonId): Promise<boolean> {
    return this.#commits.add(() => {
      if (this.#remove.run(accountOf(person) ?? 0).changes === 0) return false
      this.#closeAll.run(person)
      this.#removeStandings.run(person)
      this.#removeHistory.run(person)
      return true
    })
  }

  openSession({ token, person, until }: Session): Promise<void> {
    return this.#commits.add(() => {
      this.#open.run(token, person, until)
      return undefined
    })
  }

  /** Who has a session comes in also where nothing can be written: those that are over are forgotten later then. */
  async session(token: string, now: number): Promise<Session | undefined> {
    if (this.#database.ask(() => this.#anyOver.get(now))) await this.#forgetOver(now)
    const row = this.#database.ask(() => this.#session.get(token, now))
    return row && { token, person: text(row.person), until: number(row.until) }
  }

  async #forgetOver(now: number): Promise<void> {
    try {
      await this.#commits.add(() => {
        this.#closeOver.run(now)
        return undefined
      })
    } catch (error) {
      if (!isTemporary(error)) throw error
    }
  }

  closeSession(token: string): Promise<void> {
    return this.#commits.add(() => {
      this.#close.run(token)
      return undefined
    })
  }
}

function accountIn(row: Record<string, SQLOutputValue>): Account {
  return {
    person: personOf(number(row.number)),
    key: text(row.key),
    name: text(row.name),
    password: text(row.password),
    since: number(row.since),
  }
}
