import { describe, expect, test } from 'vitest'
import type { SeekInfo } from '../../src/hall/api.ts'
import type { NoticeListener } from '../../src/lobby/user-notices.ts'
import { UserNotifier } from '../../src/lobby/user-notices.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { TestClock } from '../support/test-clock.ts'

const bob: SeekInfo = { name: 'bob', game: 'tictactoe', settings: {}, rated: false }
const address = '192.0.2.1'

/** Challenges, and their reported errors. */
function calling() {
  const clock = new TestClock()
  const troubles: string[] = []
  const calls = new UserNotifier({
    clock,
    notices: memoryStore().meeting.notices,
    onError: (sentence, reason) => troubles.push(`${sentence}: ${reason}`),
  })
  return { calls, clock, troubles }
}

/** A listener, with its notifications. */
function ear(fails = false): NoticeListener & { received: string[] } {
  const received: string[] = []
  const hear = (what: string) => (seeker: SeekInfo) => {
    if (fails) throw new Error('deaf')
    received.push(`${what} ${seeker.name}`)
  }
  return {
    received,
    seated() {},
    tableEvent() {},
    closed() {},
    recorded() {},
    challenged: hear('sought'),
    challengeWithdrawn: hear('withdrawn'),
    challengeRefused() {},
    messageReceived() {},
    isUnmuted: () => true,
  }
}

describe('a challenge', () => {
  test('notifies all listeners of that person, and no others', () => {
    const { calls } = calling()
    const [one, other, stranger] = [ear(), ear(), ear()]
    calls.subscribe('guest:ada', one)
    calls.subscribe('guest:ada', other)
    calls.subscribe('guest:grace', stranger)
    const takeBack = calls.sendChallenge({ challenged: 'guest:ada', seeker: bob, address })
    takeBack()
    expect([one, other, stranger].map(({ received }) => received)).toEqual([
      ['sought bob', 'withdrawn bob'],
      ['sought bob', 'withdrawn bob'],
      [],
    ])
  })

  test('notifies as long as there is a listener', () => {
    const { calls } = calling()
    const [before, after] = [ear(), ear()]
    const stop = () => calls.unsubscribe('guest:ada', before)
    calls.subscribe('guest:ada', before)
    calls.sendChallenge({ challenged: 'guest:ada', seeker: bob, address })
    stop()
    calls.subscribe('guest:ada', after)
    stop()
    calls.sendChallenge({ challenged: 'guest:ada', seeker: bob, address })
    expect([before.received, after.received]).toEqual([['sought bob'], ['sought bob']])
  })

  test('notifies the other listeners if one throws', () => {
    const { calls, troubles } = calling()
    const other = ear()
    calls.subscribe('guest:ada', ear(true))
    calls.subscribe('guest:ada', other)
    calls.sendChallenge({ challenged: 'guest:ada', seeker: bob, address })
    expect(other.received).toEqual(['sought bob'])
    expect(troubles).toEqual(['the server could not notify guest:ada: Error: deaf'])
  })
})

describe('canceled challenges', () => {
  test('are limited to a burst of twenty, and then one in ten seconds, by one address to one person', async () => {
    const { calls, clock } = calling()
    const call = { challenged: 'guest:ada', seeker: bob, address }
    for (let times = 0; times < 20; times++) {
      expect(calls.wait(call)).toBe(0)
      calls.sendChallenge(call)()
    }
    expect(calls.wait(call)).toBe(10_000)
    expect(calls.wait({ ...call, challenged: 'guest:grace' })).toBe(0)
    expect(calls.wait({ ...call, address: '192.0.2.2' })).toBe(0)
    await clock.pass(10_000)
    expect(calls.wait(call)).toBe(0)
    calls.sendChallenge(call)()
    expect(calls.wait(call)).toBe(10_000)
  })

  test('count alone: a person that accepts can be challenged without limit', () => {
    const { calls } = calling()
    for (let times = 0; times < 100; times++) calls.sendChallenge({ challenged: 'guest:ada', seeker: bob, address })
    expect(calls.wait({ challenged: 'guest:ada', address })).toBe(0)
  })
})
