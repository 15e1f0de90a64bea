import { expect, test } from 'vitest'
import { wallClock } from '../../src/wire/clock.ts'

test('about: what is due comes, up to 100 ms late; what was taken back does not', async () => {
  const from = performance.now()
  const order: string[] = []
  const taken = wallClock.about?.(10, () => order.push('taken back'))
  const at = await new Promise<number>((resolve) => {
    wallClock.about?.(150, () => resolve(performance.now() - from))
    wallClock.about?.(10, () => order.push('soon'))
    taken?.()
  })
  expect(order).toEqual(['soon'])
  expect(at).toBeGreaterThanOrEqual(150)
})
