import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { TestClock } from './test-clock.ts'

/** A store whose writes a test can block: it moves the folder away for a while, which any user may do. */
export interface BreakableStore {
  readonly store: Store
  /** The path of its folder. */
  readonly path: string
  /** Moves the folder away: from now on, writes fail. */
  break(): void
  /** Moves the folder back, and lets the store detect the move. */
  mend(): Promise<void>
  /** Errors of which no client was notified. */
  readonly troubles: readonly unknown[]
}

/** Opens a store in a folder of its own, closed and deleted after the test; a clock of its own controls the retries. */
export async function openBreakableStore(clock = new TestClock()): Promise<BreakableStore> {
  const around = mkdtempSync(join(tmpdir(), 'parlor-outage-'))
  const path = join(around, 'data')
  const away = join(around, 'away')
  const troubles: unknown[] = []
  const store = await openStore({ folder: path, timers: clock, onError: (trouble) => troubles.push(trouble) })
  onTestFinished(async () => {
    await store.close()
    rmSync(around, { recursive: true })
  })
  return {
    store,
    path,
    troubles,
    break: () => renameSync(path, away),
    async mend() {
      renameSync(away, path)
      // the longest time until the next retry
      await clock.pass(5000)
    },
  }
}
