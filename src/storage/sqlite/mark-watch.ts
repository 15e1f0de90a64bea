import type { OnTrouble } from '../commits.ts'
import type { OnNotice } from '../folder.ts'
import type { Timers } from '../outage.ts'
import type { Database } from './database.ts'
import { markOf } from './files.ts'
import type { Guard } from './guard.ts'
import type { Progress } from './mark.ts'

/** Milliseconds between two looks whether the mark is in its place. */
export const MARK_INTERVAL = 1000

/** MarkWatchOptions is what a watch of the mark needs. */
export interface MarkWatchOptions {
  readonly guard: Guard
  readonly database: Database
  readonly timers: Timers
  readonly progress: () => Progress
  readonly onNotice: OnNotice
  readonly onTrouble: OnTrouble
}

/**
 * Looks once a second whether the mark is in its place, and has it made anew if not: without it, nothing would tell at the
 * next start that commits are missing. A look at each commit would cost one more system call there. Answers with what
 * ends it.
 */
export function watchMark({ guard, database, timers, progress, onNotice, onTrouble }: MarkWatchOptions): () => void {
  let failing = false
  let cancel = () => {}
  const look = () => {
    try {
      if (guard.restoreMark(database, progress()))
        onNotice(`${markOf(database.path)} was removed or changed while the server ran: it was written anew`)
      failing = false
    } catch (error) {
      if (!failing) onTrouble(error)
      failing = true
    }
    cancel = timers.after(MARK_INTERVAL, look)
  }
  cancel = timers.after(MARK_INTERVAL, look)
  return () => cancel()
}
