import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChurnMap } from '../../src/base/churn-map.ts'

const step = fc.record({ key: fc.nat({ max: 9 }), value: fc.option(fc.record({ n: fc.nat() }), { nil: undefined }) })

test('contains the same entries as a Map, in the same order', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const map = new ChurnMap<number, { n: number }>()
      const model = new Map<number, { n: number }>()
      for (const { key, value } of steps) {
        if (value) map.set(key, value)
        else map.delete(key)
        if (value) model.set(key, value)
        else model.delete(key)
        expect(map.get(key)).toBe(model.get(key))
        expect(map.size).toBe(model.size)
        expect([...map.values()]).toEqual([...model.values()])
      }
    }),
  )
})

test('does not retain deleted entries, also during an iteration', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const map = new ChurnMap<number, { n: number }>()
  map.set(0, { n: 0 })
  const gone = (() => {
    const value = { n: 1 }
    map.set(1, value)
    return new WeakRef(value)
  })()
  const looking = map.values()[Symbol.iterator]()
  expect(looking.next().value).toEqual({ n: 0 })
  // the table grows, and the iterator retains the previous table, which still has all entries
  for (let n = 2; n < 1000; n++) map.set(n, { n })
  map.delete(1)
  // the target of a new WeakRef lives until the end of the turn
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  expect(gone.deref()).toBeUndefined()
  expect(looking.next().value).toEqual({ n: 2 })
})

test('does not visit an entry that is deleted during the iteration', () => {
  const map = new ChurnMap<string, { name: string }>()
  for (const name of ['one', 'two', 'three']) map.set(name, { name })
  const visited: string[] = []
  for (const { name } of map.values()) {
    map.delete('two')
    visited.push(name)
  }
  expect(visited).toEqual(['one', 'three'])
})
