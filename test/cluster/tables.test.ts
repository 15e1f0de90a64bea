import { describe, onTestFinished } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { warn } from '../../src/storage/error.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { JetStreamLog } from '../../src/storage/nats/jetstream-log.ts'
import { ReplicatedMeeting } from '../../src/storage/nats/replicated-meeting.ts'
import { JetStreamTables } from '../../src/storage/nats/table-log.ts'
import { TableStreams } from '../../src/storage/nats/table-streams.ts'
import { systemTimers } from '../../src/storage/outage.ts'
import { followContract } from '../storage/contract-follow.ts'
import { propertiesContract } from '../storage/contract-properties.ts'
import { tablesContract } from '../storage/contract-tables.ts'
import { connectNats, hasNats, type RunningNats, startNats } from '../support/nats-server.ts'

/** Connects a process to an engine. */
async function connect(nats: RunningNats, process: string, onError: (error: unknown) => void = warn): Promise<Store> {
  const connection = await connectNats(nats)
  const log = await JetStreamLog.open({ connection, stream: 'MEETING', replicas: 1, timers: systemTimers })
  const meeting = await ReplicatedMeeting.open({ log, process, timers: systemTimers, onError })
  const streams = await TableStreams.open({ connection, partitions: 1, replicas: 1 })
  const tables = await JetStreamTables.open({ streams, meeting, process, timers: systemTimers, onError })
  const close = async () => {
    await tables.close()
    await meeting.close()
  }
  onTestFinished(close)
  return { ...memoryStore(), tables, meeting, close }
}

describe.runIf(hasNats)('tables in JetStream', () => {
  const open = async (onError?: (error: unknown) => void) => connect(await startNats(), 'one', onError)
  tablesContract(open)
  followContract(open)
  propertiesContract(open)
})
