import { describe, expect, test } from 'vitest'
import { games } from '../../src/games/index.ts'
import { seededRandom } from '../../src/games/random.ts'
import { Hall } from '../../src/hall/hall.ts'
import type { SeekRequest } from '../../src/hall/local-seek.ts'
import { PEER } from '../../src/hall/ports.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { connectMeeting, createMeetingBacking } from '../../src/storage/memory-meeting.ts'
import { TestClock } from '../support/test-clock.ts'
import { meetingContract } from './contract-meeting.ts'

describe('meeting ports in memory, of two processes', () =>
  meetingContract(async () => {
    const clock = new TestClock()
    const backing = createMeetingBacking({ timers: clock })
    const other = connectMeeting(backing)
    return { one: connectMeeting(backing), other, crash: () => other.crash(), pass: (ms) => clock.pass(ms) }
  }))

test('in a store of one process, a seek opens, and is matched, within 30 microtasks and without a timer', async () => {
  const clock = new TestClock()
  const hall = new Hall({
    store: memoryStore(),
    games,
    clock,
    random: seededRandom(1),
    onError: (sentence) => expect.unreachable(sentence),
  })
  const seated: number[] = []
  const owner = { person: PEER, name: 'a client' }
  const terms = { owner, game: 'tictactoe', options: {}, seats: [0, 1], rated: false, wait: Number.POSITIVE_INFINITY }
  const request: SeekRequest = { ...terms, onSeated: (table) => seated.push(table.id) }
  const opened = hall.seek(request)
  await microtasks(30)
  expect([hall.seeks.size, opened.isOpen, seated]).toEqual([1, true, []])
  hall.seek(request)
  await microtasks(30)
  hall.seek({ ...request, wait: 0 })
  await microtasks(30)
  expect([seated, hall.seeks.size, clock.waiting]).toEqual([[1, 1, 2], 0, 0])
})

async function microtasks(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await undefined
}
