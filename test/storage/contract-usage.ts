import { describe, expect, test } from 'vitest'
import { USAGES } from '../../src/hall/ports.ts'
import type { Open } from './samples.ts'

/** Tests the disk usage of networks in any store. */
export function usageContract(open: Open): void {
  describe('disk usage', () => {
    test('begins empty, with a salt of 16 bytes that differs in each store', async () => {
      const [one, other] = await Promise.all([(await open()).usage.load(), (await open()).usage.load()])
      expect(one).toEqual({ salt: expect.stringMatching(/^[0-9a-f]{32}$/), at: 0, usages: [] })
      expect(other.salt).not.toBe(one.salt)
    })

    test('adds up the bytes of the same network and period, and drops periods before the first that counts', async () => {
      const { usage } = await open()
      await usage.add([{ network: 'b', part: 7, bytes: 5 }], { from: 0, at: 1000 })
      await usage.add(
        [
          { network: 'b', part: 7, bytes: 6 },
          { network: 'a', part: 9, bytes: 1 },
          { network: 'a', part: 8, bytes: 2 },
        ],
        { from: 0, at: 2000 },
      )
      const { salt } = await usage.load()
      const later = [
        { network: 'a', part: 8, bytes: 2 },
        { network: 'a', part: 9, bytes: 1 },
      ]
      expect(await usage.load()).toEqual({ salt, at: 2000, usages: [...later, { network: 'b', part: 7, bytes: 11 }] })
      await usage.add([], { from: 8, at: 3000 })
      expect(await usage.load()).toEqual({ salt, at: 3000, usages: later })
    })

    test(`stores at most ${USAGES} rows: those with the most bytes`, async () => {
      const { usage } = await open()
      const rows = Array.from({ length: USAGES + 2 }, (_, n) => ({ network: `n${n}`, part: 1, bytes: n + 1 }))
      await usage.add(rows, { from: 0, at: 1 })
      const { usages } = await usage.load()
      expect([usages.length, usages.some(({ bytes }) => bytes < 3)]).toEqual([USAGES, false])
    })
  })
}
