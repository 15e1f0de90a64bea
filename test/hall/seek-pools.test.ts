import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OpenSeek } from '../../src/hall/open-seek.ts'
import { SeekPools } from '../../src/hall/seek-pools.ts'

const wishes: fc.Arbitrary<OpenSeek> = fc
  .record({
    person: fc.constantFrom('guest:ada', 'guest:grace', 'peer'),
    options: fc.constantFrom(undefined, {}, { size: 4 }),
    clock: fc.constantFrom(undefined, { total: 60_000 }, { turn: 1000 }),
    seats: fc.constantFrom([0], [1], [0, 1]),
    against: fc.constantFrom(undefined, 'guest:ada', 'guest:grace'),
    code: fc.constantFrom(undefined, 'amber-otter-seven'),
  })
  .map(({ against, code, clock, ...openSeek }) => ({
    ...openSeek,
    name: openSeek.person,
    game: 'tictactoe',
    rated: false,
    ...(clock ? { clock } : {}),
    ...(against === undefined ? {} : { against }),
    ...(code === undefined ? {} : { code }),
  }))

test('seeks are found by person, by wanted opponent and by code as in a plain list, after any changes', () => {
  fc.assert(
    fc.property(fc.array(wishes, { maxLength: 20 }), fc.array(fc.nat(19), { maxLength: 12 }), wishes, (all, gone, coming) => {
      const seeks = new SeekPools<OpenSeek>()
      for (const openSeek of all) seeks.add(openSeek)
      for (const at of gone) if (all[at]) seeks.delete(all[at])
      const left = all.filter((_, at) => !gone.includes(at))
      const shown = left.filter(({ code }) => code === undefined)
      expect([...seeks]).toEqual(left)
      expect(seeks.size).toBe(left.length)
      expect([...seeks.shown]).toEqual(shown)
      expect([...seeks.open]).toEqual(shown.filter(({ against }) => against === undefined))
      expect([...seeks.of('guest:ada')]).toEqual(left.filter(({ person }) => person === 'guest:ada'))
      expect([...seeks.against('guest:ada')]).toEqual(shown.filter(({ against }) => against === 'guest:ada'))
      expect(seeks.withCode('amber-otter-seven')).toBe(left.find(({ code }) => code !== undefined))
      const fresh = new SeekPools<OpenSeek>()
      for (const openSeek of left) fresh.add(openSeek)
      expect(seeks.match(coming)).toEqual(fresh.match(coming))
    }),
  )
})

test('a new seek is matched without a scan of all waiting seeks: 20,000 that do not match cost less than 1 ms each time', () => {
  const seeks = new SeekPools<OpenSeek>()
  const openSeek = (person: string, more: Partial<OpenSeek>): OpenSeek => ({
    person,
    name: person,
    game: 'tictactoe',
    options: { size: 3 },
    seats: [0],
    rated: false,
    ...more,
  })
  for (let n = 0; n < 5000; n++) {
    seeks.add(openSeek(`guest:seat${n}`, {}))
    seeks.add(openSeek(`guest:clock${n}`, { seats: [0, 1], clock: { total: n + 1 } }))
    seeks.add(openSeek(`guest:against${n}`, { seats: [0, 1], against: `guest:other${n}` }))
    seeks.add(openSeek(`guest:size${n}`, { seats: [0, 1], options: { size: 4 + n } }))
  }
  const began = performance.now()
  for (let n = 0; n < 200; n++) {
    expect(seeks.match(openSeek('guest:ada', { clock: { total: 99_999 } }))).toBeUndefined()
    expect(seeks.match(openSeek('guest:ada', { seats: [0, 1], against: 'guest:nobody' }))).toBeUndefined()
  }
  expect((performance.now() - began) / 400).toBeLessThan(1)
  expect(seeks.match(openSeek('guest:ada', { seats: [1], clock: { total: 4000 } }))?.waiting.person).toBe('guest:seat0')
})
