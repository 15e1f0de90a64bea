import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChurnSet, type Membership } from '../../src/base/churn-set.ts'

test('a ChurnSet contains exactly the items that were added and not deleted, in any order of operations', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 })), (steps) => {
      const crowd = new ChurnSet<number>()
      const here = new Map<number, Membership>()
      for (const member of steps) {
        const membership = here.get(member)
        membership?.leave()
        if (membership) here.delete(member)
        else here.set(member, crowd.add(member))
        expect(crowd.size).toBe(here.size)
        expect(new Set(crowd)).toEqual(new Set(here.keys()))
      }
    }),
  )
})

test('an item that is deleted during an iteration is still visited', () => {
  const crowd = new ChurnSet<string>()
  const one = crowd.add('one')
  crowd.add('two')
  const visited: string[] = []
  for (const member of crowd) {
    if (member === 'one') one.leave()
    visited.push(member)
  }
  expect(visited).toEqual(['one', 'two'])
  expect([...crowd]).toEqual(['two'])
})
