import { randomUUID } from 'node:crypto'
import { connect } from '@nats-io/transport-node'
import type { Store } from '../../hall/ports.ts'
import { type OnStoreError, StoreError, warn } from '../error.ts'
import { systemTimers, type Timers } from '../outage.ts'
import { openPeople } from '../postgres/index.ts'
import { JetStreamLog } from './jetstream-log.ts'
import { ReplicatedMeeting } from './replicated-meeting.ts'
import { JetStreamTables } from './table-log.ts'
import { TableStreams } from './table-streams.ts'

/** Milliseconds between two tries to connect to NATS. */
const RECONNECT = 500

export interface ClusterStoreOptions {
  /** Addresses of the nodes of NATS, such as `127.0.0.1:4222`. */
  readonly servers: readonly string[]
  /** URL of the database of people and results in PostgreSQL. */
  readonly people: string
  /** Number of streams for the logs of tables; it never changes for one engine. Default: 1. */
  readonly partitions?: number
  /** Number of nodes of NATS that store each message. Default: 1. */
  readonly replicas?: number
  /** Called with errors that the store cannot return to a caller. Default: the store emits the errors as warnings of the process. */
  readonly onError?: OnStoreError
  /** Source of time. Default: the system's timers. */
  readonly timers?: Timers
}

/**
 * Opens the store that several servers share: the logs of tables, open seeks and presence in NATS JetStream, people and results in
 * PostgreSQL. Rejects with a StoreError if an engine cannot be reached.
 */
export async function openClusterStore({
  servers,
  people: url,
  partitions = 1,
  replicas = 1,
  onError = warn,
  timers = systemTimers,
}: ClusterStoreOptions): Promise<Store> {
  const people = await openPeople(url, onError)
  try {
    const connection = await connect({ servers: [...servers], maxReconnectAttempts: -1, reconnectTimeWait: RECONNECT })
    const process = randomUUID()
    const log = await JetStreamLog.open({ connection, stream: 'MEETING', replicas, timers })
    const meeting = await ReplicatedMeeting.open({ log, process, timers, onError })
    const streams = await TableStreams.open({ connection, partitions, replicas })
    const tables = await JetStreamTables.open({ streams, meeting, process, timers, onError })
    const { accounts, results, history, usage } = people
    return {
      ...{ isDurable: true, tables, meeting, accounts, results, history, usage },
      async close() {
        await tables.close()
        await meeting.close()
        await connection.close()
        await people.close()
      },
    }
  } catch (reason) {
    await people.close()
    throw new StoreError('io', `NATS cannot be reached at ${servers.join(', ')}`, reason)
  }
}
