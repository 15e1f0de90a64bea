import { mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Store } from '../hall/ports.ts'
import { Commits, type OnTrouble, warn } from './commits.ts'
import { StoreError, sentenceOf } from './error.ts'
import { Log } from './log.ts'
import { SqliteAccounts } from './sqlite/accounts.ts'
import { Database, type Durable } from './sqlite/database.ts'
import { migrate } from './sqlite/migrations.ts'
import { SqliteResults } from './sqlite/results.ts'
import { SqliteShelf } from './sqlite/tables.ts'

/** How a store on disk is opened. */
export interface StoreOptions {
  /** Where its file `parlor.db` is; made where it is missing. */
  readonly folder: string
  /** What is to be survived, `process` where it is not given. */
  readonly durable?: Durable | undefined
  /** Told what a follower has thrown; without it, that becomes a warning of the process. */
  readonly onTrouble?: OnTrouble | undefined
}

/**
 * Opens the store in a folder, for this process alone. Rejects with a StoreError where another process has it open, or
 * where its file is damaged, or of a newer version, or none of ours.
 */
export async function openStore({ folder, durable = 'process', onTrouble = warn }: StoreOptions): Promise<Store> {
  await make(folder)
  const database = new Database(join(folder, 'parlor.db'), durable, onTrouble)
  try {
    migrate(database)
    const shelf = new SqliteShelf(database, onTrouble)
    const commits = new Commits((work) => shelf.transaction(work), onTrouble)
    return {
      tables: new Log(shelf, commits),
      results: new SqliteResults(database, commits),
      accounts: new SqliteAccounts(database, commits),
      async close() {
        try {
          commits.close()
        } finally {
          try {
            shelf.close()
          } finally {
            database.close()
          }
        }
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}

async function make(folder: string): Promise<void> {
  try {
    await makeWithin(resolve(folder))
  } catch (error) {
    throw new StoreError('failed', `the folder ${folder} cannot be made: ${sentenceOf(error)}`, error)
  }
}

/** Makes a folder, and those that it is in: Node's own way to do both never ends where there can be no folders, as in /proc. */
async function makeWithin(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory()) return
    if (found) throw new Error(`${folder} is no folder`, { cause: error })
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing || dirname(folder) === folder) throw error
    await makeWithin(dirname(folder))
    await mkdir(folder)
  }
}
