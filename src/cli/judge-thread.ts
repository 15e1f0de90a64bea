import { Worker } from 'node:worker_threads'
import { terminalColumns } from '../games/text/graphemes.ts'
import { outputIsClosed, printError } from './diagnostics.ts'
import { CLOSE, COUNT, type JudgeMessage, type JudgeSetup, type JudgeStart } from './judge-messages.ts'
import { findOutputForm } from './view-output.ts'

/*
 * Problem: judging, showing and recording take a third of the time of a tap. If one thread does everything, all connections wait for
 * that time, and the programs on both sides have nothing to do.
 *
 * Idea: the main thread relays bytes. A second thread judges the events, formats the lines of the view and writes the recording. The
 * main thread sends the events in batches (`lab/tap/event-batch.ts`); the second thread sends lines, complaints and results back. Each
 * direction has one port, so the order of events and lines does not change.
 *
 * The judge's thread has the lowest priority. The two programs and the main thread form a circle: if the judge interrupts one of them, the
 * other two wait, too, and a processor is idle. With the usual priority, the tap forwards 29 % of the bare rate in place of 35 %.
 *
 * Invariants:
 * - The memory is limited. The main thread counts the bytes of the batches that wait for the judge. If they exceed `MOST`, the main thread
 *   waits: it reads no socket, so the systems of the peers stop their senders. The second thread counts the bytes of the lines that wait
 *   for the reader of standard output, and the view drops lines above its limit.
 * - Only the main thread uses standard output and standard error, because it handles their errors.
 * - The second thread loads the programs itself, because a protocol has functions, which threads cannot share.
 */

/** Maximum number of bytes in the batches that wait for the judge, which is enough for about 13,000 short messages. */
const MOST = 512 * 1024
/**
 * Milliseconds for which the main thread waits if the judge makes no progress. The main thread then checks whether the judge has crashed.
 */
const PATIENCE = 1000

/**
 * JudgeThread is the thread that judges, shows and records the events of a tap. The process handles exceptions of this thread like
 * exceptions of the main thread.
 */
export class JudgeThread {
  readonly #worker: Worker
  readonly #counts = new Int32Array(new SharedArrayBuffer(Object.keys(COUNT).length * Int32Array.BYTES_PER_ELEMENT))
  readonly #onClosed: (violations: number) => void
  readonly #done = Promise.withResolvers<boolean>()
  #isDone = false

  /** Calls `onClosed` at the end of each connection, with the number of its violations. */
  constructor(setup: JudgeSetup, onClosed: (violations: number) => void) {
    this.#onClosed = onClosed
    this.#noteColumns()
    process.stdout.on('resize', this.#noteColumns)
    const workerData: JudgeStart = { ...setup, output: findOutputForm(), counts: this.#counts }
    const file = import.meta.url.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js'
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData, trackUnmanagedFds: false })
    this.#worker.on('message', this.#take).on('error', rethrow).on('messageerror', rethrow)
    this.#worker.on('exit', () => {
      if (!this.#isDone) throw new Error('the thread of the judge has ended')
    })
  }

  /** Sends a batch of events. The memory of the batch then belongs to the judge. Waits if too many bytes wait for the judge. */
  readonly send = (batch: Uint8Array<ArrayBuffer>): void => {
    const { length } = batch
    const waiting = Atomics.add(this.#counts, COUNT.batches, length) + length
    this.#worker.postMessage(batch, [batch.buffer])
    if (waiting > MOST) this.#waitForJudge()
  }

  /** Ends all conversations and the recording. Resolves to true if the recording is whole. */
  close(): Promise<boolean> {
    this.#worker.postMessage(CLOSE)
    return this.#done.promise
  }

  readonly #take = (message: JudgeMessage): void => {
    switch (message.type) {
      case 'lines':
        return this.#print(message.bytes)
      case 'complaint':
        return printError(message.sentence)
      case 'closed':
        return this.#onClosed(message.violations)
      case 'done':
        this.#isDone = true
        process.stdout.off('resize', this.#noteColumns)
        return this.#done.resolve(message.isWhole)
    }
  }

  #print(bytes: Uint8Array): void {
    if (!outputIsClosed()) process.stdout.write(bytes, () => Atomics.sub(this.#counts, COUNT.lines, bytes.length))
  }

  #waitForJudge(): void {
    for (let waiting = MOST + 1; waiting > MOST; ) {
      waiting = Atomics.load(this.#counts, COUNT.batches)
      if (waiting > MOST && Atomics.wait(this.#counts, COUNT.batches, waiting, PATIENCE) === 'timed-out') return
    }
  }

  readonly #noteColumns = (): void => {
    Atomics.store(this.#counts, COUNT.columns, terminalColumns(process.stdout))
  }
}

function rethrow(error: unknown): void {
  throw error
}
