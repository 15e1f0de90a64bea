import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Store } from '../../src/hall/ports.ts'
import { type OnStoreError, warn } from '../../src/storage/error.ts'
import { EventLog } from '../../src/storage/event-log.ts'
import { GroupCommit } from '../../src/storage/group-commit.ts'
import { TableClaims } from '../../src/storage/memory-leases.ts'
import { connectMeeting, createMeetingBacking } from '../../src/storage/memory-meeting.ts'
import { SqliteAccounts } from '../../src/storage/sqlite/accounts.ts'
import { Database } from '../../src/storage/sqlite/database.ts'
import { type FlushPolicy, SqliteEventStore } from '../../src/storage/sqlite/event-store.ts'
import { SqliteHistory } from '../../src/storage/sqlite/history.ts'
import { migrate } from '../../src/storage/sqlite/migrations.ts'
import { SqliteResults } from '../../src/storage/sqlite/results.ts'
import { ScoreCounts } from '../../src/storage/sqlite/score-counts.ts'
import { SqliteUsage } from '../../src/storage/sqlite/usage.ts'

/** Creates a folder, deleted after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'parlor-store-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** Returns a copy of a store as it would be after a kill at this moment. */
export function leftBy(path: string): string {
  const copy = folder()
  cpSync(path, copy, { recursive: true })
  return copy
}

/** Opens a new or old database in a folder, migrated to the newest version. */
export function databaseIn(path: string): Database {
  const database = new Database(join(path, 'parlor.db'), 'process')
  onTestFinished(() => database.close())
  migrate(database)
  return database
}

/** Opens a store as `openStore` does, with the given pace of index updates. */
export function storeIn(database: Database, pace?: Partial<FlushPolicy>, onError: OnStoreError = warn): Store {
  const eventStore = new SqliteEventStore(database, onError, pace)
  const commits = new GroupCommit(eventStore, onError)
  const scores = new ScoreCounts()
  const backing = createMeetingBacking({ onError })
  const close = async () => {
    commits.close()
    eventStore.close()
    database.close()
  }
  onTestFinished(close)
  return {
    tables: new EventLog(eventStore, commits, new TableClaims(backing.leases)),
    meeting: connectMeeting(backing),
    results: new SqliteResults(database, commits, scores),
    history: new SqliteHistory(database, commits),
    accounts: new SqliteAccounts(database, commits, scores),
    usage: new SqliteUsage(database, commits),
    close,
  }
}
