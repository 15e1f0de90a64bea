import { StoreError } from './error.ts'

/** Transaction runs work so that all of it is kept when it returns, and nothing where it throws. */
export type Transaction = (work: () => void) => void

/** Told what somebody has thrown who was only to be informed. */
export type OnTrouble = (error: unknown) => void

/** Makes of what somebody has thrown a warning of the process, which is printed on standard error. */
export const warn: OnTrouble = (error) => process.emitWarning(error instanceof Error ? error : String(error))

/**
 * Commits gathers what is to be written in one turn of the event loop, whoever asks, and writes it when that turn is
 * over, in one transaction: a commit costs as much as writing dozens of events, and so it is paid once for all of them,
 * and nobody waits for more than one. Where a transaction fails, each job has one of its own, so that only those fail
 * that cannot be written.
 */
export class Commits {
  readonly #transaction: Transaction
  readonly #onTrouble: OnTrouble
  #waiting: Job[] = []
  #turn: NodeJS.Immediate | undefined
  #closed = false

  constructor(transaction: Transaction, onTrouble: OnTrouble) {
    this.#transaction = transaction
    this.#onTrouble = onTrouble
  }

  /**
   * Writes at the end of this turn; resolves with what `write` has answered when that is kept. An error that it answers
   * with rejects this job alone, and must mean that it wrote nothing; one that it throws takes back the transaction.
   * `write` may run twice. `kept` is called before the promise resolves, and throws nothing.
   */
  add<Value>(write: () => Value | Error, kept?: (value: Value, onTrouble: OnTrouble) => void): Promise<Value> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the store is closed: nothing can be kept in it any more'))
    this.#turn ??= setImmediate(() => this.#commit())
    return new Promise((resolve, reject) => {
      this.#waiting.push(new Waiting(write, kept, resolve, reject))
    })
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
    for (const job of jobs) job.settle((error) => troubles.push(error))
    // only now, for nobody is to miss an answer should this throw
    for (const error of troubles) this.#onTrouble(error)
  }

  #write(jobs: readonly Job[]): void {
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

/** Job is what somebody wants to be written. */
interface Job {
  /** Writes it, in a transaction. */
  run(): void
  /** Its transaction has failed. */
  fail(reason: unknown): void
  /** Answers, after its transaction. */
  settle(onTrouble: OnTrouble): void
}

class Waiting<Value> implements Job {
  readonly #write: () => Value | Error
  readonly #kept: ((value: Value, onTrouble: OnTrouble) => void) | undefined
  readonly #resolve: (value: Value) => void
  readonly #reject: (reason: unknown) => void
  #answer: Value | Error | undefined
  #failure: { readonly reason: unknown } | undefined

  constructor(
    write: () => Value | Error,
    kept: ((value: Value, onTrouble: OnTrouble) => void) | undefined,
    resolve: (value: Value) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#write = write
    this.#kept = kept
    this.#resolve = resolve
    this.#reject = reject
  }

  run(): void {
    this.#answer = this.#write()
  }

  fail(reason: unknown): void {
    this.#failure = { reason }
  }

  settle(onTrouble: OnTrouble): void {
    if (this.#failure) return this.#reject(this.#failure.reason)
    const answer = this.#answer as Value | Error
    if (answer instanceof Error) return this.#reject(answer)
    this.#kept?.(answer, onTrouble)
    this.#resolve(answer)
  }
}
