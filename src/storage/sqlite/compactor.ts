import type { StatementSync } from 'node:sqlite'
import type { OnStoreError } from '../error.ts'
import { type Database, toNumber } from './database.ts'

/** Compactable is a journal that can remove its oldest rows in steps. */
export interface Compactable {
  /** Place of the last row that the journal can remove now. */
  readonly indexedUpTo: number
  /**
   * Removes the oldest rows: rows with at most `characters` characters together, or a single longer row. Returns the place of the last
   * removed row; `undefined` if the journal can remove no row.
   */
  removeOldest(characters: number): number | undefined
}

/** Compaction has the size limit of a file, and the size of a step of the compactor. */
export interface Compaction {
  /** Size limit of the file in bytes; above this limit, the store drops finished tables, oldest first. */
  readonly keep: number
  /** Number of characters of the journal that one step removes; a step blocks the event loop. */
  readonly step?: number
}

const STEP = 16_000
/** Maximum number of characters that the journal adds between two checks of the size. */
const LOOK = 1_000_000
/** A pass begins when all bytes of `keep` are in use, and ends when only this fraction of `keep` is in use. */
const ENOUGH = 0.97
/** If a pass through the whole journal did not free enough bytes, the next pass begins when the used bytes have grown by this factor. */
const GROWTH = 1.25

/**
 * Compactor limits the size of a file in the background. When more bytes than the limit are in use, a pass removes the oldest rows of the
 * journal, one bounded step in each turn of the event loop, until enough bytes are free. SQLite reuses free pages, so the file does not
 * grow. A pass ends at the latest at the row that was the last removable row at the beginning of the pass, so the pass ends even if
 * compaction can remove no table.
 */
export class Compactor {
  readonly #journal: Compactable
  readonly #keep: number
  readonly #step: number
  readonly #onError: OnStoreError
  readonly #pages: StatementSync
  #added = 0
  /** Number of bytes in use at which the next pass begins. */
  #from: number
  #turn: NodeJS.Immediate | undefined

  constructor(database: Database, journal: Compactable, { keep, step = STEP }: Compaction, onError: OnStoreError) {
    this.#journal = journal
    this.#keep = keep
    this.#step = step
    this.#onError = onError
    this.#from = keep
    this.#pages = database.prepare(`
      SELECT (page_count - freelist_count) * page_size AS used FROM pragma_page_count, pragma_freelist_count, pragma_page_size`)
    this.noteAdded(Number.POSITIVE_INFINITY)
  }

  /** Number of bytes of the file in use. */
  get used(): number {
    return toNumber(this.#pages.get()?.used)
  }

  /** Counts characters that the journal has added, and begins a pass if the file is too large. */
  noteAdded(characters: number): void {
    this.#added += characters
    if (this.#turn || this.#added < Math.min(LOOK, this.#keep / 100)) return
    this.#added = 0
    if (this.used > this.#from) this.#begin()
  }

  /** Ends the current pass, and begins no further pass. */
  close(): void {
    clearImmediate(this.#turn)
  }

  #begin(): void {
    const end = this.#journal.indexedUpTo
    const turn = () => {
      this.#turn = this.#goOn(end) ? setImmediate(turn) : undefined
    }
    this.#turn = setImmediate(turn)
  }

  /** Runs one step of a pass that ends at the place `end`; returns true if the pass continues. */
  #goOn(end: number): boolean {
    try {
      const last = this.#journal.removeOldest(this.#step)
      const { used } = this
      this.#from = this.#keep
      if (used <= ENOUGH * this.#keep) return false
      if (last !== undefined && last < end) return true
      this.#from = Math.max(this.#keep, GROWTH * used)
      return false
    } catch (error) {
      this.#from = GROWTH * Math.max(this.#keep, this.#from)
      this.#onError(error)
      return false
    }
  }
}
