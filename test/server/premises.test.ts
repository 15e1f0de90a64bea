import { expect, test } from 'vitest'
import { heardTogether } from '../../src/wire/transports/together.ts'
import { Room } from '../support/room.ts'

/** How many are heard at once now, of a hundred that come in one turn. */
async function atOnce(): Promise<number> {
  let heard = 0
  const counts = Array.from({ length: 100 }, () => {
    heardTogether(() => heard++)
    return heard
  })
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  return counts.find((count) => count > 0) ?? 0
}

test('while premises are open, as much is heard together as pays where it is written', async () => {
  const { premises } = new Room()
  expect(await atOnce()).toBe(48)
  await premises.open()
  expect(await atOnce()).toBe(96)
  await premises.close()
  expect(await atOnce()).toBe(48)
})
