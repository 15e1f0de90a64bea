import { type Context, createContext, Script } from 'node:vm'
import { type Clock, createSystemClock } from '../base/clock.ts'
import { withLoopTime } from './loop-limit.ts'

/** Milliseconds within which the result of an asynchronous function must arrive. */
const WAIT = 10_000

/**
 * TimeLimit runs functions of a plug-in, and stops a function that computes too long. Node can stop synchronous code only if the code runs
 * in a script with a timeout, so TimeLimit calls the function from such a script. The script takes about a tenth of a millisecond.
 */
export class TimeLimit {
  readonly #ms: number
  readonly #clock: Clock
  readonly #sandbox: { work: (() => unknown) | undefined } = { work: undefined }
  readonly #context: Context = createContext(this.#sandbox)
  readonly #script = new Script('work()')

  /** `ms` is the limit of one call in milliseconds. */
  constructor(ms: number, clock = createSystemClock()) {
    this.#ms = ms
    this.#clock = clock
  }

  /** Returns the result of `work`. Rethrows an exception of `work`, and throws an Error if `work` takes too long. */
  run<Result>(work: () => Result): Result {
    this.#sandbox.work = work
    try {
      return withLoopTime(() => this.#script.runInContext(this.#context, { timeout: this.#ms }))
    } catch (reason) {
      // the error comes from another realm, so it is not an instance of this realm's Error
      if (typeof reason === 'object' && reason !== null && 'code' in reason && reason.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
        throw new Error(`it took longer than ${this.#ms} ms`, { cause: reason })
      throw reason
    }
  }

  /**
   * Resolves to the result of `work`, which may be asynchronous. Rejects with an Error if the result has not arrived after ten seconds.
   */
  async resolve<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>()
    const cancel = this.#clock.after(WAIT, () => reject(new Error(`it had no result after ${WAIT / 1000} seconds`)))
    try {
      return await Promise.race([this.run(work), promise])
    } finally {
      cancel()
    }
  }
}
