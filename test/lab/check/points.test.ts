import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatScore, toPoints, toScore, UNIT } from '../../../src/lab/check/points.ts'

/** A number from 0 with at most two digits after the point, as the settings allow it. */
const hundredths = fc.integer({ min: 0, max: 1_000_000 }).map((number) => number / UNIT)

/** Returns the weights of checks that are named by their places. */
const weigh = (weights: readonly number[]) => ({
  names: weights.map((_, at) => String(at)),
  weightOf: (name: string) => weights[Number(name)] ?? 0,
})

describe('the points of checks', () => {
  test('are their weights, and one each by default', () => {
    expect(toPoints(['a', 'b'], { weightOf: (name) => (name === 'a' ? 0.1 : 0.2) })).toEqual([10, 20])
    const score = toScore([{ name: 'a', passed: true }], { weightOf: () => 0.1 })
    expect(formatScore(score)).toBe('0.1 of 0.1 points')
  })

  test('of three equal checks that have 100 points together are 33.34, 33.33 and 33.33', () => {
    expect(toPoints(['a', 'b', 'c'], { weightOf: () => 1, points: 100 })).toEqual([3334, 3333, 3333])
  })

  test('that are given together add up exactly, and differ from the exact part by less than a hundredth', () => {
    fc.assert(
      fc.property(fc.array(hundredths, { minLength: 1, maxLength: 20 }), hundredths, (weights, points) => {
        const { names, weightOf } = weigh(weights)
        const sum = weights.reduce((all, weight) => all + Math.round(weight * UNIT), 0)
        fc.pre(sum > 0)
        const each = toPoints(names, { weightOf, points })
        expect(each.reduce((all, one) => all + one, 0)).toBe(Math.round(points * UNIT))
        for (const [at, one] of each.entries())
          expect(Math.abs(one - (Math.round(points * UNIT) * Math.round((weights[at] ?? 0) * UNIT)) / sum)).toBeLessThan(1)
      }),
    )
  })

  test('are never lost or won by what passes: the points of passed and of failed checks are all points', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(hundredths, fc.boolean()), { maxLength: 20 }),
        fc.option(hundredths, { nil: undefined }),
        (all, points) => {
          const { weightOf } = weigh(all.map(([weight]) => weight))
          const score = (isInverse: boolean) =>
            toScore(
              all.map(([, passed], at) => ({ name: String(at), passed: passed !== isInverse })),
              { weightOf, points },
            )
          expect(score(false).earned + score(true).earned).toBe(score(false).possible)
        },
      ),
    )
  })
})
