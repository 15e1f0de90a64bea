import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderedList } from '../../src/base/ordered-list.ts'

test('an ordered list has the items of a sorted array after any changes, and returns any page of it', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 300 }), fc.string({ maxLength: 2 })), { maxLength: 400 })
  fc.assert(
    fc.property(steps, fc.nat(300), fc.nat(100), (all, from, count) => {
      const list = new OrderedList<string>()
      const model = new Map<number, string>()
      for (const [sets, number, item] of all) {
        if (sets) list.set(number, item)
        else list.delete(number)
        if (sets) model.set(number, item)
        else model.delete(number)
      }
      const sorted = [...model].sort(([one], [other]) => one - other).map(([, item]) => item)
      expect([...list]).toEqual(sorted)
      expect(list.size).toBe(sorted.length)
      expect(list.slice(from, count)).toEqual(sorted.slice(from, from + count))
      expect(list.sliceBack(from, count)).toEqual(sorted.toReversed().slice(from, from + count))
    }),
  )
})
