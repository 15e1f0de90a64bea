import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { TestClock } from './clock.ts'

/** A store that a test can keep from writing, which any user may do: its folder is away for a while. */
export interface StoreToBreak {
  readonly store: Store
  /** Where its folder is. */
  readonly path: string
  /** Takes the folder away: nothing can be written from now on. */
  break(): void
  /** Puts it back, and lets the store find that out. */
  mend(): Promise<void>
  /** What went wrong that no client was told of. */
  readonly troubles: readonly unknown[]
}

/** Opens a store in a folder of its own, closed and gone after the test; a clock of the test's own says when it tries again. */
export async function storeToBreak(clock = new TestClock()): Promise<StoreToBreak> {
  const around = mkdtempSync(join(tmpdir(), 'parlor-outage-'))
  const path = join(around, 'data')
  const away = join(around, 'away')
  const troubles: unknown[] = []
  const store = await openStore({ folder: path, timers: clock, onTrouble: (trouble) => troubles.push(trouble) })
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
      // as long as it takes at most until it tries again
      await clock.pass(5000)
    },
  }
}
