import type { TableEvent, TableId } from '../../hall/ports.ts'
import { StoreError, sentenceOf } from '../error.ts'
import { eventsOf } from '../log.ts'
import { Database, number } from './database.ts'
import { Directory } from './directory.ts'
import { Guard, tablesOf } from './guard.ts'
import { partsOf } from './journal.ts'
import { migrate } from './migrations.ts'
import { damagesOf, rowsOf, structureOf, tablesAt } from './scan.ts'
import { SqliteShelf } from './tables.ts'

/** Verification is what was found in a store. */
export interface Verification {
  readonly tables: number
  readonly events: number
  /** Problems, a sentence each. */
  readonly problems: readonly string[]
}

/** Says what is wrong with a table's events, if anything: whether they follow from each other, by the rules of its game. */
export type Replay = (table: TableId, events: readonly TableEvent[]) => string | undefined

/** Tables that are read together. */
const TOGETHER = 500

/**
 * Verifies a database: its structure, the checksum of each row of the journal, that nothing is missing at its end, that
 * the directory leads to all events and to no others, that each table's events can be read and replayed, and that
 * results are of tables that have ended. The file may be changed by that, as by opening it: give it a copy. Throws a StoreError
 * if the file cannot be opened, or there is no room on its disk.
 */
export function verify(path: string, replay: Replay): Verification {
  const guard = new Guard(path)
  const problems: string[] = []
  const found = { tables: 0, events: 0 }
  const database = new Database(path, 'process')
  /** Runs one part of the verification: its exception is a problem, and the rest is verified all the same. */
  const tried = (work: () => void) => {
    try {
      work()
    } catch (error) {
      note(error)
    }
  }
  const note = (error: unknown) => {
    // such an error belongs to the disk of the copy
    if (error instanceof StoreError && error.code === 'full') throw error
    problems.push(sentenceOf(error))
  }
  try {
    migrate(database)
    problems.push(...structureOf(database))
    tried(() => problems.push(...damageProblems(database)))
    tried(() => {
      const shelf = new SqliteShelf(database, (error) => problems.push(sentenceOf(error)))
      guard.checkEnd(database, shelf.progress, (sentence) => problems.push(sentence))
      // then the directory leads to all
      shelf.close()
      const tables = new Directory(database).tables()
      found.tables = tables.length
      for (const [table, lines] of linesOf(shelf, tables)) {
        tried(() => {
          if (lines instanceof Error) throw lines
          const events = eventsOf(table, lines)
          found.events += events.length
          const wrong = replay(table, events)
          if (wrong !== undefined) problems.push(`table ${table}: ${wrong}`)
        })
      }
      problems.push(...strayProblems(database, new Set(tables)))
      tried(() => problems.push(...resultProblems(database, shelf, new Set(tables))))
    })
  } catch (error) {
    note(error)
  } finally {
    database.close()
  }
  return { ...found, problems: [...new Set(problems)] }
}

function damageProblems(database: Database): string[] {
  return damagesOf(database).map((damage) => {
    const tables = tablesAt(database, new Set([damage.place]))
    return `place ${damage.place} of the journal ${damage.what}: events of ${tablesOf(tables)} are lost`
  })
}

/** Tables that the journal has, and the directory has not: those of a journal that was compacted were dropped. */
function strayProblems(database: Database, tables: ReadonlySet<TableId>): string[] {
  const stray = new Set<TableId>()
  for (const { place, batch } of rowsOf(database)) {
    for (const { table } of batch === undefined ? [] : partsOf(batch, place)) if (!tables.has(table)) stray.add(table)
  }
  const [first] = rowsOf(database)
  return first?.place === 1 && stray.size > 0 ? [`the journal has ${tablesOf([...stray])}, and the directory has not`] : []
}

function* linesOf(shelf: SqliteShelf, tables: readonly TableId[]): Iterable<readonly [TableId, string | Error]> {
  for (let from = 0; from < tables.length; from += TOGETHER) yield* shelf.read(tables.slice(from, from + TOGETHER))
}

/** Finds what is wrong with results; those of dropped tables stay. */
function resultProblems(database: Database, shelf: SqliteShelf, tables: ReadonlySet<TableId>): string[] {
  const counting = new Set(shelf.ended(undefined))
  const recorded = database
    .prepare('SELECT table_id FROM recorded')
    .all()
    .map(({ table_id }) => number(table_id))
  const standings = database.prepare('SELECT person, game, score, games FROM standings').all()
  return [
    ...recorded
      .filter((table) => tables.has(table) && !counting.has(table))
      .map((table) => `results of table ${table} are recorded, and it has not ended so that it counts`),
    ...standings
      .filter(({ score, games }) => !Number.isFinite(score) || Number(games) < 0)
      .map(({ person, game }) => `the standing of ${person} in ${game} is no number`),
  ]
}
