import { type Context, createContext, Script } from 'node:vm'
import { pauseLoopTime, resumeLoopTime } from './loop-limit.ts'

/**
 * TimeLimit runs functions of a plug-in, and stops a function that computes too long. Node can stop synchronous code only while it
 * runs a script with a timeout, so such a script calls the function; the script costs about a tenth of a millisecond.
 */
export class TimeLimit {
  readonly #ms: number
  readonly #sandbox: { work: (() => unknown) | undefined } = { work: undefined }
  readonly #context: Context = createContext(this.#sandbox)
  readonly #script = new Script('work()')

  /** `ms` is the limit of one call in milliseconds. */
  constructor(ms: number) {
    this.#ms = ms
  }

  /** Returns the result of `work`. Rethrows an exception of `work`, and throws an Error if `work` takes too long. */
  run<Result>(work: () => Result): Result {
    this.#sandbox.work = work
    const before = pauseLoopTime()
    try {
      return this.#script.runInContext(this.#context, { timeout: this.#ms })
    } catch (reason) {
      // the error is of the context's realm, and no instance of this realm's Error
      if (typeof reason === 'object' && reason !== null && 'code' in reason && reason.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
        throw new Error(`it took longer than ${this.#ms} ms`, { cause: reason })
      throw reason
    } finally {
      resumeLoopTime(before)
    }
  }
}
