import { isTemporary } from '../hall/ports.ts'
import { StoreError } from './error.ts'
import type { Outage } from './outage.ts'

/** Transaction runs work so that all of it is kept when it returns, and nothing where it throws. */
export type Transaction = (work: () => void) => void

/** OnTrouble is called with what a follower has thrown that was only to be informed. */
export type OnTrouble = (error: unknown) => void

/** Makes of what somebody has thrown a warning of the process, which is printed on standard error. */
export const warn: OnTrouble = (error) => process.emitWarning(error instanceof Error ? error : String(error))

/** Job is something that is to be written by `Commits`. */
export interface Job {
  /**
   * Writes it, in a transaction; may be called twice. What it throws takes back the transaction: what is only refused is
   * to be kept for `settle`, and must have written nothing.
   */
  write(): void
  /** Its transaction has failed. */
  fail(reason: unknown): void
  /** Answers whoever waits, after its transaction. Throws nothing: what it cannot say goes to `onTrouble`. */
  settle(onTrouble: OnTrouble): void
}

/**
 * Commits gathers writes from all callers, and writes them in one transaction: a commit costs as much as writing dozens
 * of events, and so it is paid once for all of them. It is time for that when all that runs now has run, promises and
 * what follows from them too; as transports gather what peers say, that is all of what they want. The callbacks of a
 * commit wait until the event loop has gone on, so that a caller that writes again at once does not block the others. If
 * a transaction fails, each job has one of its own, so that only those fail that cannot be written. During an outage all
 * fail at once.
 */
export class Commits {
  readonly #transaction: Transaction
  readonly #onTrouble: OnTrouble
  readonly #outage: Outage | undefined
  #waiting: Job[] = []
  /** There was a commit, and the event loop has not gone on since. */
  #turn: NodeJS.Immediate | undefined
  #closed = false

  constructor(transaction: Transaction, onTrouble: OnTrouble, outage?: Outage) {
    this.#transaction = transaction
    this.#onTrouble = onTrouble
    this.#outage = outage
  }

  /** Takes a job, to be written soon. Throws a StoreError where the store is closed. */
  take(job: Job): void {
    if (this.#closed) throw new StoreError('closed', 'the store is closed: nothing can be kept in it any more')
    if (this.#waiting.length === 0 && !this.#turn) queueMicrotask(() => process.nextTick(() => this.#commit()))
    this.#waiting.push(job)
  }

  /** Writes something; resolves with what `write` has answered when that is kept, and rejects with an Error that it answers. */
  add<Value>(write: () => Value | Error): Promise<Value> {
    return new Promise((resolve, reject) => this.take(new Writing(write, resolve, reject)))
  }

  /** Writes what waits, and takes nothing more. */
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
    const troubles: unknown[] = []
    const note: OnTrouble = (error) => troubles.push(error)
    for (const job of jobs) job.settle(note)
    // only now, for nobody is to miss an answer should this throw
    for (const error of troubles) this.#onTrouble(error)
  }

  #write(jobs: readonly Job[]): void {
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

  #fail(job: Job | undefined, reason: unknown): void {
    job?.fail(reason)
    if (isTemporary(reason)) this.#outage?.failed(reason)
  }
}

/** Writing is a job for whose answer somebody waits. */
class Writing<Value> implements Job {
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

  settle(): void {
    if (this.#failure) return this.#reject(this.#failure.reason)
    const written = this.#written as Value | Error
    if (written instanceof Error) this.#reject(written)
    else this.#resolve(written)
  }
}
