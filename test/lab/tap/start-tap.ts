import { expect, onTestFinished } from 'vitest'
import { createSystemClock } from '../../../src/base/clock.ts'
import { addFaults } from '../../../src/lab/faults/faulty-transport.ts'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import type { RecordingEntry } from '../../../src/lab/recordings/recording.ts'
import type { ConversationSummary } from '../../../src/lab/tap/conversation-summary.ts'
import { createWatches } from '../../../src/lab/tap/conversation-watch.ts'
import { EventBatcher, readBatch } from '../../../src/lab/tap/event-batch.ts'
import { EventJudge } from '../../../src/lab/tap/event-judge.ts'
import { RecordingJudge } from '../../../src/lab/tap/recording-judge.ts'
import { Tap } from '../../../src/lab/tap/tap.ts'
import { allPrograms } from '../../../src/programs/index.ts'
import type { Address, Transport } from '../../../src/wire/transport.ts'
import { DirectSockets } from '../../../src/wire/transports/direct-socket.ts'
import { connectUdp, listenUdp } from '../../../src/wire/transports/udp.ts'
import { Changes } from '../../support/changes.ts'
import { faultProgram, faultRules } from '../../support/faults.ts'
import { program } from '../../support/play.ts'
import { closeAfterTest } from '../../support/sockets.ts'

/** RunningTap is a tap on real sockets, and what it has seen. */
export interface RunningTap {
  readonly address: Address
  readonly entries: readonly RecordingEntry[]
  readonly summaries: readonly ConversationSummary[]
  readonly refused: readonly unknown[]
  /** Sentences on what the tap itself did. */
  readonly acts: readonly string[]
  /** Resolves when the tap has seen so much. */
  until(met: () => boolean): Promise<void>
  /** The bytes of one side of a connection in the recording. */
  recorded(from: 'client' | 'server', connection?: number): string
}

interface StartTapOptions {
  readonly name?: string
  readonly secrets?: boolean
  readonly udp?: boolean
  readonly host?: string
  /** Rules of faults, and their seed. */
  readonly faults?: string
  readonly seed?: number
}

/** Starts a tap before a server, for one program or for all. */
export async function startTap(
  to: Address,
  { name, secrets = false, udp = false, host = '127.0.0.1', faults, seed = 1 }: StartTapOptions = {},
): Promise<RunningTap> {
  const programs = name === undefined ? await allPrograms() : [await program(name)]
  const known = name === undefined ? undefined : await faultProgram(name)
  const entries: RecordingEntry[] = []
  const summaries: ConversationSummary[] = []
  const refused: unknown[] = []
  const acts: string[] = []
  const changes = new Changes()
  const view = {
    opened() {},
    saw() {},
    acted(_: number, at: number, sentence: string) {
      expect(at).toBeGreaterThan(0)
      acts.push(sentence)
      changes.note()
    },
    closed(_: number, summary: ConversationSummary) {
      summaries.push(summary)
      changes.note()
    },
  }
  const judge = new EventJudge({
    judge: new RecordingJudge({
      createWatch: createWatches(programs.map((one) => toWatchedProtocol(one))),
      view,
      secrets,
      hasFaults: faults !== undefined,
    }),
    record(entry) {
      entries.push(entry)
      changes.note()
    },
  })
  const clock = createSystemClock()
  const events = new EventBatcher(clock, (batch) => readBatch(batch, (event) => judge.take(event)))
  const sockets = new DirectSockets()
  const tap = new Tap({
    connect: () => (udp ? connectUdp(to) : sockets.connect(to, clock)),
    ...(faults === undefined
      ? {}
      : {
          addFaults: (transport, connection, onFault) =>
            addFaults(transport, { rules: faultRules(faults), isProxy: true, seed, connection, program: known, clock, onFault }),
        }),
    clock,
    microseconds: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
    onEvent: (event) => events.push(event),
    onRefused(_, error) {
      refused.push(error)
      changes.note()
    },
  })
  const accept = (client: Transport) => void tap.accept(client)
  const at = { host, port: 0 }
  const { address } = await closeAfterTest(udp ? listenUdp(at, accept, { unlimitedAnswers: true, early: 64 }) : sockets.listen(at, accept))
  onTestFinished(() => tap.close())
  return {
    address,
    entries,
    summaries,
    refused,
    acts,
    until: (met) => changes.until(met),
    recorded: (from, connection = 1) =>
      Buffer.concat(
        entries.flatMap((entry) =>
          entry.type === 'segment' && entry.from === from && entry.connection === connection ? [entry.bytes] : [],
        ),
      ).toString('latin1'),
  }
}
