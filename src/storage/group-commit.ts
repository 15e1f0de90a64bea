import { isTemporary, VersionConflict } from '../hall/ports.ts'
import { type OnStoreError, StoreError } from './error.ts'
import type { AppendBatch, EventStore, StoreWork } from './event-store.ts'
import type { Outage } from './outage.ts'

/*
 * This diagram shows the write path from an append, through the files of this folder, to the disk, and the path back after the commit.
 *
 *   TableActor
 *        |   append(events)
 *        v
 *   EventLog            encodes and checks the events; an invalid event fails here and is never queued
 *        |   append(batch)
 *        v
 *   GroupCommit         queues batches and, from write(work), the work of results, accounts, history and usage;
 *        |              waits until everything that runs in this turn of the event loop has run;
 *        |              during an outage, fails every job and writes nothing
 *        |   write(batches, works), one call for all
 *        v
 *   SqliteEventStore    BEGIN
 *        |              compares the version of each batch, adds it to the row, or refuses it
 *        |              runs the works
 *        |              INSERT INTO journal: one row, or several if there is much
 *        |              FileIdentity.check(): the files are still those that this process opened
 *        |              COMMIT, or ROLLBACK; after a rollback, each job again in a transaction of its own
 *        v
 *   Guard               the mark beside the database gets the new end of the journal
 *        |
 *        |   finish() of each batch, in the order of the queue; then the promise of each work is settled
 *        v
 *   EventLog            notifies the followers, then the caller
 *        v
 *   TableActor          publishes to seats and watchers
 *
 * The problem: one commit takes as much time as the writing of dozens of events, and thousands of tables append at the same time. The idea:
 * all writes of one turn of the event loop share one transaction. A microtask that schedules a tick runs the commit after all promises of
 * the turn. Transports deliver the input of many peers in one turn, so a commit contains the moves of all these peers.
 *
 * - The callback of a job runs only after the COMMIT of the job, so no published event is missing in the log.
 * - In a transaction, the batches come before the works. GroupCommit writes and finishes the batches in the order of the queue, and the
 *   works in the order of the queue.
 * - A job that fails does not make other jobs fail: if the common transaction fails, GroupCommit writes each job in a separate transaction.
 * - A refused batch (a version conflict) writes nothing and throws nothing; the transaction continues without that batch.
 * - Jobs that arrive during a commit wait for the next turn. Otherwise, a caller that writes in each callback could block the input of the
 *   event loop.
 * - During an outage, GroupCommit writes no job; only the probe of `Outage` tries to write.
 */

/** CommitJob is a write in the queue, with its callbacks. The callbacks must not throw. */
interface CommitJob {
  /** Records why the store has not written the job: the transaction has failed, or the store has refused the batch. */
  fail(reason: unknown): void
  /** Calls the callbacks of the job after the transaction. Passes exceptions of the callbacks to `onError`. */
  finish(onError: OnStoreError): void
}

/** AppendJob is a batch in the queue of a GroupCommit. */
export interface AppendJob extends AppendBatch, CommitJob {}

/** WorkJob is a write without a batch in the queue of a GroupCommit. */
interface WorkJob extends StoreWork, CommitJob {}

/** GroupCommit collects the writes of all callers, and runs these writes in one transaction per turn of the event loop. */
export class GroupCommit {
  readonly #store: Pick<EventStore, 'write'>
  readonly #onError: OnStoreError
  readonly #outage: Outage | undefined
  #appends: AppendJob[] = []
  #works: WorkJob[] = []
  /**
   * The turn of the event loop after a commit, until that turn has begun; otherwise `undefined`. If the queue is empty, the event loop may
   * wait for input before that turn. Without this wait, each message would cost one more system call when only one client plays.
   */
  #turn: NodeJS.Immediate | undefined
  #closed = false

  constructor(store: Pick<EventStore, 'write'>, onError: OnStoreError, outage?: Outage) {
    this.#store = store
    this.#onError = onError
    this.#outage = outage
  }

  /** Queues a batch for the next commit. Throws a StoreError if the store is closed. */
  append(job: AppendJob): void {
    this.#schedule()
    this.#appends.push(job)
  }

  /**
   * Queues other work for the next commit. Resolves to the result of `work` after the commit; rejects if `work` returns an Error or
   * fails.
   */
  write<Value>(work: () => Value | Error): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#schedule()
      this.#works.push(new PromisedWork(work, resolve, reject))
    })
  }

  /** Commits the jobs in the queue, and accepts no more jobs. */
  close(): void {
    this.#closed = true
    this.#commit()
  }

  /** Schedules a commit for the next job. */
  #schedule(): void {
    if (this.#closed) throw new StoreError('closed', 'the store is closed: it accepts no more writes')
    if (this.#appends.length > 0 || this.#works.length > 0) return
    if (this.#turn) return void this.#turn.ref()
    queueMicrotask(() => process.nextTick(() => this.#commit()))
  }

  #commit(): void {
    const appends = this.#appends
    const works = this.#works
    if (appends.length === 0 && works.length === 0) return
    this.#appends = []
    this.#works = []
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined
      this.#commit()
    }).unref()
    this.#write(appends, works)
    const errors: unknown[] = []
    const note: OnStoreError = (error) => errors.push(error)
    for (const append of appends) append.finish(note)
    for (const work of works) work.finish(note)
    // this line follows all callbacks, because `onError` may throw
    for (const error of errors) this.#onError(error)
  }

  #write(appends: readonly AppendJob[], works: readonly WorkJob[]): void {
    const failure = this.#outage?.failure
    if (failure) {
      for (const job of appends) job.fail(failure)
      for (const job of works) job.fail(failure)
      return
    }
    try {
      for (const job of this.#store.write(appends, works)) job.fail(new VersionConflict(job.table, job.expected))
    } catch (reason) {
      if (appends.length + works.length === 1) return this.#fail(appends[0] ?? works[0], reason)
      for (const job of appends) this.#write([job], [])
      for (const job of works) this.#write([], [job])
    }
  }

  #fail(job: CommitJob | undefined, reason: unknown): void {
    job?.fail(reason)
    if (isTemporary(reason)) this.#outage?.reportFailure(reason)
  }
}

/** PromisedWork is work in the queue that settles a promise with the result of the work. */
class PromisedWork<Value> implements WorkJob {
  readonly #work: () => Value | Error
  readonly #resolve: (value: Value) => void
  readonly #reject: (reason: unknown) => void
  #result: Value | Error | undefined
  #failure: { readonly reason: unknown } | undefined

  constructor(work: () => Value | Error, resolve: (value: Value) => void, reject: (reason: unknown) => void) {
    this.#work = work
    this.#resolve = resolve
    this.#reject = reject
  }

  run(): void {
    this.#result = this.#work()
  }

  fail(reason: unknown): void {
    this.#failure = { reason }
  }

  finish(): void {
    if (this.#failure) return this.#reject(this.#failure.reason)
    const result = this.#result as Value | Error
    if (result instanceof Error) this.#reject(result)
    else this.#resolve(result)
  }
}
