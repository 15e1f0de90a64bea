import { enableCompileCache } from 'node:module'
import { constants, setPriority } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { errorMessage } from '../base/errors.ts'
import type { ConversationSummary } from '../lab/tap/conversation-summary.ts'
import { CLOSE, COUNT, type JudgeMessage, type JudgeStart } from './judge-messages.ts'
import type { ViewOutput } from './view-output.ts'

/*
 * The judge's thread of `parlor tap` (see judge-thread.ts). Each thread of Node must enable the cache of compiled code for itself, so this
 * thread first enables the cache, and only then imports most of its code. It imports only the code that this tap uses.
 */
enableCompileCache()
const { name, plugins, options, secrets, hasFaults, recording, limit, output, counts }: JudgeStart = workerData
const [{ createWatches }, { readBatch }, { EventJudge }, { RecordingJudge }, { toWatchedProtocol }, { createView }, programs] =
  await Promise.all([
    import('../lab/tap/conversation-watch.ts'),
    import('../lab/tap/event-batch.ts'),
    import('../lab/tap/event-judge.ts'),
    import('../lab/tap/recording-judge.ts'),
    import('../lab/monitor/monitor.ts'),
    import('./view-output.ts'),
    plugins ? (await import('./plugins.ts')).loadProgramsHere(plugins) : (await import('../programs/index.ts')).shippedPrograms,
  ])

function send(message: JudgeMessage): void {
  parentPort?.postMessage(message)
}

function complain(sentence: string): void {
  send({ type: 'complaint', sentence })
}

/** The standard output of the main thread. */
const lines: ViewOutput = {
  ...output,
  columns: () => Atomics.load(counts, COUNT.columns),
  countWaiting: () => Atomics.load(counts, COUNT.lines),
  write(bytes) {
    Atomics.add(counts, COUNT.lines, bytes.length)
    send({ type: 'lines', bytes })
  },
}

const watched = await programs.loadNamed(name === undefined ? undefined : [name])
const protocols = watched.programs.map((program) => toWatchedProtocol(program, options))
const file = recording && (await import('./recording-file.ts')).writeRecording(recording, protocols, complain)
const judge = new EventJudge({
  judge: new RecordingJudge({ createWatch: createWatches(protocols), view: createView(lines, { limit }), secrets, hasFaults }),
  record: file && ((entry) => file.append(entry)),
  onClosed: ({ violations }: ConversationSummary) => send({ type: 'closed', violations }),
})

async function close(): Promise<void> {
  judge.closeAll()
  // the view writes the lines of a turn at the end of the turn
  await setImmediate()
  let isWhole = true
  try {
    await file?.close()
  } catch (error) {
    isWhole = false
    complain(`the recording is not whole: ${errorMessage(error)}`)
  }
  send({ type: 'done', isWhole })
  parentPort?.close()
}

// Linux has a priority for each thread; elsewhere, this call would lower the priority of the whole process
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
parentPort?.on('message', (message: Uint8Array | typeof CLOSE) => {
  if (message === CLOSE) return void close()
  readBatch(message, (event) => judge.take(event))
  Atomics.sub(counts, COUNT.batches, message.length)
  Atomics.notify(counts, COUNT.batches)
})
