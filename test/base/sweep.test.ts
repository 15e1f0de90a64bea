import { describe, expect, test } from 'vitest'
import { sweepSome } from '../../src/base/sweep.ts'

describe('a sweep', () => {
  test('visits some items in each turn, all of them once, in order', () => {
    let time = 0
    const visited: number[] = []
    const items = [1, 2, 3, 4, 5].values()
    const visit = (item: number) => {
      visited.push(item)
      time += 0.4
    }
    const turn = () => sweepSome(items, visit, { share: 1, now: () => time })
    expect([turn(), visited]).toEqual([true, [1, 2, 3]])
    expect([turn(), visited]).toEqual([false, [1, 2, 3, 4, 5]])
    expect([turn(), visited.length]).toEqual([false, 5])
  })

  test('visits a minimum number per turn if the caller gives a minimum', () => {
    let time = 0
    const items = [1, 2, 3, 4].values()
    const turn = () => sweepSome(items, () => time++, { least: 3, now: () => time })
    expect([turn(), time, turn(), time, turn()]).toEqual([true, 3, false, 4, false])
  })

  test('visits at least one item in each turn, for any duration of a visit', () => {
    let time = 0
    let visits = 0
    const items = [1, 2].values()
    const visit = () => {
      visits++
      time += 50
    }
    for (const expected of [1, 2]) expect([sweepSome(items, visit, { now: () => time }), visits]).toEqual([true, expected])
    expect(sweepSome(items, visit, { now: () => time })).toBe(false)
  })
})
