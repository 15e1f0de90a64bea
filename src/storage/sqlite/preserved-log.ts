import { existsSync, linkSync, rmSync, statSync } from 'node:fs'
import { quietly, StoreError } from '../error.ts'
import { convertSystemErrors } from '../folder.ts'
import { createFile } from '../names.ts'
import { preservedLogPath, walPath } from './database-files.ts'

/**
 * PreservedLog gives the write-ahead log of a database a second name before SQLite opens it. When SQLite closes the database, also
 * after a failed start, it checkpoints and removes the log; the next start would then report the log as lost.
 */
export class PreservedLog {
  readonly #path: string
  /** True if there was a log. */
  readonly existed: boolean
  #hasName = false

  /** Throws a StoreError if the disk has no space for a name; the caller must not open the database then. */
  constructor(path: string, link = linkSync) {
    this.#path = path
    this.existed = existsSync(walPath(path))
    if (!this.existed) return
    try {
      convertSystemErrors(path, () => link(walPath(path), preservedLogPath(path)))
      this.#hasName = true
    } catch (error) {
      if (error instanceof StoreError && error.code === 'full') throw error
      // the name may be left from a killed start, or the file system may be read-only or without hard links
      this.#hasName = isSameFile(walPath(path), preservedLogPath(path))
    }
  }

  /**
   * Restores the log if SQLite has removed it; the caller must close the database first. The database already has the commits of the
   * log, so a second checkpoint changes nothing. On a file system without hard links, it creates an empty log, which has the same
   * effect.
   */
  restore(): void {
    // without the log, the next start reports that the log is missing
    quietly(() => {
      // an existing log may belong to another server
      if (!this.existed || existsSync(walPath(this.#path))) return
      if (this.#hasName) linkSync(preservedLogPath(this.#path), walPath(this.#path))
      else createFile(walPath(this.#path))
    })
    this.release()
  }

  /** Removes the second name, if possible. */
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
