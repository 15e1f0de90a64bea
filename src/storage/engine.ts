import type { Store } from '../hall/ports.ts'
import type { OnStoreError } from './error.ts'

/** StorageOptions has the options of every engine. An engine ignores options that have no meaning for its medium. */
export interface StorageOptions {
  /** The failure that a commit survives: the end of the process (default), or also a loss of power. */
  readonly durable?: 'process' | 'power' | undefined
  /** Size limit of the data in bytes; above this limit, the store drops finished tables, oldest first. Default: no limit. */
  readonly keep?: number | undefined
  /**
   * Called with errors that the store cannot return to a caller, such as exceptions of followers. Default: the store emits the errors as
   * warnings of the process.
   */
  readonly onError?: OnStoreError | undefined
  /** Called with sentences for the operator. Default: the store drops the sentences. */
  readonly onWarning?: ((sentence: string) => void) | undefined
}

/**
 * StorageEngine declares a way to store the data of a server. Each engine is a folder beside this file. The declaration of an engine loads
 * the code of the engine only when the engine opens a store.
 */
export interface StorageEngine {
  /** Scheme of the engine's URLs, without the colon: at least two lower-case letters, because a single letter is a drive of Windows. */
  readonly scheme: string
  /**
   * The name that the help shows for the text after the scheme, such as `FOLDER`. If this name is missing, no text may follow the scheme.
   */
  readonly place?: string
  /** True if the place is a folder of this machine. The commands for operators read and write that folder. */
  readonly isFolder?: boolean
  /** A word that has the same meaning as the URL `scheme:`. */
  readonly word?: string
  /** Description of the engine, as a phrase for the help of `--data`. */
  readonly help: string
  /** True if the data of the engine survives the end of the process. */
  readonly isDurable: boolean
  /** Opens the store at a place. Rejects with a StoreError if the engine cannot open the store. */
  open(place: string, options: StorageOptions): Promise<Store>
}
