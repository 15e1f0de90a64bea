import { StoreFailure } from '../hall/ports.ts'

/**
 * StoreErrorCode is the reason why a store fails: the owner of the store has `closed` the store, another process uses the store (`in-use`),
 * the store is `damaged` or `read-only`, or the disk is `full`. A file is `foreign` if it belongs to another program, and `newer` if it
 * belongs to a newer Parlor. A folder or file is `removed` if another program has removed, replaced or truncated the folder or file. `io`
 * is an error of the disk, and `failed` is every other error of the system.
 */
export type StoreErrorCode = 'closed' | 'in-use' | 'foreign' | 'newer' | 'damaged' | 'read-only' | 'full' | 'removed' | 'io' | 'failed'

/** Codes of failures that may end while the server runs: by themselves, or because the operator removes the cause of the failure. */
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

/** OnStoreError is the callback for errors that the store cannot return to a caller, such as the exception of a follower. */
export type OnStoreError = (error: unknown) => void

/** Emits an error as a warning of the process; Node prints the warning on standard error. */
export const warn: OnStoreError = (error) => process.emitWarning(error instanceof Error ? error : String(error))

/**
 * Does work on a file that the server does not need, and ignores the errors of that work. A comment at each call says why the server can
 * ignore the errors.
 */
export function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // the comment at the call says why the server can ignore this error
  }
}
