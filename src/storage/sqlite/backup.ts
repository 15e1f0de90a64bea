import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../error.ts'
import { explainingSystem } from '../folder.ts'
import { createFile } from '../names.ts'
import { Database } from './database.ts'
import { migrate } from './migrations.ts'
import { damagesOf, structureOf } from './scan.ts'

/** Makes an empty file for its owner alone. Throws a StoreError where it cannot be made, or is there already. */
export function makeFile(path: string): void {
  explainingSystem(path, () => createFile(path))
}

/**
 * Makes a whole store of a copy that was taken while a server went on, at another path: a file of its own, with a name of its
 * own, that no server has open. It is checked, on the disk, and there at once or not at all. Throws a StoreError where the
 * copy is damaged.
 */
export function finishBackup(copy: string, path: string): void {
  detachCopy(copy, (database) => {
    const wrong = [...structureOf(database), ...damagesOf(database).map(({ place, what }) => `place ${place} of the journal ${what}`)]
    if (wrong.length > 0)
      throw new StoreError('damaged', `the copy is damaged as the store is (${wrong.slice(0, 3).join('; ')}): see "parlor verify"`)
  })
  explainingSystem(path, () => {
    settle(copy)
    renameSync(copy, path)
    settle(dirname(path))
  })
}

/**
 * Makes a store of a copy that was taken while a server went on: with a name of its own, that no server has open. `check` is
 * run before; what it throws is thrown. Throws a StoreError if the copy cannot be read or written.
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
  // one file is all of it, also for who copies it with other tools
  const alone = new DatabaseSync(copy)
  try {
    alone.exec('PRAGMA journal_mode = DELETE')
  } finally {
    alone.close()
  }
}

/** Waits until a file, or what a folder has, is on the disk. */
export function settle(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
