import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSystemClock } from '../../src/base/clock.ts'
import { turn } from '../support/test-clock.ts'

const clock = createSystemClock()

const DAY = 24 * 3_600_000

/** Works for a number of milliseconds. */
function work(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until) {}
}

describe('timers that are due at the same moment', () => {
  const COUNT = 100

  /** The number of timers that each turn of the event loop has run. */
  async function perTurn(begin: (ms: number, then: () => void) => unknown): Promise<readonly number[]> {
    const turns: number[] = []
    let run = 0
    let before = 0
    for (let at = 0; at < COUNT; at++) {
      begin(5, () => {
        work(1)
        run++
      })
    }
    // all of them are due when the loop reaches them
    work(10)
    while (run < COUNT) {
      await turn()
      turns.push(run - before)
      before = run
    }
    return turns
  }

  test.each([
    ['after', clock.after],
    ['about', clock.about],
  ] as const)('%s: run for a few milliseconds in each turn of the event loop, in any number', async (_, begin) => {
    const turns = await perTurn((ms, then) => begin?.(ms, then))
    expect(turns.reduce((sum, one) => sum + one)).toBe(COUNT)
    expect(Math.max(...turns)).toBeLessThanOrEqual(5)
  })

  test('run in order, except those that were canceled meanwhile', async () => {
    const order: number[] = []
    const cancels: (() => void)[] = []
    await new Promise<void>((resolve) => {
      for (let at = 0; at < 20; at++) {
        cancels.push(
          clock.after(5, () => {
            order.push(at)
            if (at === 0) for (const canceled of [1, 18]) cancels[canceled]?.()
            work(1)
            if (at === 19) resolve()
          }),
        )
      }
      work(10)
    })
    expect(order).toEqual(Array.from({ length: 20 }, (_, at) => at).filter((at) => at !== 1 && at !== 18))
  })
})

describe('the clocks of the system', () => {
  beforeEach(async () => {
    // in a turn of the event loop of its own
    await turn()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  })
  afterEach(() => void vi.useRealTimers())

  test('about() calls back up to 100 ms late, and does not call back after a cancellation', async () => {
    const order: string[] = []
    const cancel = clock.about?.(10, () => order.push('canceled'))
    clock.about?.(150, () => order.push('after 150 ms'))
    clock.about?.(10, () => order.push('after 10 ms'))
    cancel?.()
    vi.advanceTimersByTime(110)
    expect(order).toEqual(['after 10 ms'])
    // the share of this turn of the event loop is used up
    await turn()
    vi.advanceTimersByTime(39)
    expect(order).toEqual(['after 10 ms'])
    vi.advanceTimersByTime(101)
    expect(order).toEqual(['after 10 ms', 'after 150 ms'])
  })

  test('waits for a time that is longer than one timer can be, and can be canceled meanwhile', () => {
    const order: string[] = []
    clock.after(60 * DAY, () => order.push('sixty days'))
    const cancel = clock.after(59 * DAY, () => order.push('taken back'))
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
    let called = false
    clock.after(1000, () => (called = true))
    const from = clock.monotonic()
    vi.setSystemTime(Date.now() + jump)
    expect(clock.monotonic()).toBe(from)
    vi.advanceTimersByTime(999)
    expect(called).toBe(false)
    vi.advanceTimersByTime(1)
    expect(called).toBe(true)
  })
})
