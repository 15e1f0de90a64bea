import { StoreFailure } from '../hall/ports.ts'

/**
 * StoreErrorCode is the reason why a store fails: its owner has `closed` it, another process uses it (`in-use`), it is `damaged` or
 * `read-only`, or the disk is `full`. A file is `foreign` if it belongs to another program, and `newer` if it belongs to a newer Parlor.
 * A folder or file is `removed` if another program has removed, replaced or cut it. `io` is an error of the disk, and `failed` is every
 * other error of the system.
 */
export type StoreErrorCode = 'closed' | 'in-use' | 'foreign' | 'newer' | 'damaged' | 'read-only' | 'full' | 'removed' | 'io' | 'failed'

/** Codes of failures that may end while the server runs, by themselves or because the operator removes their cause. */
const TEMPORARY: ReadonlySet<StoreErrorCode> = new Set(['read-only', 'full', 'removed', 'io'])

/** StoreError is the failure to open, read or write a store: a sentence for people, and a stable code. */
export class StoreError extends StoreFailure {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, sentence: string, cause?: unknown) {
    super(TEMPORARY.has(code), sentence, cause)
    this.code = code
  }
}

/** OnStoreError is the callback for errors for which no caller waits, such as the exception of a follower. */
export type OnStoreError = (error: unknown) => void

/** Emits an error as a warning of the process; Node prints the warning on standard error. */
export const warn: OnStoreError = (error) => process.emitWarning(error instanceof Error ? error : String(error))

/**
 * Performs work on a file that the server does not need, and ignores the errors of that work; a comment at the call gives the reason.
 */
export function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // the comment at the call gives the reason
  }
}
