import { existsSync, linkSync, rmSync, statSync } from 'node:fs'
import { StoreError } from '../error.ts'
import { explainingSystem } from '../folder.ts'
import { createFile } from '../names.ts'
import { keptLogOf, logOf } from './files.ts'

/**
 * KeptLog gives the write-ahead log of a database a second name before SQLite opens it: SQLite takes the log over and removes
 * it when it closes the database, also if what was to be done has failed, and the next start would take it for lost.
 */
export class KeptLog {
  readonly #path: string
  /** True if there was a log. */
  readonly existed: boolean
  #keeps = false

  /** Throws a StoreError if there is no room for a name: then nothing is to be opened. */
  constructor(path: string, link = linkSync) {
    this.#path = path
    this.existed = existsSync(logOf(path))
    if (!this.existed) return
    try {
      explainingSystem(path, () => link(logOf(path), keptLogOf(path)))
      this.#keeps = true
    } catch (error) {
      if (error instanceof StoreError && error.code === 'full') throw error
      // a start that was killed has left the name; or the file system has no second names, or is read-only
      this.#keeps = isSameFile(logOf(path), keptLogOf(path))
    }
  }

  /**
   * Puts the log back if SQLite has removed it, when the database is closed: its commits are in the database, and are taken
   * over again. Where there are no second names, an empty log says as much.
   */
  restore(): void {
    quietly(() => {
      // a log that is there may be that of another server
      if (!this.existed || existsSync(logOf(this.#path))) return
      if (this.#keeps) linkSync(keptLogOf(this.#path), logOf(this.#path))
      else createFile(logOf(this.#path))
    })
    this.release()
  }

  /** Removes the second name. */
  release(): void {
    if (this.#keeps) quietly(() => rmSync(keptLogOf(this.#path), { force: true }))
    this.#keeps = false
  }
}

/** Checks whether two paths are names of one file. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // the next start says that the log is missing
  }
}
