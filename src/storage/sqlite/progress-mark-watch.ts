import type { OnStoreError } from '../error.ts'
import type { OnStoreWarning } from '../folder.ts'
import type { Timers } from '../outage.ts'
import type { Database } from './database.ts'
import { markPath } from './database-files.ts'
import type { LossGuard } from './loss-guard.ts'
import type { Progress } from './progress-mark.ts'

/** Milliseconds between two checks of the mark. */
const MARK_INTERVAL = 1000

export interface MarkWatchOptions {
  readonly guard: LossGuard
  readonly database: Database
  readonly timers: Timers
  readonly progress: () => Progress
  readonly onWarning: OnStoreWarning
  readonly onError: OnStoreError
}

/**
 * Checks once a second whether the mark is at its path, and creates a missing mark again, because without the mark, the next start could
 * not detect missing commits. The commits do not check the mark, because each check needs system calls. Returns a function that ends the
 * checks.
 */
export function watchMark({ guard, database, timers, progress, onWarning, onError }: MarkWatchOptions): () => void {
  let failing = false
  let cancel = () => {}
  const check = () => {
    try {
      if (guard.restoreMark(database, progress()))
        onWarning(`${markPath(database.path)} was removed or changed while the server ran: the server has written it again`)
      failing = false
    } catch (error) {
      if (!failing) onError(error)
      failing = true
    }
    cancel = timers.after(MARK_INTERVAL, check)
  }
  cancel = timers.after(MARK_INTERVAL, check)
  return () => cancel()
}
