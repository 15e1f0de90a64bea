import type { Store } from '../hall/ports.ts'
import type { OnStoreError } from './error.ts'

/** StorageOptions has the options of every engine. An engine ignores those that have no meaning for its medium. */
export interface StorageOptions {
  /** The event that a commit survives: the end of the process (default), or also a loss of power. */
  readonly durable?: 'process' | 'power' | undefined
  /** Size limit of the data in bytes, beyond which the store drops finished tables, the oldest first; unlimited by default. */
  readonly keep?: number | undefined
  /** Called with errors for which no caller waits, such as exceptions of followers; by default they become warnings of the process. */
  readonly onError?: OnStoreError | undefined
  /** Called with sentences for the operator. By default, the store drops them. */
  readonly onWarning?: ((sentence: string) => void) | undefined
}

/**
 * StorageEngine declares a way to store the data of a server. Each engine is a folder beside this file; its declaration
 * loads the code only to open a store.
 */
export interface StorageEngine {
  /** Scheme of its URLs, without the colon: at least two lower-case letters, because one letter is a drive of Windows. */
  readonly scheme: string
  /** The text that follows the scheme, as the help names it, such as `FOLDER`; without it, nothing may follow. */
  readonly place?: string
  /** Whether the place is a folder of this machine. The commands for operators work in that folder. */
  readonly isFolder?: boolean
  /** A word that stands for the URL `scheme:`. */
  readonly word?: string
  /** Description of the engine, as a phrase for the help of `--data`. */
  readonly help: string
  /** Whether the data of the engine survives the end of the process. */
  readonly isDurable: boolean
  /** Opens the store at a place. Rejects with a StoreError if the engine cannot open the store. */
  open(place: string, options: StorageOptions): Promise<Store>
}
