import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { wallClock } from '../../src/wire/clock.ts'

const DAY = 24 * 3_600_000

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

describe('after', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
  afterEach(() => void vi.useRealTimers())

  test('a time that is longer than one timer can be is waited for all the same, and can be taken back on the way', () => {
    const order: string[] = []
    wallClock.after(60 * DAY, () => order.push('sixty days'))
    const cancel = wallClock.after(59 * DAY, () => order.push('taken back'))
    vi.advanceTimersByTime(58 * DAY)
    expect(order).toEqual([])
    cancel()
    vi.advanceTimersByTime(2 * DAY - 1)
    expect(order).toEqual([])
    vi.advanceTimersByTime(1)
    expect(order).toEqual(['sixty days'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([3_600_000, -3_600_000])('setting the wall clock by %i ms changes no wait', (jump) => {
    let come = false
    wallClock.after(1000, () => (come = true))
    const from = wallClock.monotonic()
    vi.setSystemTime(Date.now() + jump)
    expect(wallClock.monotonic()).toBe(from)
    vi.advanceTimersByTime(999)
    expect(come).toBe(false)
    vi.advanceTimersByTime(1)
    expect(come).toBe(true)
  })
})
