import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Register } from '../../src/hall/register.ts'

const step = fc.record({ key: fc.nat({ max: 9 }), value: fc.option(fc.record({ n: fc.nat() }), { nil: undefined }) })

test('a register holds what a Map holds, in its order', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const register = new Register<number, { n: number }>()
      const model = new Map<number, { n: number }>()
      for (const { key, value } of steps) {
        if (value) register.set(key, value)
        else register.delete(key)
        if (value) model.set(key, value)
        else model.delete(key)
        expect(register.get(key)).toBe(model.get(key))
        expect(register.size).toBe(model.size)
        expect([...register.values()]).toEqual([...model.values()])
      }
    }),
  )
})

test('what was taken out is kept alive by nothing, also while somebody looks at all', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const register = new Register<number, { n: number }>()
  register.set(0, { n: 0 })
  const gone = (() => {
    const value = { n: 1 }
    register.set(1, value)
    return new WeakRef(value)
  })()
  const looking = register.values()[Symbol.iterator]()
  expect(looking.next().value).toEqual({ n: 0 })
  // the table grows, and the one before, which still has all, stays for who looks at it
  for (let n = 2; n < 1000; n++) register.set(n, { n })
  register.delete(1)
  // what a WeakRef was made of lives until the end of the turn
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  expect(gone.deref()).toBeUndefined()
  expect(looking.next().value).toEqual({ n: 2 })
})

test('what is taken out while all are looked at is not looked at any more', () => {
  const register = new Register<string, { name: string }>()
  for (const name of ['one', 'two', 'three']) register.set(name, { name })
  const seen: string[] = []
  for (const { name } of register.values()) {
    register.delete('two')
    seen.push(name)
  }
  expect(seen).toEqual(['one', 'three'])
})
