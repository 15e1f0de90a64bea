import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../hall/ports.ts'
import { Commits, type OnTrouble, warn } from './commits.ts'
import { explainingSystem, type OnNotice, prepareFolder, withFolder } from './folder.ts'
import { Log } from './log.ts'
import { checkNoLinks } from './names.ts'
import { Outage, systemTimers, type Timers } from './outage.ts'
import { SqliteAccounts } from './sqlite/accounts.ts'
import { createDatabase, type Durable } from './sqlite/database.ts'
import { checkDatabaseExists, resolveDatabase } from './sqlite/files.ts'
import { Guard } from './sqlite/guard.ts'
import { SqliteHistory } from './sqlite/history.ts'
import { watchMark } from './sqlite/mark-watch.ts'
import { migrate } from './sqlite/migrations.ts'
import { SqliteResults } from './sqlite/results.ts'
import { ScoreCounts } from './sqlite/score-counts.ts'
import { SqliteShelf } from './sqlite/tables.ts'
import { SqliteUsage } from './sqlite/usage.ts'

/** StoreOptions is how a store on disk is opened. */
export interface StoreOptions {
  /** Where its file `parlor.db` is; made where it is missing. */
  readonly folder: string
  /** What is to be survived, `process` where it is not given. */
  readonly durable?: Durable | undefined
  /** Bytes that the file may use before finished tables are dropped from it, the oldest first; without limit where not given. */
  readonly keep?: number | undefined
  /** Told what a follower has thrown; without it, that becomes a warning of the process. */
  readonly onTrouble?: OnTrouble | undefined
  /** Source of time; the system's by default. */
  readonly timers?: Timers | undefined
  /** Called with sentences for the operator: files that were open to other users. Without it, these are dropped. */
  readonly onNotice?: OnNotice | undefined
}

/**
 * Opens the store in a folder, for this process alone. Rejects with a StoreError where another process has it open, or
 * where its file is damaged, or of a newer version, or none of ours, or where the folder cannot be written.
 */
export async function openStore({
  folder,
  durable = 'process',
  keep = Number.POSITIVE_INFINITY,
  onTrouble = warn,
  onNotice = () => {},
  timers = systemTimers,
}: StoreOptions): Promise<Store> {
  const path = databaseIn(folder, onNotice)
  const guard = new Guard(path)
  const outage = new Outage({ timers, probe: () => database.probe(), onTrouble })
  const onFailure: OnTrouble = (error) => outage.failed(error)
  const database = guard.openDatabase(durable, onFailure)
  try {
    migrate(database)
    guard.checkRows(database, onNotice)
    const shelf = new SqliteShelf(database, onFailure)
    guard.checkEnd(database, shelf.progress, onNotice)
    guard.open(database, durable, shelf.progress)
    const write = (work: () => void) => {
      const { place } = shelf.progress
      shelf.transaction(work)
      if (shelf.progress.place > place) database.noteCommit()
      guard.note(shelf.progress)
    }
    let closed = false
    const endWatch = watchMark({ guard, database, timers, progress: () => shelf.progress, onNotice, onTrouble })
    const commits = new Commits(write, onTrouble, outage)
    const tables = new Log(shelf, commits)
    const scores = new ScoreCounts()
    if (keep !== Number.POSITIVE_INFINITY) shelf.compact({ keep }, (table) => tables.isFollowed(table))
    return {
      keeps: true,
      waitsForDisk: durable === 'power',
      tables,
      results: new SqliteResults(database, commits, scores),
      history: new SqliteHistory(database, commits),
      accounts: new SqliteAccounts(database, commits, scores),
      usage: new SqliteUsage(database, commits),
      availability: outage,
      backup: (file) => database.backup(file),
      checkFiles: () => database.checkFiles(),
      async close() {
        if (closed) return
        closed = true
        outage.close()
        endWatch()
        try {
          commits.close()
        } finally {
          try {
            shelf.close()
            guard.close(database, shelf.progress)
          } catch (error) {
            // acknowledged events are durable all the same, and the folder may be away
            onFailure(error)
          } finally {
            database.close()
          }
        }
      },
    }
  } catch (error) {
    database.close()
    guard.restoreLog(error)
    throw guard.explain(error)
  }
}

/** The path of the database in a folder, both created if they do not exist. Throws a StoreError, also if the database is lost. */
function databaseIn(folder: string, onNotice: OnNotice): string {
  const named = join(folder, 'parlor.db')
  // the check is before anything is created or changed; a folder that cannot be used is explained below
  if (isFolder(folder)) {
    explainingSystem(folder, () => checkNoLinks(folder))
    checkDatabaseExists(resolveDatabase(named))
  }
  return withFolder(folder, () => {
    const path = resolveDatabase(prepareFolder(folder, onNotice))
    if (!existsSync(path)) createDatabase(path)
    return path
  })
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
