import { errorMessage } from '../../base/errors.ts'
import type { TableEvent, TableId } from '../../hall/ports.ts'
import { decodeEvents } from '../append.ts'
import { StoreError } from '../error.ts'
import { Database, toNumber } from './database.ts'
import { SqliteEventStore } from './event-store.ts'
import { parseParts } from './journal.ts'
import { checkStructure, findDamages, findTablesAt, scanRows } from './journal-scan.ts'
import { formatTables, LossGuard } from './loss-guard.ts'
import { migrate } from './migrations.ts'
import { TableIndex } from './table-index.ts'

/** Verification has the findings of `verify`. */
export interface Verification {
  readonly tables: number
  readonly events: number
  /** The problems; each problem is a sentence. */
  readonly problems: readonly string[]
}

/** Replay replays the events of a table by the rules of the game. Returns the first fault, or `undefined` if the events have no fault. */
export type Replay = (table: TableId, events: readonly TableEvent[]) => string | undefined

/** Maximum number of tables that the verification reads in one step. */
const TOGETHER = 500

/**
 * Verifies a database: the structure of the file, the checksum of each row of the journal, and the end of the journal. Checks that the
 * index has every table of the journal, that the events of each table are readable and follow the rules, and that results belong to
 * finished rated tables. The function changes the file, so the caller passes a copy. Throws a StoreError if SQLite cannot open the file, or
 * if the disk is full.
 */
export function verify(path: string, replay: Replay): Verification {
  const guard = new LossGuard(path)
  const problems: string[] = []
  const found = { tables: 0, events: 0 }
  const database = new Database(path, 'process')
  /**
   * Runs one part of the verification, such as the check of the journal. Adds an exception of the part to the problems; the other parts
   * still run.
   */
  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      note(error)
    }
  }
  const note = (error: unknown) => {
    // this error concerns the disk that has the copy, not the database
    if (error instanceof StoreError && error.code === 'full') throw error
    problems.push(errorMessage(error))
  }
  try {
    migrate(database)
    problems.push(...checkStructure(database))
    attempt(() => problems.push(...damageProblems(database)))
    attempt(() => {
      const store = new SqliteEventStore(database, (error) => problems.push(errorMessage(error)))
      guard.checkEnd(database, store.progress, (sentence) => problems.push(sentence))
      // the close completes the index
      store.close()
      const tables = new TableIndex(database).listTables()
      found.tables = tables.length
      for (const [table, lines] of linesOf(store, tables)) {
        attempt(() => {
          if (lines instanceof Error) throw lines
          const events = decodeEvents(table, lines)
          found.events += events.length
          const wrong = replay(table, events)
          if (wrong !== undefined) problems.push(`table ${table}: ${wrong}`)
        })
      }
      problems.push(...strayProblems(database, new Set(tables)))
      attempt(() => problems.push(...resultProblems(database, store, new Set(tables))))
    })
  } catch (error) {
    note(error)
  } finally {
    database.close()
  }
  return { ...found, problems: [...new Set(problems)] }
}

function damageProblems(database: Database): string[] {
  return findDamages(database).map((damage) => {
    const tables = findTablesAt(database, new Set([damage.place]))
    return `place ${damage.place} of the journal ${damage.what}: events of ${formatTables(tables)} are lost`
  })
}

/**
 * Reports tables that are in the journal but not in the index. If compaction has removed rows, reports no table, because the journal may
 * have parts of dropped tables.
 */
function strayProblems(database: Database, tables: ReadonlySet<TableId>): string[] {
  const stray = new Set<TableId>()
  for (const { place, batch } of scanRows(database)) {
    for (const { table } of batch === undefined ? [] : parseParts(batch, place)) if (!tables.has(table)) stray.add(table)
  }
  const [first] = scanRows(database)
  return first?.place === 1 && stray.size > 0 ? [`the journal has ${formatTables([...stray])}, which the index lacks`] : []
}

function* linesOf(store: SqliteEventStore, tables: readonly TableId[]): Iterable<readonly [TableId, string | Error]> {
  for (let from = 0; from < tables.length; from += TOGETHER) yield* store.read(tables.slice(from, from + TOGETHER))
}

/** Reports invalid results. Results of dropped tables are not a problem. */
function resultProblems(database: Database, store: SqliteEventStore, tables: ReadonlySet<TableId>): string[] {
  const counting = new Set(store.listRatedEnded(undefined))
  const recorded = database
    .prepare('SELECT table_id FROM recorded')
    .all()
    .map(({ table_id }) => toNumber(table_id))
  const standings = database.prepare('SELECT person, game, score, games FROM standings').all()
  return [
    ...recorded
      .filter((table) => tables.has(table) && !counting.has(table))
      .map((table) => `results of table ${table} are recorded, although this table is not a finished rated table`),
    ...standings
      .filter(({ score, games }) => !Number.isFinite(score) || Number(games) < 0)
      .map(({ person, game }) => `the standing of ${person} in ${game} is not a number`),
  ]
}
