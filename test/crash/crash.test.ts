import { expect, test } from 'vitest'
import { follow } from './judge.ts'
import { crash } from './run.ts'

test('bots play while the server is killed: each published event is persisted once, and every game ends', async () => {
  const received: string[] = []
  const { tables, unfinished, persisted, resumed, standings } = await crash({
    games: 80,
    kills: 4,
    seed: 7,
    signal: AbortSignal.timeout(20_000),
    tell: (sentence) => received.push(sentence),
  })
  expect(unfinished).toEqual([])
  expect(tables).toBeGreaterThanOrEqual(80)
  expect(persisted).toBeGreaterThan(300)
  expect(resumed).toBeGreaterThan(4)
  expect(standings).toBeGreaterThan(4)
  expect(received).toHaveLength(5)
})

test.each([
  { finds: 'everything', persisted: ['1', '2', '2', '3'], right: true },
  { finds: 'all except for work that no server has acknowledged', persisted: ['1', '2', '3'], right: true },
  { finds: 'not all acknowledged work', persisted: ['1', '2', '2'], right: false },
  { finds: 'something twice', persisted: ['1', '2', '2', '2', '3'], right: false },
  { finds: 'what was refused', persisted: ['1', '2', 'x', '3'], right: false },
  { finds: 'another order', persisted: ['2', '1', '3'], right: false },
])('the judge finds in a journal: $finds', ({ persisted, right }) => {
  const wishes = [
    { what: '1', outcome: 'kept' },
    { what: '2', outcome: 'unknown' },
    { what: 'x', outcome: 'refused' },
    { what: '2', outcome: 'kept' },
    { what: '3', outcome: 'kept' },
  ] as const
  expect(follow(wishes, persisted)).toHaveLength(right ? 0 : 1)
})
