import { existsSync } from 'node:fs'
import { errorMessage } from '../base/errors.ts'
import { defaults, settingsFile } from '../config/defaults.ts'
import type { Store } from '../hall/ports.ts'
import { StoreError } from '../storage/error.ts'
import { openStorage, parseStorageUrl, type StorageTarget, StorageUrlError } from '../storage/index.ts'
import { printError, UsageError } from './diagnostics.ts'

/** The value of `--data` for a server that persists nothing. */
export const NOWHERE = 'none'

/** StoreNotices has the size limit of a store, and callbacks for warnings and for errors that do not stop the store. */
export interface StoreNotices {
  /** Size limit of the store in bytes. A larger store drops finished tables. */
  readonly keep?: number
  readonly onWarning: (sentence: string) => void
  readonly onError: (error: unknown) => void
  /** The advice that the store adds to its error if another process has the folder open. */
  readonly onBusy?: string
}

/** FolderInUse is the error for a folder that another process has open. */
export class FolderInUse extends UsageError {}

/** Prints warnings and errors on standard error. */
const complaining: StoreNotices = { onWarning: printError, onError: (error) => printError(errorMessage(error)) }

/** Opens the store that `--data` names: a folder, or a URL. Rejects with a UsageError if the store refuses to open. */
export async function openStoreIn(data: string, durable?: 'process' | 'power', { onBusy, ...notices } = complaining): Promise<Store> {
  parseData(data)
  try {
    return await openStorage(data, { durable, ...notices })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const sentence = withOption(error.message)
    throw error.code === 'in-use' && onBusy !== undefined ? new FolderInUse(onBusy, sentence) : new UsageError(sentence)
  }
}

/**
 * Returns the folder that the value of `--data` names; `undefined` for a value that names no folder. Throws a UsageError for an
 * invalid URL.
 */
export function toDataFolder(data: string): string | undefined {
  return parseData(data).folder
}

function parseData(data: string): StorageTarget {
  try {
    return parseStorageUrl(data)
  } catch (error) {
    if (!(error instanceof StorageUrlError)) throw error
    throw new UsageError(`--data: ${error.message}`)
  }
}

/**
 * Adds advice with `--data` to a sentence of the store, because the store has no options of a command line. Some sentences already advise
 * the user to choose another folder.
 */
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
