import { type Generated, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The tables of people and results in PostgreSQL. */
export interface Schema {
  readonly accounts: AccountRow
  readonly sessions: SessionRow
  readonly places: { readonly number: Generated<number>; readonly place: string; readonly person: string }
  readonly standings: StandingRow
  readonly recorded: { readonly place: Generated<number>; readonly table_id: number }
  readonly history: HistoryRow
  readonly usage: { readonly network: string; readonly part: number; readonly bytes: number }
  readonly usage_time: { readonly salt: string; readonly at: number }
}

export interface AccountRow {
  readonly number: Generated<number>
  readonly key: string
  readonly name: string
  readonly password: string
  /** Milliseconds since the Unix epoch, as all times of the schema. */
  readonly since: number
}

export interface SessionRow {
  readonly token: string
  readonly person: string
  readonly until: number
  readonly since: number
  readonly used: number
}

export interface StandingRow {
  readonly person: string
  readonly game: string
  readonly name: string
  readonly score: number
  readonly games: number
  readonly rating: number | null
  readonly deviation: number | null
  readonly volatility: number | null
  /** The table whose result the standing shows. */
  readonly played: number
}

export interface HistoryRow {
  readonly person: string
  readonly table_id: number
  readonly hidden: boolean
  /** The finished table as JSON, without its number and `hidden`. The type is text, because jsonb has no lone surrogates. */
  readonly entry: string
}

const text = 'text'
const time = 'double precision'

/** Texts are ordered by code points, as in the other engines. */
const ORDERED = sql`text collate "C"`

async function createFirstSchema(database: Kysely<unknown>): Promise<void> {
  const { schema } = database
  await schema
    .createTable('accounts')
    .addColumn('number', 'bigserial', (column) => column.primaryKey())
    .addColumn('key', text, (column) => column.notNull().unique())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('password', text, (column) => column.notNull())
    .addColumn('since', time, (column) => column.notNull())
    .execute()
  await schema
    .createTable('sessions')
    .addColumn('token', text, (column) => column.primaryKey())
    .addColumn('person', text, (column) => column.notNull())
    .addColumn('until', time, (column) => column.notNull())
    .addColumn('since', time, (column) => column.notNull())
    .addColumn('used', time, (column) => column.notNull())
    .execute()
  await schema.createIndex('sessions_of').on('sessions').columns(['person', 'until']).execute()
  await schema.createIndex('sessions_until').on('sessions').column('until').execute()
  await schema
    .createTable('places')
    .addColumn('number', 'bigserial', (column) => column.primaryKey())
    .addColumn('place', text, (column) => column.notNull().unique())
    .addColumn('person', text, (column) => column.notNull())
    .execute()
  await schema.createIndex('places_of').on('places').columns(['person', 'number']).execute()
  await schema
    .createTable('standings')
    .addColumn('person', ORDERED, (column) => column.notNull())
    .addColumn('game', text, (column) => column.notNull())
    .addColumn('name', ORDERED, (column) => column.notNull())
    .addColumn('score', 'double precision', (column) => column.notNull())
    .addColumn('games', 'bigint', (column) => column.notNull())
    .addColumn('rating', 'double precision')
    .addColumn('deviation', 'double precision')
    .addColumn('volatility', 'double precision')
    .addColumn('played', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('standings_key', ['person', 'game'])
    .execute()
  await schema.createIndex('ladder').on('standings').columns(['game', 'score desc', 'name', 'person']).execute()
  await schema
    .createIndex('standings_of_guests')
    .on('standings')
    .columns(['game', 'played'])
    .where(sql.ref('person'), 'like', sql.lit('guest:%'))
    .execute()
  await schema
    .createTable('recorded')
    .addColumn('place', 'bigserial', (column) => column.primaryKey())
    .addColumn('table_id', 'bigint', (column) => column.notNull().unique())
    .execute()
  await schema
    .createTable('history')
    .addColumn('person', text, (column) => column.notNull())
    .addColumn('table_id', 'bigint', (column) => column.notNull())
    .addColumn('hidden', 'boolean', (column) => column.notNull())
    .addColumn('entry', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('history_key', ['person', 'table_id'])
    .execute()
  await schema.createIndex('history_of').on('history').column('table_id').execute()
  await schema
    .createTable('usage')
    .addColumn('network', ORDERED, (column) => column.notNull())
    .addColumn('part', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_key', ['network', 'part'])
    .execute()
  await schema
    .createTable('usage_time')
    .addColumn('salt', text, (column) => column.notNull())
    .addColumn('at', time, (column) => column.notNull())
    .execute()
  await sql`insert into usage_time (salt, at) values (encode(uuid_send(gen_random_uuid()), 'hex'), 0)`.execute(database)
}

/**
 * The migrations of the schema, by name, in the order of their names. A published migration never changes. Migrations go forward only, and
 * servers of the version before run while a migration runs, so a migration may not remove or rename a table or a column that the
 * version before uses.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = { '001': { up: createFirstSchema } }
