import { existsSync, linkSync, rmSync, statSync } from 'node:fs'
import { quietly, StoreError } from '../error.ts'
import { convertSystemErrors } from '../folder.ts'
import { createFile } from '../names.ts'
import { preservedLogPath, walPath } from './database-files.ts'

/**
 * PreservedLog gives the write-ahead log of a database a second name before SQLite opens the database. When SQLite closes a database, even
 * after a failed start, SQLite checkpoints and removes the log. Without the second name, the next start would then report that the log is
 * lost.
 */
export class PreservedLog {
  readonly #path: string
  /** True if there was a log. */
  readonly existed: boolean
  #hasName = false

  /** Throws a StoreError if the disk has no space for a name. In this case, the caller must not open the database. */
  constructor(path: string, link = linkSync) {
    this.#path = path
    this.existed = existsSync(walPath(path))
    if (!this.existed) return
    try {
      convertSystemErrors(path, () => link(walPath(path), preservedLogPath(path)))
      this.#hasName = true
    } catch (error) {
      if (error instanceof StoreError && error.code === 'full') throw error
      // an earlier start that was killed may have left the second name, or the file system is read-only or has no hard links
      this.#hasName = isSameFile(walPath(path), preservedLogPath(path))
    }
  }

  /**
   * Restores the log if SQLite has removed it; the caller must close the database first. The database already has the commits of the log,
   * so a second checkpoint changes nothing. If the log has no second name, creates an empty log, which has the same effect.
   */
  restore(): void {
    // if an error prevents the restoration, the next start reports that the log is missing
    quietly(() => {
      // an existing log may belong to another server
      if (!this.existed || existsSync(walPath(this.#path))) return
      if (this.#hasName) linkSync(preservedLogPath(this.#path), walPath(this.#path))
      else createFile(walPath(this.#path))
    })
    this.release()
  }

  /** Removes the second name; ignores errors. */
  release(): void {
    if (this.#hasName) quietly(() => rmSync(preservedLogPath(this.#path), { force: true }))
    this.#hasName = false
  }
}

/** Checks whether two paths are names of one file. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}
