import { existsSync } from 'node:fs'
import type { Store } from '../hall/ports.ts'
import { defaults, settingsFile } from '../server/defaults.ts'
import { messageOf } from '../terminal/trouble.ts'
import { complain, Usage } from './diagnostics.ts'

/** The value of `--data` if nothing is persisted. */
export const NOWHERE = 'none'

/** Size limits of a store, and callbacks for what happens while it opens and runs: sentences, and errors that it survived. */
export interface StoreNotices {
  /** Bytes that its file may use before finished tables are dropped from it. */
  readonly keep?: number
  readonly onNotice: (sentence: string) => void
  readonly onTrouble: (error: unknown) => void
  /** Advice, as a sentence, if another program has the folder open. */
  readonly onBusy?: string
}

/** FolderInUse is the refusal of a folder that another program has open: no mistake in the command line. */
export class FolderInUse extends Usage {}

/** Notices on standard error. */
const complaining: StoreNotices = { onNotice: complain, onTrouble: (error) => complain(messageOf(error)) }

/** Opens the store of games, people and ranks: in a folder, or for as long as this process lasts. */
export async function storeIn(folder: string, durable?: 'process' | 'power', notices = complaining): Promise<Store> {
  if (folder === NOWHERE) return (await import('../storage/memory.ts')).memoryStore()
  const { openStore } = await import('../storage/sqlite.ts')
  const { StoreError } = await import('../storage/error.ts')
  try {
    return await openStore({ folder, durable, ...notices })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const { onBusy } = notices
    const sentence = withOption(error.message)
    throw error.code === 'in-use' && onBusy !== undefined ? new FolderInUse(onBusy, sentence) : new Usage(sentence)
  }
}

/** A sentence with the option that it leaves open: some say already that another folder is a way out. */
function withOption(sentence: string): string {
  const option = `--data names another, or "${NOWHERE}"`
  if (/choose another folder$/.test(sentence)) return `${sentence} (${option})`
  return /another folder/.test(sentence) ? sentence : `${sentence}; --data names another folder, or "${NOWHERE}"`
}

/** The folder that `serve` would keep everything in here, without an option that says where. */
export async function usualFolder(): Promise<string> {
  if (!process.env.PARLOR_CONFIG && !existsSync(settingsFile)) return defaults.data
  return (await (await import('./config.ts')).settingsOf({})).config.data
}
