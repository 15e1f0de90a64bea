import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { PostgresAccounts } from '../../src/storage/postgres/accounts.ts'
import { PostgresDatabase } from '../../src/storage/postgres/database.ts'
import { PostgresHistory } from '../../src/storage/postgres/history.ts'
import { PostgresResults } from '../../src/storage/postgres/results.ts'
import { PostgresUsage } from '../../src/storage/postgres/usage.ts'
import { hasPostgres, type RunningPostgres, startPostgres } from '../support/postgres-server.ts'
import { accountsContract } from './contract-accounts.ts'
import { historyContract } from './contract-history.ts'
import { resultsContract } from './contract-results.ts'
import { usageContract } from './contract-usage.ts'

describe.runIf(hasPostgres)('people and results in PostgreSQL', () => {
  let server: RunningPostgres
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  /** A store whose people and results are in a new database; its tables are in memory. */
  async function open(onError: (error: unknown) => void = () => undefined): Promise<Store> {
    const database = await PostgresDatabase.open(await server.createDatabase(), onError)
    onTestFinished(() => database.close())
    return {
      ...memoryStore(),
      accounts: new PostgresAccounts(database),
      results: new PostgresResults(database),
      history: new PostgresHistory(database),
      usage: new PostgresUsage(database),
      close: async () => undefined,
    }
  }

  accountsContract(open)
  resultsContract(open)
  historyContract(open)
  usageContract(open)

  test('several servers that start at the same time migrate the schema once', async () => {
    const url = await server.createDatabase()
    const databases = await Promise.all([1, 2, 3].map(() => PostgresDatabase.open(url, () => undefined)))
    for (const database of databases) await database.close()
    expect(databases).toHaveLength(3)
  })
})
