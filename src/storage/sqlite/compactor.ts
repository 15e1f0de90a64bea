import type { StatementSync } from 'node:sqlite'
import type { OnTrouble } from '../commits.ts'
import { type Database, number } from './database.ts'

/** Compactable is a journal whose oldest rows can be taken away, some at a time. */
export interface Compactable {
  /** The last row that can be taken away now. */
  readonly covered: number
  /** Takes away the oldest rows, so many characters or a single row; answers with the last of them, `undefined` where there is none. */
  clean(characters: number): number | undefined
}

/** Compaction is the limits of a file's size. */
export interface Compaction {
  /** Bytes that the file may use before tables that have ended are dropped from it, the oldest first. */
  readonly keep: number
  /** Characters that are gone through at once, while nothing else can happen. */
  readonly step?: number
}

const STEP = 16_000
/** Characters that are added between two looks at the size, at most. */
const LOOK = 1_000_000
/** A pass ends with so much of `keep` in use, and another begins with all of it. */
const ENOUGH = 0.97
/** Factor of growth until the next pass begins, if one through the whole journal was not enough. */
const GROWTH = 1.25

/**
 * Compactor holds a file to a size, in the background: when more is in use, a pass goes through the oldest rows of the
 * journal, one bounded step a turn of the event loop, until enough is free. What is free is used again: the file does not
 * grow. A pass ends at the row that was covered when it began, so that it ends also where everything has to stay.
 */
export class Compactor {
  readonly #journal: Compactable
  readonly #keep: number
  readonly #step: number
  readonly #onTrouble: OnTrouble
  readonly #pages: StatementSync
  #added = 0
  /** Size in use at which the next pass begins. */
  #from: number
  #turn: NodeJS.Immediate | undefined

  constructor(database: Database, journal: Compactable, { keep, step = STEP }: Compaction, onTrouble: OnTrouble) {
    this.#journal = journal
    this.#keep = keep
    this.#step = step
    this.#onTrouble = onTrouble
    this.#from = keep
    this.#pages = database.prepare(`
      SELECT (page_count - freelist_count) * page_size AS used FROM pragma_page_count, pragma_freelist_count, pragma_page_size`)
    this.added(Number.POSITIVE_INFINITY)
  }

  /** Bytes of the file that are in use. */
  get used(): number {
    return number(this.#pages.get()?.used)
  }

  /** Counts characters that were added to the journal. */
  added(characters: number): void {
    this.#added += characters
    if (this.#turn || this.#added < Math.min(LOOK, this.#keep / 100)) return
    this.#added = 0
    if (this.used > this.#from) this.#begin()
  }

  /** Goes through no more. */
  close(): void {
    clearImmediate(this.#turn)
  }

  #begin(): void {
    const end = this.#journal.covered
    const turn = () => {
      this.#turn = this.#goOn(end) ? setImmediate(turn) : undefined
    }
    this.#turn = setImmediate(turn)
  }

  /** One step of a pass that ends with a row; answers whether there is more to do. */
  #goOn(end: number): boolean {
    try {
      const last = this.#journal.clean(this.#step)
      const { used } = this
      this.#from = this.#keep
      if (used <= ENOUGH * this.#keep) return false
      if (last !== undefined && last < end) return true
      this.#from = Math.max(this.#keep, GROWTH * used)
      return false
    } catch (error) {
      this.#from = GROWTH * Math.max(this.#keep, this.#from)
      this.#onTrouble(error)
      return false
    }
  }
}
