import { describe, expect, onTestFinished, test } from 'vitest'
import type { SeekEntry } from '../../src/hall/ports.ts'
import { JetStreamLog } from '../../src/storage/nats/jetstream-log.ts'
import { ReplicatedMeeting } from '../../src/storage/nats/replicated-meeting.ts'
import { systemTimers } from '../../src/storage/outage.ts'
import { folder } from '../support/folders.ts'
import { connectNats, hasNats, startNats } from '../support/nats-server.ts'
import { TestClock } from '../support/test-clock.ts'
import { meetingContract } from './contract-meeting.ts'

const SEEK: SeekEntry = {
  ...{ owner: { person: 'guest:ada', name: 'ada' }, since: 1_760_000_000_000, game: 'tictactoe', options: { size: 3 } },
  ...{ seats: [0, 1], rated: false },
}

describe.runIf(hasNats)('meeting ports over JetStream, of two processes', () =>
  meetingContract(async () => {
    const nats = await startNats()
    const clock = new TestClock()
    const connect = async (process: string) => {
      const log = await JetStreamLog.open({ connection: await connectNats(nats), stream: 'MEETING', replicas: 1, timers: systemTimers })
      const meeting = await ReplicatedMeeting.open({ log, process, timers: clock, onError: () => undefined })
      onTestFinished(() => meeting.close())
      return meeting
    }
    const [one, other] = [await connect('one'), await connect('other')]
    // a process has read every earlier command when it has read a command of its own
    const settle = async () => {
      for (const { seeks } of [one, other]) await seeks.remove('none')
    }
    await settle()
    return {
      one,
      other,
      settle,
      crash: () => void other.crash(),
      async pass(ms) {
        for (let passed = 0; passed < ms; passed += 1000) {
          await clock.pass(1000)
          await one.seeks.remove('none')
        }
      },
    }
  }),
)

test.runIf(hasNats)('waits for an engine that was killed, and continues when it is back', async () => {
  const data = folder()
  const nats = await startNats(data)
  const log = await JetStreamLog.open({ connection: await connectNats(nats), stream: 'MEETING', replicas: 1, timers: systemTimers })
  const meeting = await ReplicatedMeeting.open({ log, process: 'one', timers: systemTimers, onError: () => undefined })
  onTestFinished(() => meeting.close())
  const lease = await meeting.leases.grant()
  const changes: string[] = []
  meeting.seeks.follow(({ type, id }) => changes.push(`${type} ${id}`))
  await meeting.seeks.put('before', SEEK, lease.id)
  await nats.kill()
  const revision = meeting.seeks.put('during', SEEK, lease.id)
  await startNats(data, nats.port)
  expect(await meeting.seeks.claim('during', await revision, { type: 'withdrawn', by: lease.id })).toBe(true)
  await meeting.seeks.remove('before')
  expect(changes).toEqual(['put before', 'put during', 'claimed during', 'removed before'])
})
