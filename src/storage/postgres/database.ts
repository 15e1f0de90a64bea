import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import { DatabaseError, Pool, types } from 'pg'
import { errorMessage } from '../../base/errors.ts'
import type { PersonId } from '../../hall/ports.ts'
import { type OnStoreError, StoreError } from '../error.ts'
import { MIGRATIONS, type Schema } from './schema.ts'

/** Maximum number of connections of one server. */
const CONNECTIONS = 8
/** Milliseconds that a query waits for a connection. */
const CONNECTING = 5000
/** Type number of `bigint`: the driver returns texts for it by default, because numbers of JavaScript are smaller. */
const BIGINT = 20
/** Classes of the codes of errors that may end by themselves: connections, lack of resources, operators, and errors of the system. */
const TEMPORARY = /^(?:08|53|57P|58)/
/** Codes of conflicts with another transaction, after which the transaction can run again. */
const CONFLICTS: ReadonlySet<string | undefined> = new Set(['40001', '40P01'])
/** Number of times that a transaction runs at most. */
const RUNS = 5

/** PostgresDatabase runs queries and transactions in PostgreSQL. All its calls reject with a StoreError, temporary if PostgreSQL is away. */
export class PostgresDatabase {
  readonly #kysely: Kysely<Schema>
  readonly #pending = new Set<Promise<unknown>>()

  private constructor(kysely: Kysely<Schema>) {
    this.#kysely = kysely
  }

  /** Connects to a database by its URL, and migrates its schema. `onError` is called with errors of idle connections. */
  static async open(url: string, onError: OnStoreError): Promise<PostgresDatabase> {
    const pool = new Pool({
      ...{ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECTING },
      types: { getTypeParser: (id, format) => (id === BIGINT && format !== 'binary' ? Number : types.getTypeParser(id, format)) },
    })
    pool.on('error', (error) => onError(toStoreError(error)))
    const database = new PostgresDatabase(new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }))
    try {
      await database.#migrate()
    } catch (reason) {
      await database.close()
      throw toStoreError(reason)
    }
    return database
  }

  /** Runs queries that need no transaction. */
  async query<T>(act: (database: Kysely<Schema>) => Promise<T>): Promise<T> {
    try {
      return await this.work(() => act(this.#kysely))
    } catch (reason) {
      throw toStoreError(reason)
    }
  }

  /** Runs a transaction; if it conflicts with another transaction, runs it again. */
  async transaction<T>(act: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    for (let run = 1; ; run++) {
      try {
        return await this.work(() => this.#kysely.transaction().execute(act))
      } catch (reason) {
        if (run === RUNS || !(reason instanceof DatabaseError) || !CONFLICTS.has(reason.code)) throw toStoreError(reason)
      }
    }
  }

  /** Runs a transaction that excludes all other transactions of the same person, so that each transaction sees the rows of the earlier transactions. */
  transactionOf<T>(person: PersonId, act: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.transaction(async (transaction) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${person}, 0))`.execute(transaction)
      return act(transaction)
    })
  }

  /** Runs work of several transactions; `close` waits until the work is done. */
  async work<T>(act: () => Promise<T>): Promise<T> {
    const work = act()
    this.#pending.add(work)
    try {
      return await work
    } finally {
      this.#pending.delete(work)
    }
  }

  /** Finishes pending work, and closes all connections. */
  async close(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending)
    await this.#kysely.destroy()
  }

  /** Several servers may start at the same time: the migrator takes a lock of the database. */
  async #migrate(): Promise<void> {
    const migrator = new Migrator({ db: this.#kysely, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } })
    const { error } = await migrator.migrateToLatest()
    if (error) throw error
  }
}

function toStoreError(reason: unknown): StoreError {
  if (reason instanceof StoreError) return reason
  // errors without a code of PostgreSQL are errors of the connection
  const isTemporary = !(reason instanceof DatabaseError) || TEMPORARY.test(reason.code ?? '')
  const sentence = isTemporary ? `PostgreSQL cannot be reached: ${errorMessage(reason)}` : `PostgreSQL has refused: ${errorMessage(reason)}`
  return new StoreError(isTemporary ? 'io' : 'failed', sentence, reason)
}
