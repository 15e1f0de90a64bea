import { describe, onTestFinished } from 'vitest'
import { ReplicatedMeeting } from '../../src/storage/nats/replicated-meeting.ts'
import { LogBacking } from '../support/memory-log.ts'
import { TestClock } from '../support/test-clock.ts'
import { meetingContract } from './contract-meeting.ts'

describe('meeting ports over an ordered log, of two processes', () =>
  meetingContract(async () => {
    const clock = new TestClock()
    const backing = new LogBacking()
    const connect = async (process: string) => {
      const meeting = await ReplicatedMeeting.open({ log: backing.connect(), process, timers: clock, onError: () => undefined })
      onTestFinished(() => meeting.close())
      return meeting
    }
    const [one, other] = [await connect('one'), await connect('other')]
    return { one, other, crash: () => void other.crash(), pass: (ms) => clock.pass(ms) }
  }))
