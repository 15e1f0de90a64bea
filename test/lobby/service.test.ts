import { expect, test } from 'vitest'
import { batchInput } from '../../src/wire/transports/batching.ts'
import { settled, settledInTurn } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** Returns how many inputs are handled in one turn, of a hundred that arrive in it. */
async function inOneTurn(): Promise<number> {
  let heard = 0
  for (let n = 0; n < 100 && heard === 0; n++) {
    batchInput(() => heard++)
    await settledInTurn()
  }
  const first = heard
  await settled()
  return first
}

test('an open lobby raises the batch limits for a store', async () => {
  const { service } = new TestLobby()
  expect(await inOneTurn()).toBe(48)
  await service.open()
  expect(await inOneTurn()).toBe(96)
  await service.close()
  expect(await inOneTurn()).toBe(48)
})
