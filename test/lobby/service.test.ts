import { expect, test } from 'vitest'
import { batchInput } from '../../src/wire/transports/batching.ts'
import { settled, settledInTurn } from '../support/clock.ts'
import { Room } from '../support/room.ts'

/** How many are heard in one turn now, of a hundred that come in it. */
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

test('while premises are open, as much is heard together as pays where it is written', async () => {
  const { premises } = new Room()
  expect(await inOneTurn()).toBe(48)
  await premises.open()
  expect(await inOneTurn()).toBe(96)
  await premises.close()
  expect(await inOneTurn()).toBe(48)
})
