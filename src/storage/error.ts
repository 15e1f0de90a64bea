import { StoreFailure } from '../hall/ports.ts'

/**
 * StoreTrouble is the reason why a store fails: `closed` by its owner, `in-use` by another program, `foreign` where the
 * file is none of ours, `newer` where a newer Parlor wrote it, `damaged`, `read-only`, `full` where the disk has no room,
 * `removed` where its folder is no longer there, `io` where the disk reports an error, or `failed` for all else that the
 * system does not let us do.
 */
export type StoreTrouble = 'closed' | 'in-use' | 'foreign' | 'newer' | 'damaged' | 'read-only' | 'full' | 'removed' | 'io' | 'failed'

/** Troubles that may end by themselves, or by what the operator does while the server runs. */
const TEMPORARY: ReadonlySet<StoreTrouble> = new Set(['read-only', 'full', 'removed', 'io'])

/** StoreError is what kept a store from being opened, read or written: a sentence for people, and a code that stays. */
export class StoreError extends StoreFailure {
  override readonly name = 'StoreError'
  readonly code: StoreTrouble

  constructor(code: StoreTrouble, sentence: string, cause?: unknown) {
    super(TEMPORARY.has(code), sentence, cause)
    this.code = code
  }
}

/** The sentence in an error, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
