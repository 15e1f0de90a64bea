import { isTemporary } from '../hall/ports.ts'
import { type OnStoreError, StoreError } from './error.ts'
import type { Outage } from './outage.ts'

/*
 * The write path, from an append to its acknowledgement.
 *
 *   TableActor: append(events)
 *        |   EventLog encodes and checks the events; an invalid event fails here and is never queued
 *        v
 *   GroupCommit.enqueue(job) --> queue <-- write(work): results, accounts, history, usage
 *        |   waits until everything that runs in this turn of the event loop has run
 *        v
 *   outage? -- yes --> every job fails, and nothing is written
 *        | no
 *        v
 *   BEGIN
 *        |   job.write() for each job: EventStore.append compares the version and appends to the batch
 *        |   INSERT INTO journal: one row, or several if the batch is long
 *        |   FileIdentity.check(): the files are still the ones that were opened
 *   COMMIT -- fails --> ROLLBACK, and each job again in a transaction of its own
 *        |
 *        v
 *   Guard.note(): the mark beside the database gets the new end of the journal
 *        |
 *        v
 *   job.finish() for each job, in the order of the queue: followers first, then the callback of the caller
 *        |
 *        v
 *   TableActor: publish to seats and watchers
 *
 * The problem: a commit costs as much as the writing of dozens of events, and thousands of tables append at the same time.
 * The idea: all writes of one turn of the event loop share one transaction. A microtask followed by a tick runs after all
 * promises of the turn, and transports deliver the input of many peers in one turn; so a commit has the moves of all of them.
 *
 * - A callback runs only after the COMMIT of its job, so no published event is missing in the log.
 * - Jobs of one table are written and finished in the order in which they were queued.
 * - A job that fails does not fail the others: if the common transaction fails, each job gets its own.
 * - A rejected job (a version conflict) writes nothing and throws nothing; the transaction goes on without it.
 * - Jobs that arrive during a commit wait for the next turn, so that a caller that writes again in each callback cannot
 *   keep the event loop from its input.
 * - During an outage no job reaches the disk; only the probe of `Outage` tries to write.
 */

/** Transaction runs work atomically: all of it is durable when the call returns, and none of it if the call throws. */
export type Transaction = (work: () => void) => void

/** WriteJob is a write in the queue of a GroupCommit. */
export interface WriteJob {
  /**
   * Writes, inside of a transaction; called again if the transaction fails. An exception rolls the transaction back. A job
   * that is only rejected must write nothing, throw nothing, and report the rejection in `finish`.
   */
  write(): void
  /** Notes that its transaction has failed. */
  fail(reason: unknown): void
  /** Calls back the caller, after the transaction. Throws nothing: exceptions of callbacks go to `onError`. */
  finish(onError: OnStoreError): void
}

/** GroupCommit gathers the writes of all callers, and writes them in one transaction per turn of the event loop. */
export class GroupCommit {
  readonly #transaction: Transaction
  readonly #onError: OnStoreError
  readonly #outage: Outage | undefined
  #waiting: WriteJob[] = []
  /** Set from a commit until the next turn of the event loop. */
  #turn: NodeJS.Immediate | undefined
  #closed = false

  constructor(transaction: Transaction, onError: OnStoreError, outage?: Outage) {
    this.#transaction = transaction
    this.#onError = onError
    this.#outage = outage
  }

  /** Queues a job for the next commit. Throws a StoreError if the store is closed. */
  enqueue(job: WriteJob): void {
    if (this.#closed) throw new StoreError('closed', 'the store is closed: it accepts no more writes')
    if (this.#waiting.length === 0 && !this.#turn) queueMicrotask(() => process.nextTick(() => this.#commit()))
    this.#waiting.push(job)
  }

  /** Queues a write. Resolves to the result of `write` when that is committed; rejects if `write` returns an Error or fails. */
  write<Value>(write: () => Value | Error): Promise<Value> {
    return new Promise((resolve, reject) => this.enqueue(new Writing(write, resolve, reject)))
  }

  /** Commits the queue, and accepts no more jobs. */
  close(): void {
    this.#closed = true
    this.#commit()
  }

  #commit(): void {
    const jobs = this.#waiting
    if (jobs.length === 0) return
    this.#waiting = []
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined
      this.#commit()
    })
    this.#write(jobs)
    const errors: unknown[] = []
    const note: OnStoreError = (error) => errors.push(error)
    for (const job of jobs) job.finish(note)
    // after all callbacks, because `onError` may throw
    for (const error of errors) this.#onError(error)
  }

  #write(jobs: readonly WriteJob[]): void {
    const failure = this.#outage?.failure
    if (failure) {
      for (const job of jobs) job.fail(failure)
      return
    }
    try {
      this.#transaction(() => {
        for (const job of jobs) job.write()
      })
    } catch (reason) {
      if (jobs.length > 1) for (const job of jobs) this.#write([job])
      else this.#fail(jobs[0], reason)
    }
  }

  #fail(job: WriteJob | undefined, reason: unknown): void {
    job?.fail(reason)
    if (isTemporary(reason)) this.#outage?.reportFailure(reason)
  }
}

/** Writing is a job with a promise for its result. */
class Writing<Value> implements WriteJob {
  readonly #write: () => Value | Error
  readonly #resolve: (value: Value) => void
  readonly #reject: (reason: unknown) => void
  #written: Value | Error | undefined
  #failure: { readonly reason: unknown } | undefined

  constructor(write: () => Value | Error, resolve: (value: Value) => void, reject: (reason: unknown) => void) {
    this.#write = write
    this.#resolve = resolve
    this.#reject = reject
  }

  write(): void {
    this.#written = this.#write()
  }

  fail(reason: unknown): void {
    this.#failure = { reason }
  }

  finish(): void {
    if (this.#failure) return this.#reject(this.#failure.reason)
    const written = this.#written as Value | Error
    if (written instanceof Error) this.#reject(written)
    else this.#resolve(written)
  }
}
