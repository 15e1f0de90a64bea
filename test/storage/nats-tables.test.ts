import { describe, expect, test } from 'vitest'
import { VersionConflict } from '../../src/hall/ports.ts'
import { appendEvents } from '../support/append-events.ts'
import { Changes } from '../support/changes.ts'
import { folder } from '../support/folders.ts'
import { hasNats, startNats } from '../support/nats-server.ts'
import { openNatsStore } from '../support/nats-store.ts'
import { followContract } from './contract-follow.ts'
import { propertiesContract } from './contract-properties.ts'
import { tablesContract } from './contract-tables.ts'
import { move } from './samples.ts'

describe.runIf(hasNats)('tables in JetStream', () => {
  const open = async (onError?: (error: unknown) => void) => openNatsStore(await startNats(), 'one', onError)
  tablesContract(open)
  followContract(open)
  propertiesContract(open)

  test('of two servers that append at the same version, exactly one succeeds, and both servers receive the same events', async () => {
    const nats = await startNats()
    const stores = [await openNatsStore(nats, 'one'), await openNatsStore(nats, 'other')]
    const table = (await stores[0]?.tables.newTable()) ?? 0
    const changes = new Changes()
    const received = stores.map(({ tables }) => {
      const numbers: number[] = []
      tables.follow(table, (events) => {
        numbers.push(...events.map(({ n }) => n))
        changes.note()
      })
      return numbers
    })
    for (let version = 0; version < 50; version++) {
      const appended = stores.map(({ tables }) => appendEvents(tables, table, version, [move(table, version + 1)]))
      const failures = (await Promise.allSettled(appended)).filter(({ status }) => status === 'rejected')
      expect(failures).toMatchObject([{ reason: expect.any(VersionConflict) }])
      await changes.until(() => received.every((numbers) => numbers.length === version + 1))
    }
    for (const numbers of received) expect(numbers).toEqual(Array.from({ length: 50 }, (_, at) => at + 1))
  })

  test('wait for an engine that was killed, and are there when it is back', async () => {
    const data = folder()
    const nats = await startNats(data)
    const { tables } = await openNatsStore(nats, 'one')
    const received: number[] = []
    tables.follow(1, (events) => received.push(...events.map(({ n }) => n)))
    await appendEvents(tables, 1, 0, [move(1, 1)])
    await nats.kill()
    const appended = [appendEvents(tables, 1, 1, [move(1, 2)]), appendEvents(tables, 1, 2, [move(1, 3)])]
    await startNats(data, nats.port)
    await Promise.all(appended)
    expect(received).toEqual([1, 2, 3])
    expect(await tables.read(1, 0)).toEqual([move(1, 1), move(1, 2), move(1, 3)])
  })
})
