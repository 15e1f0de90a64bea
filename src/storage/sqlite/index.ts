import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../../hall/ports.ts'
import { type OnStoreError, warn } from '../error.ts'
import { EventLog } from '../event-log.ts'
import type { EventStore } from '../event-store.ts'
import { convertSystemErrors, type OnStoreWarning, prepareFolder, withNewFolder } from '../folder.ts'
import { GroupCommit } from '../group-commit.ts'
import { TableClaims } from '../memory-leases.ts'
import { connectMeeting, createMeetingBacking } from '../memory-meeting.ts'
import { checkNoLinks } from '../names.ts'
import { Outage, systemTimers, type Timers } from '../outage.ts'
import { SqliteAccounts } from './accounts.ts'
import { createDatabase, type Durability } from './database.ts'
import { checkDatabaseExists, resolveDatabase } from './database-files.ts'
import { SqliteEventStore } from './event-store.ts'
import { SqliteHistory } from './history.ts'
import { LossGuard } from './loss-guard.ts'
import { migrate } from './migrations.ts'
import { watchMark } from './progress-mark-watch.ts'
import { SqliteResults } from './results.ts'
import { ScoreCounts } from './score-counts.ts'
import { SqliteUsage } from './usage.ts'

export interface StoreOptions {
  /** Folder of the file `parlor.db`; the store creates the folder if it does not exist. */
  readonly folder: string
  /** The failure that a commit survives. Default: `process`. */
  readonly durable?: Durability | undefined
  /** Size limit of the file in bytes; above this limit, the store drops finished tables, oldest first. Default: no limit. */
  readonly keep?: number | undefined
  /**
   * Called with errors that the store cannot return to a caller, such as exceptions of followers. Default: the store emits the errors as
   * warnings of the process.
   */
  readonly onError?: OnStoreError | undefined
  /** Source of time. Default: the system's clock and timers. */
  readonly timers?: Timers | undefined
  /**
   * Called with sentences for the operator, for example about files that other users could read. Default: the store drops the
   * sentences.
   */
  readonly onWarning?: OnStoreWarning | undefined
}

/**
 * Opens the store in a folder; only this process can use the store. Therefore seeks, presence, notices and claims of tables are in the
 * memory of the process, as in the store in memory, and end with the process. Rejects with a StoreError if another process has the folder
 * open, if the file is damaged, has a newer version or belongs to another program, or if this user cannot write to the folder.
 */
export async function openStore({
  folder,
  durable = 'process',
  keep = Number.POSITIVE_INFINITY,
  onError = warn,
  onWarning = () => {},
  timers = systemTimers,
}: StoreOptions): Promise<Store> {
  const path = databaseIn(folder, onWarning)
  const guard = new LossGuard(path)
  const outage = new Outage({ timers, probe: () => database.probe(), onError })
  const onFailure: OnStoreError = (error) => outage.reportFailure(error)
  const database = guard.openDatabase(durable, onFailure)
  try {
    migrate(database)
    guard.checkRows(database, onWarning)
    const events = new SqliteEventStore(database, onFailure)
    guard.checkEnd(database, events.progress, onWarning)
    guard.open(database, durable, events.progress)
    const guarded: Pick<EventStore, 'write'> = {
      write(batches, works) {
        const { place } = events.progress
        const rejected = events.write(batches, works)
        if (events.progress.place > place) database.noteCommit()
        guard.note(events.progress)
        return rejected
      },
    }
    let closed = false
    const endWatch = watchMark({ guard, database, timers, progress: () => events.progress, onWarning, onError })
    const commits = new GroupCommit(guarded, onError, outage)
    const backing = createMeetingBacking({ onError })
    const tables = new EventLog(events, commits, new TableClaims(backing.leases))
    const scores = new ScoreCounts()
    if (keep !== Number.POSITIVE_INFINITY) events.compact({ keep }, (table) => tables.isFollowed(table))
    return {
      isDurable: true,
      waitsForDisk: durable === 'power',
      tables,
      results: new SqliteResults(database, commits, scores),
      history: new SqliteHistory(database, commits),
      accounts: new SqliteAccounts(database, commits, scores),
      usage: new SqliteUsage(database, commits),
      meeting: connectMeeting(backing),
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
            events.close()
            guard.close(database, events.progress)
          } catch (error) {
            // this error loses no acknowledged event, because the store wrote each event before its acknowledgment
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

/**
 * Returns the path of the database in a folder; creates the folder and the database if they do not exist. Throws a StoreError, for example
 * for a lost database.
 */
function databaseIn(folder: string, onWarning: OnStoreWarning): string {
  const named = join(folder, 'parlor.db')
  // these checks run before the store creates or changes a file; `prepareFolder` explains why a folder is unusable
  if (isFolder(folder)) {
    convertSystemErrors(folder, () => checkNoLinks(folder))
    checkDatabaseExists(resolveDatabase(named))
  }
  return withNewFolder(folder, () => {
    const path = resolveDatabase(prepareFolder(folder, onWarning))
    if (!existsSync(path)) createDatabase(path)
    return path
  })
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
