import { expect, test } from 'vitest'
import { findDifference } from '../../bench/parity.ts'

const TRAFFIC = { games: 1000, sent: 4700, received: 10_000, sentBytes: 14_000, receivedBytes: 55_000 }

test('two loads with the same games have no difference', () => {
  expect(findDifference(TRAFFIC, { ...TRAFFIC })).toBeUndefined()
  expect(findDifference(TRAFFIC, { ...TRAFFIC, receivedBytes: 55_500 })).toBeUndefined()
})

test.for([
  ['games', { games: 1011 }],
  ['messages of clients', { sent: 4600 }],
  ['lines of the server', { received: 10_101 }],
  ['bytes of clients', { sentBytes: 13_000 }],
  ['bytes of the server', { receivedBytes: 60_000 }],
] as const)('more than 1 %% fewer or more %s are a difference', ([name, changed]) => {
  expect(findDifference(TRAFFIC, { ...TRAFFIC, ...changed })).toContain(` ${name}`)
})

test('loads that played nothing are a difference', () => {
  const nothing = { games: 0, sent: 0, received: 0, sentBytes: 0, receivedBytes: 0 }
  expect(findDifference(nothing, nothing)).toBe('both sides must play the same games, but they had 0 and 0 games')
})
