import { expect, onTestFinished, test } from 'vitest'
import { seeded } from '../../src/games/random.ts'
import { Premises } from '../../src/server/premises.ts'
import type { Durable } from '../../src/storage/sqlite/database.ts'
import { openStore } from '../../src/storage/sqlite.ts'
import { heardTogether } from '../../src/wire/transports/together.ts'
import { folder } from '../storage/folders.ts'
import { settledInTurn, TestClock } from '../support/clock.ts'

test.each([
  ['process', 96],
  ['power', 256],
] as const)(
  'with a store that survives a loss of %s, %i messages that arrive together are handled in one turn',
  async (durable: Durable, many) => {
    const store = await openStore({ folder: folder(), durable })
    const premises = new Premises({ store, clock: new TestClock(), random: seeded(1), onTrouble: () => {} })
    onTestFinished(() => premises.close())
    await premises.open()
    let heard = 0
    for (let n = 1; n < many; n++) heardTogether(() => heard++)
    expect(heard).toBe(0)
    heardTogether(() => heard++)
    await settledInTurn()
    expect(heard).toBe(many)
  },
)
