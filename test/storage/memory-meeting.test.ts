import { describe } from 'vitest'
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
