import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../error.ts'
import { convertSystemErrors } from '../folder.ts'
import { createFile } from '../names.ts'
import { Database } from './database.ts'
import { checkStructure, findDamages } from './journal-scan.ts'
import { migrate } from './migrations.ts'

/** Creates an empty file that only its owner can read. Throws a StoreError if the path exists, or if the system cannot create the file. */
export function createEmptyFile(path: string): void {
  convertSystemErrors(path, () => createFile(path))
}

/**
 * Turns the copy of a running server's database into a backup at another path, with a new id. Checks, closes and syncs the copy, and
 * renames the copy as the last step, so that an incomplete backup never exists at the path. Throws a StoreError if the copy is damaged.
 */
export function finishBackup(copy: string, path: string): void {
  detachCopy(copy, (database) => {
    const wrong = [...checkStructure(database), ...findDamages(database).map(({ place, what }) => `place ${place} of the journal ${what}`)]
    if (wrong.length > 0)
      throw new StoreError('damaged', `the copy and the store are damaged (${wrong.slice(0, 3).join('; ')}): see "parlor verify"`)
  })
  convertSystemErrors(path, () => {
    syncToDisk(copy)
    renameSync(copy, path)
    syncToDisk(dirname(path))
  })
}

/**
 * Turns the copy of a running server's database into an independent store: with a new id, closed, in a single file. Calls `check` first; an
 * exception of `check` propagates to the caller. Throws a StoreError if SQLite cannot read or write the copy.
 */
export function detachCopy(copy: string, check: (database: Database) => void = () => {}): void {
  const database = new Database(copy, 'process')
  try {
    migrate(database)
    check(database)
    database.transaction(() => database.run('UPDATE origin SET id = lower(hex(randomblob(16))), open = 0'))
  } finally {
    database.close()
  }
  // without a write-ahead log, any tool can copy the single file
  const alone = new DatabaseSync(copy)
  try {
    alone.exec('PRAGMA journal_mode = DELETE')
  } finally {
    alone.close()
  }
}

/** Waits until the disk has the content of a file, or the entries of a folder. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
