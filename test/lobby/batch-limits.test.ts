import { expect, onTestFinished, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { LobbyService } from '../../src/lobby/service.ts'
import type { Durability } from '../../src/storage/sqlite/database.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { batchInput } from '../../src/wire/transports/batching.ts'
import { folder } from '../support/folders.ts'
import { settledInTurn, TestClock } from '../support/test-clock.ts'

test.each([
  ['process', 96],
  ['power', 256],
] as const)(
  'with a store that survives a loss of %s, %i messages that arrive together are handled in one turn',
  async (durable: Durability, many) => {
    const store = await openStore({ folder: folder(), durable })
    const service = new LobbyService({ store, clock: new TestClock(), random: seededRandom(1), onError: () => {} })
    onTestFinished(() => service.close())
    await service.open()
    let heard = 0
    for (let n = 1; n < many; n++) batchInput(() => heard++)
    expect(heard).toBe(0)
    batchInput(() => heard++)
    await settledInTurn()
    expect(heard).toBe(many)
  },
)
