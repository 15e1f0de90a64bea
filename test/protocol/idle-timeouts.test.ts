import { expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { Conversation } from '../../src/protocol/conversation.ts'
import { IdleTimeouts } from '../../src/protocol/idle-timeouts.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { startWatchedConversation } from '../support/conversation.ts'
import { program } from '../support/play.ts'
import { settled, TestClock } from '../support/test-clock.ts'

const LIMITS = { first: 1000, idle: 5000 }

/** A client of a served program whose timeouts use a clock of the test. */
const guest = () => startWatchedConversation('guess', { options: { secret: '42' }, limits: LIMITS })

test('a part of a message does not end the timeout for the first message', async () => {
  const { clock, theirs, talking } = await guest()
  theirs.write('5')
  await clock.pass(LIMITS.first + 200)
  await expect(talking.ended).resolves.toMatchObject({ reason: 'late', message: expect.stringMatching(/for 1 s; expected a number/) })
})

test('of many silent connections, each turn of the event loop ends some', async () => {
  const clock = new TestClock()
  const patience = new IdleTimeouts(LIMITS, clock)
  const COUNT = 500
  let over = 0
  for (let at = 0; at < COUNT; at++) {
    const [ours] = memoryPair()
    const terms = { side: 'server', transport: ours, options: { secret: '42' }, random: seededRandom(1), clock } as const
    const stopped = { onEnd: () => void over++ }
    patience.add(new Conversation({ program: await program('guess'), ...terms, observer: stopped }))
  }
  await settled()
  const turns: number[] = []
  let before = 0
  clock.onFired = () => {
    const stopped = [...patience.conversations].filter(({ connection }) => connection.end).length
    if (stopped > before) turns.push(stopped - before)
    before = stopped
  }
  await clock.pass(LIMITS.first + 1000)
  expect([before, over]).toEqual([COUNT, COUNT])
  expect(turns.length).toBeGreaterThan(3)
})

test('after the first message each answer has the idle timeout, from the question on', async () => {
  const { clock, theirs, received, talking } = await guest()
  theirs.write('50\n')
  await clock.pass(LIMITS.idle - 500)
  expect(received.text).toBe('GUESS\nHIGH\nGUESS\n')
  theirs.write('4')
  await clock.pass(1000)
  await expect(talking.ended).resolves.toMatchObject({ reason: 'late', message: expect.stringMatching(/for 5 s/) })
})
