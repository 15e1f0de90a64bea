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
