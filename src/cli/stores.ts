import { existsSync } from 'node:fs'
import { errorMessage } from '../base/errors.ts'
import { defaults, settingsFile } from '../config/defaults.ts'
import type { Store } from '../hall/ports.ts'
import { printError, UsageError } from './diagnostics.ts'

/** The value of `--data` for a server that persists nothing. */
export const NOWHERE = 'none'

/** StoreNotices is the size limit of a store, and callbacks for notices and for errors that do not stop it. */
export interface StoreNotices {
  /** Size limit of its file in bytes, beyond which finished tables are dropped. */
  readonly keep?: number
  readonly onNotice: (sentence: string) => void
  readonly onError: (error: unknown) => void
  /** Advice to print, as a sentence, if another process has the folder open. */
  readonly onBusy?: string
}

/** FolderInUse is the error for a folder that another process has open. */
export class FolderInUse extends UsageError {}

/** Notices on standard error. */
const complaining: StoreNotices = { onNotice: printError, onError: (error) => printError(errorMessage(error)) }

/** Opens the store in a folder, or in memory if the folder is `NOWHERE`. Rejects with a UsageError if it cannot be opened. */
export async function openStoreIn(folder: string, durable?: 'process' | 'power', notices = complaining): Promise<Store> {
  if (folder === NOWHERE) return (await import('../storage/memory/index.ts')).memoryStore()
  const { openStore } = await import('../storage/sqlite/index.ts')
  const { StoreError } = await import('../storage/error.ts')
  try {
    return await openStore({ folder, durable, ...notices })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const { onBusy } = notices
    const sentence = withOption(error.message)
    throw error.code === 'in-use' && onBusy !== undefined ? new FolderInUse(onBusy, sentence) : new UsageError(sentence)
  }
}

/** Adds `--data` to a sentence of the store, which knows no options; some sentences already advise another folder. */
function withOption(sentence: string): string {
  const option = `--data names another, or "${NOWHERE}"`
  if (/choose another folder$/.test(sentence)) return `${sentence} (${option})`
  return /another folder/.test(sentence) ? sentence : `${sentence}; --data names another folder, or "${NOWHERE}"`
}

/** Resolves to the folder that `serve` would use here without `--data`. */
export async function findDefaultFolder(): Promise<string> {
  if (!process.env.PARLOR_CONFIG && !existsSync(settingsFile)) return defaults.data
  return (await (await import('./config.ts')).resolveSettings({})).config.data
}
