import type { Store } from '../../hall/ports.ts'
import type { OnStoreError } from '../error.ts'
import { PostgresAccounts } from './accounts.ts'
import { PostgresDatabase } from './database.ts'
import { PostgresHistory } from './history.ts'
import { PostgresResults } from './results.ts'
import { PostgresUsage } from './usage.ts'

/** PeopleStore is the part of a store that has people and results. */
export type PeopleStore = Pick<Store, 'accounts' | 'results' | 'history' | 'usage' | 'close'>

/**
 * Opens people and results in a database of PostgreSQL, and migrates its schema. Rejects with a StoreError if PostgreSQL cannot be reached or
 * refuses the migration.
 */
export async function openPeople(url: string, onError: OnStoreError): Promise<PeopleStore> {
  const database = await PostgresDatabase.open(url, onError)
  return {
    accounts: new PostgresAccounts(database),
    results: new PostgresResults(database),
    history: new PostgresHistory(database),
    usage: new PostgresUsage(database),
    close: () => database.close(),
  }
}
