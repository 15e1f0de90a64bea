import { onTestFinished } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { warn } from '../../src/storage/error.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { JetStreamLog } from '../../src/storage/nats/jetstream-log.ts'
import { ReplicatedMeeting } from '../../src/storage/nats/replicated-meeting.ts'
import { JetStreamTables } from '../../src/storage/nats/table-log.ts'
import { TableStreams } from '../../src/storage/nats/table-streams.ts'
import { systemTimers } from '../../src/storage/outage.ts'
import { connectNats, type RunningNats } from './nats-server.ts'

/** Connects a process to an engine: tables and meeting are in the engine, and everything else is in memory. The test closes the store. */
export async function openNatsStore(nats: RunningNats, process: string, onError: (error: unknown) => void = warn): Promise<Store> {
  const connection = await connectNats(nats)
  const log = await JetStreamLog.open({ connection, stream: 'MEETING', replicas: 1, timers: systemTimers })
  const meeting = await ReplicatedMeeting.open({ log, process, timers: systemTimers, onError })
  const streams = await TableStreams.open({ connection, partitions: 2, replicas: 1 })
  const tables = await JetStreamTables.open({ streams, meeting, process, timers: systemTimers, onError })
  const close = async () => {
    await tables.close()
    await meeting.close()
  }
  onTestFinished(close)
  return { ...memoryStore(), tables, meeting, close }
}
