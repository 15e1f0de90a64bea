import { onTestFinished } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { RecordingEntry } from '../../../src/lab/recordings/recording.ts'
import type { ConversationSummary } from '../../../src/lab/tap/conversation-summary.ts'
import { createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { RecordingJudge } from '../../../src/lab/tap/recording-judge.ts'
import { Tap } from '../../../src/lab/tap/tap.ts'
import { allPrograms } from '../../../src/programs/index.ts'
import type { Address, Transport } from '../../../src/wire/transport.ts'
import { Batcher } from '../../../src/wire/transports/batching.ts'
import { SocketTransport } from '../../../src/wire/transports/socket.ts'
import { connectTcpSocket, listenTcp } from '../../../src/wire/transports/tcp.ts'
import { connectUdp, listenUdp } from '../../../src/wire/transports/udp.ts'
import { Changes } from '../../support/changes.ts'
import { program } from '../../support/play.ts'
import { closeAfterTest } from '../../support/sockets.ts'

/** RunningTap is a tap on real sockets, and what it has seen. */
export interface RunningTap {
  readonly address: Address
  readonly entries: readonly RecordingEntry[]
  readonly summaries: readonly ConversationSummary[]
  readonly refused: readonly unknown[]
  /** Resolves when the tap has seen so much. */
  until(met: () => boolean): Promise<void>
  /** The bytes of one side of a connection in the recording. */
  recorded(from: 'client' | 'server', connection?: number): string
}

/** Starts a tap before a server, for one program or for all. */
export async function startTap(
  to: Address,
  { name, secrets = false, udp = false }: { readonly name?: string; readonly secrets?: boolean; readonly udp?: boolean } = {},
): Promise<RunningTap> {
  const programs = name === undefined ? await allPrograms() : [await program(name)]
  const entries: RecordingEntry[] = []
  const summaries: ConversationSummary[] = []
  const refused: unknown[] = []
  const changes = new Changes()
  const view = {
    opened() {},
    saw() {},
    closed(_: number, summary: ConversationSummary) {
      summaries.push(summary)
      changes.note()
    },
  }
  const clock = createSystemClock()
  const batcher = new Batcher()
  const tap = new Tap({
    connect: async () => (udp ? connectUdp(to) : new SocketTransport(await connectTcpSocket(to, 0, clock), batcher)),
    judge: new RecordingJudge({ createWatch: createWatches(programs.map((one) => toWatchedProtocol(one))), view, secrets }),
    clock,
    microseconds: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
    record(entry) {
      entries.push(entry)
      changes.note()
    },
    onRefused(_, error) {
      refused.push(error)
      changes.note()
    },
  })
  const accept = (client: Transport) => void tap.accept(client)
  const at = { host: '127.0.0.1', port: 0 }
  const { address } = await closeAfterTest(udp ? listenUdp(at, accept, { unlimitedAnswers: true, early: 64 }) : listenTcp(at, accept))
  onTestFinished(() => tap.close())
  return {
    address,
    entries,
    summaries,
    refused,
    until: (met) => changes.until(met),
    recorded: (from, connection = 1) =>
      Buffer.concat(
        entries.flatMap((entry) =>
          entry.type === 'segment' && entry.from === from && entry.connection === connection ? [entry.bytes] : [],
        ),
      ).toString('latin1'),
  }
}
