import { expect, test } from 'vitest'
import { Batcher } from '../../src/wire/transports/batching.ts'
import { settled, settledInTurn } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** Returns how many inputs are handled in one turn, of a hundred that arrive in it. */
async function inOneTurn(batcher: Batcher): Promise<number> {
  let received = 0
  for (let n = 0; n < 100 && received === 0; n++) {
    batcher.queue(() => received++)
    await settledInTurn()
  }
  const first = received
  await settled()
  return first
}

test('a lobby has batch limits for its store, which let twice as many inputs arrive together', async () => {
  const { service } = new TestLobby()
  const batcher = new Batcher()
  expect(await inOneTurn(batcher)).toBe(48)
  batcher.raiseLimits(service.batchLimits)
  expect(await inOneTurn(batcher)).toBe(96)
})
