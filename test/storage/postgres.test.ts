import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { openPeople } from '../../src/storage/postgres/index.ts'
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
    const people = await openPeople(await server.createDatabase(), onError)
    onTestFinished(() => people.close())
    return { ...memoryStore(), ...people, close: async () => undefined }
  }

  accountsContract(open)
  resultsContract(open)
  historyContract(open)
  usageContract(open)

  test('several servers that start at the same time migrate the schema once', async () => {
    const url = await server.createDatabase()
    const stores = await Promise.all([1, 2, 3].map(() => openPeople(url, () => undefined)))
    const [first, second] = stores
    const ada = { key: 'ada', name: 'Ada', password: '$argon2id$ada', since: 1 }
    expect(await first?.accounts.add(ada)).toEqual(await second?.accounts.named('ada'))
    for (const store of stores) await store.close()
  })
})
