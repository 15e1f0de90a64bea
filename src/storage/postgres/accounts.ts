import { type Kysely, type Selectable, sql } from 'kysely'
import { type Account, type Accounts, type LoginSession, type PersonId, REMEMBERED, SESSIONS } from '../../hall/ports.ts'
import { LOGIN_PLACE_LIMITS, parseAccountNumber, toPersonId } from '../rows.ts'
import type { PostgresDatabase } from './database.ts'
import type { AccountRow, Schema } from './schema.ts'

/** PostgresAccounts stores accounts, sessions and login places. */
export class PostgresAccounts implements Accounts {
  readonly #database: PostgresDatabase

  constructor(database: PostgresDatabase) {
    this.#database = database
  }

  async named(key: string): Promise<Account | undefined> {
    const row = await this.#database.query((db) => db.selectFrom('accounts').selectAll().where('key', '=', key).executeTakeFirst())
    return row && toAccount(row)
  }

  async of(person: PersonId): Promise<Account | undefined> {
    const number = parseAccountNumber(person) ?? 0
    const row = await this.#database.query((db) => db.selectFrom('accounts').selectAll().where('number', '=', number).executeTakeFirst())
    return row && toAccount(row)
  }

  async all(): Promise<readonly Account[]> {
    const rows = await this.#database.query((db) => db.selectFrom('accounts').selectAll().orderBy('number').execute())
    return rows.map(toAccount)
  }

  async page(after: PersonId | undefined, limit: number): Promise<readonly Account[]> {
    const last = after === undefined ? 0 : (parseAccountNumber(after) ?? 0)
    const rows = await this.#database.query((db) =>
      db.selectFrom('accounts').selectAll().where('number', '>', last).orderBy('number').limit(limit).execute(),
    )
    return rows.map(toAccount)
  }

  async add(account: Omit<Account, 'person'>): Promise<Account | undefined> {
    const { key, name, password, since } = account
    const row = await this.#database.query((db) =>
      db
        .insertInto('accounts')
        .values({ key, name, password, since })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .returningAll()
        .executeTakeFirst(),
    )
    return row && toAccount(row)
  }

  setPassword(person: PersonId, password: string, was?: string): Promise<number | undefined> {
    const number = parseAccountNumber(person) ?? 0
    return this.#database.transaction(async (db) => {
      let update = db.updateTable('accounts').set({ password }).where('number', '=', number)
      if (was !== undefined) update = update.where('password', '=', was)
      const { numUpdatedRows } = await update.executeTakeFirstOrThrow()
      return numUpdatedRows === 0n ? undefined : closeSessions(db, person)
    })
  }

  remove(person: PersonId): Promise<number | undefined> {
    const number = parseAccountNumber(person) ?? 0
    return this.#database.transaction(async (db) => {
      const { numDeletedRows } = await db.deleteFrom('accounts').where('number', '=', number).executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) return undefined
      for (const table of ['standings', 'history', 'places'] as const) await db.deleteFrom(table).where('person', '=', person).execute()
      return closeSessions(db, person)
    })
  }

  openSession(session: LoginSession): Promise<void> {
    const { token, person } = session
    return this.#database.transactionOf(person, async (db) => {
      const { token: _, ...changed } = session
      await db
        .insertInto('sessions')
        .values({ ...session })
        .onConflict((conflict) => conflict.column('token').doUpdateSet(changed))
        .execute()
      const first = db
        .selectFrom('sessions')
        .select('token')
        .where('person', '=', person)
        .where('token', '<>', token)
        .orderBy('until', 'desc')
        .offset(SESSIONS - 1)
      await db.deleteFrom('sessions').where('token', 'in', first).execute()
    })
  }

  async session(token: string, now: number): Promise<LoginSession | undefined> {
    return this.#database.query(async (db) => {
      await db
        .deleteFrom('sessions')
        .where('until', '<=', now - REMEMBERED)
        .execute()
      return db.selectFrom('sessions').selectAll().where('token', '=', token).where('until', '>', now).executeTakeFirst()
    })
  }

  sessionsOf(person: PersonId, now: number): Promise<readonly LoginSession[]> {
    return this.#database.query((db) =>
      db.selectFrom('sessions').selectAll().where('person', '=', person).where('until', '>', now).execute(),
    )
  }

  async useSession(token: string, used: number): Promise<void> {
    await this.#database.query((db) => db.updateTable('sessions').set({ used }).where('token', '=', token).execute())
  }

  async closeSession(token: string): Promise<void> {
    await this.#database.query((db) => db.deleteFrom('sessions').where('token', '=', token).execute())
  }

  async closeOtherSessions(person: PersonId, kept: readonly string[], now: number): Promise<number> {
    const closed = await this.#database.query((db) => {
      const all = db.deleteFrom('sessions').where('person', '=', person)
      return (kept.length === 0 ? all : all.where('token', 'not in', [...kept])).returning('until').execute()
    })
    return closed.filter(({ until }) => until > now).length
  }

  addPlace(person: PersonId, place: string): Promise<void> {
    return this.#database.transactionOf(person, async (db) => {
      await db.deleteFrom('places').where('place', '=', place).execute()
      await db
        .insertInto('places')
        .values({ place, person })
        .onConflict((conflict) => conflict.column('place').doNothing())
        .execute()
      const all = db.selectFrom('places').select('number').orderBy('number', 'desc')
      const own = all.where('person', '=', person).offset(LOGIN_PLACE_LIMITS.each)
      await db.deleteFrom('places').where('number', 'in', own).execute()
      await db.deleteFrom('places').where('number', 'in', all.offset(LOGIN_PLACE_LIMITS.all)).execute()
    })
  }

  async places(): Promise<readonly string[]> {
    const rows = await this.#database.query((db) => db.selectFrom('places').select('place').orderBy('number').execute())
    return rows.map(({ place }) => place)
  }
}

async function closeSessions(database: Kysely<Schema>, person: PersonId): Promise<number> {
  const { numDeletedRows } = await database.deleteFrom('sessions').where('person', '=', person).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/**
 * Returns the persons whose accounts the store has not removed. The sequence of account numbers never decreases, so the store has removed
 * each account with an earlier number that is missing.
 */
export async function withoutRemoved(database: Kysely<Schema>, persons: readonly PersonId[]): Promise<ReadonlySet<PersonId>> {
  const numbers = persons.flatMap((person) => parseAccountNumber(person) ?? [])
  if (numbers.length === 0) return new Set(persons)
  // the lock of the rows delays the removal of an account until the end of this transaction
  const present = await database.selectFrom('accounts').select('number').where('number', 'in', numbers).forShare().execute()
  const { rows } = await sql<{ last: number }>`select last_value as last from accounts_number_seq where is_called`.execute(database)
  const last = rows[0]?.last ?? 0
  const isThere = (number: number | undefined) => number === undefined || number > last || present.some((row) => row.number === number)
  return new Set(persons.filter((person) => isThere(parseAccountNumber(person))))
}

function toAccount({ number, key, name, password, since }: Selectable<AccountRow>): Account {
  return { person: toPersonId(number), key, name, password, since }
}
