import { StoreError } from './error.ts'

/** Transaction runs work so that all of it is kept when it returns, and nothing where it throws. */
export type Transaction = (work: () => void) => void

/** Told what somebody has thrown who was only to be informed. */
export type OnTrouble = (error: unknown) => void

/** Makes of what somebody has thrown a warning of the process, which is printed on standard error. */
export const warn: OnTrouble = (error) => process.emitWarning(error instanceof Error ? error : String(error))

/** Job is something that is to be written by `Commits`. */
export interface Job<Value> {
  /**
   * Writes it, in a transaction; may be called twice. An error that it answers with rejects this job alone, and must
   * mean that it wrote nothing; one that it throws takes back the transaction.
   */
  write(): Value | Error
  /** Called when it is kept, before anybody is told. Throws nothing. */
  kept?(onTrouble: OnTrouble): void
}

/**
 * Commits gathers what is to be written in one turn of the event loop, whoever asks, and writes it when that turn is
 * over, in one transaction: a commit costs as much as writing dozens of events, and so it is paid once for all of them,
 * and nobody waits for more than one. Where a transaction fails, each job has one of its own, so that only those fail
 * that cannot be written.
 */
export class Commits {
  readonly #transaction: Transaction
  readonly #onTrouble: OnTrouble
  #waiting: Waiting[] = []
  #turn: NodeJS.Immediate | undefined
  #closed = false

  constructor(transaction: Transaction, onTrouble: OnTrouble) {
    this.#transaction = transaction
    this.#onTrouble = onTrouble
  }

  /** Writes a job at the end of this turn; resolves with what `write` has answered when that is kept. */
  take<Value>(job: Job<Value>): Promise<Value> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the store is closed: nothing can be kept in it any more'))
    this.#turn ??= setImmediate(() => this.#commit())
    return new Promise((resolve, reject) => {
      this.#waiting.push(new Pending(job, resolve, reject))
    })
  }

  /** Takes a job that is no more than what it writes. */
  add<Value>(write: () => Value | Error): Promise<Value> {
    return this.take({ write })
  }

  /** Writes what waits, and takes nothing more. */
  close(): void {
    this.#closed = true
    if (this.#turn) this.#commit()
  }

  #commit(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const jobs = this.#waiting
    this.#waiting = []
    this.#write(jobs)
    const troubles: unknown[] = []
    const note: OnTrouble = (error) => troubles.push(error)
    for (const job of jobs) job.settle(note)
    // only now, for nobody is to miss an answer should this throw
    for (const error of troubles) this.#onTrouble(error)
  }

  #write(jobs: readonly Waiting[]): void {
    try {
      this.#transaction(() => {
        for (const job of jobs) job.run()
      })
    } catch (reason) {
      if (jobs.length > 1) for (const job of jobs) this.#write([job])
      else jobs[0]?.fail(reason)
    }
  }
}

/** Waiting is a job that somebody waits for. */
interface Waiting {
  /** Writes it, in a transaction. */
  run(): void
  /** Its transaction has failed. */
  fail(reason: unknown): void
  /** Answers, after its transaction. */
  settle(onTrouble: OnTrouble): void
}

class Pending<Value> implements Waiting {
  readonly #job: Job<Value>
  readonly #resolve: (value: Value) => void
  readonly #reject: (reason: unknown) => void
  #written: Value | Error | undefined
  #failure: { readonly reason: unknown } | undefined

  constructor(job: Job<Value>, resolve: (value: Value) => void, reject: (reason: unknown) => void) {
    this.#job = job
    this.#resolve = resolve
    this.#reject = reject
  }

  run(): void {
    this.#written = this.#job.write()
  }

  fail(reason: unknown): void {
    this.#failure = { reason }
  }

  settle(onTrouble: OnTrouble): void {
    if (this.#failure) return this.#reject(this.#failure.reason)
    const written = this.#written as Value | Error
    if (written instanceof Error) return this.#reject(written)
    this.#job.kept?.(onTrouble)
    this.#resolve(written)
  }
}
