import { expect, test } from 'vitest'
import { follow } from './judge.ts'
import { crash } from './run.ts'

test('bots play while the server is killed: what anybody was told is kept, once, and every game ends', async () => {
  const told: string[] = []
  const { tables, unfinished, kept, resumed, standings } = await crash({
    games: 80,
    kills: 4,
    seed: 7,
    limit: 20_000,
    tell: (sentence) => told.push(sentence),
  })
  expect(unfinished).toEqual([])
  expect(tables).toBeGreaterThanOrEqual(80)
  expect(kept).toBeGreaterThan(300)
  expect(resumed).toBeGreaterThan(4)
  expect(standings).toBeGreaterThan(4)
  expect(told).toHaveLength(5)
})

test.each([
  ['everything', ['1', '2', '3'], []],
  ['without what nobody has acknowledged', ['1', '3'], []],
  ['without what was acknowledged', ['1', '2'], ['3 was acknowledged, and is not kept']],
  ['something twice', ['1', '2', '2', '3'], [expect.stringContaining('2 is kept as number 3')]],
  ['what was refused', ['1', '2', 'x', '3'], [expect.stringContaining('x is kept as number 3')]],
  ['in another order', ['2', '1', '3'], [expect.stringContaining('2 is kept as number 1')]],
])('the judge finds in a journal: %s', (_, kept, wrong) => {
  const wishes = [
    { what: '1', outcome: 'kept' },
    { what: '2', outcome: 'unknown' },
    { what: 'x', outcome: 'refused' },
    { what: '3', outcome: 'kept' },
  ] as const
  expect(follow(wishes, kept)).toEqual(wrong)
})
