import type { TableId } from '../../hall/ports.ts'
import { decodeEvents } from '../append.ts'
import { damagedEventError } from '../event-codec.ts'
import { BatchReader, type Journal, type Part } from './journal.ts'
import { type JournalPosition, parsePositions } from './known-table.ts'
import type { TableIndexEntry } from './table-index.ts'

/** Wanted is the position of a part to read; `at` is the index of the part among the parts of the table. */
interface Wanted extends JournalPosition {
  readonly reading: Reading
  readonly at: number
}

/**
 * Returns the events of each table as lines of text, or an Error for a table that the journal does not have whole. Reads each row of the
 * journal once, in ascending order, for all tables that have a part in the row.
 */
export function readTables(journal: Journal, tables: Iterable<readonly [TableId, TableIndexEntry]>): ReadonlyMap<TableId, string | Error> {
  const readings = Array.from(tables, ([table, entry]) => new Reading(table, entry))
  const wanted = readings.flatMap((reading) => reading.wanted)
  wanted.sort((one, other) => one.place - other.place || one.from - other.from)
  let row = 0
  let reader = new BatchReader('')
  let intact = true
  for (const { place, from, reading, at } of wanted) {
    if (place !== row) {
      const found = journal.at(place)
      reader = new BatchReader(found.batch)
      intact = found.intact
    }
    row = place
    reading.intact &&= intact
    reading.parts[at] = reader.partAt(from)
  }
  return new Map(readings.map((reading) => [reading.table, reading.lines()]))
}

/** Reading collects the parts of one table. */
class Reading {
  readonly table: TableId
  readonly wanted: readonly Wanted[]
  /** The parts, in the order of the events; `undefined` for a part that the journal lacks. */
  readonly parts: (Part | undefined)[]
  /** True if the checksum of each row with a part of the table matches. */
  intact = true
  readonly #version: number

  constructor(table: TableId, entry: TableIndexEntry) {
    this.table = table
    this.#version = entry.version
    this.wanted = parsePositions(entry).map((position, at) => ({ ...position, reading: this, at }))
    this.parts = Array(this.wanted.length).fill(undefined)
  }

  /** Returns all lines of the table; an Error if lines are missing or damaged. */
  lines(): string | Error {
    let lines = ''
    let n = 0
    for (const part of this.parts) {
      if (part?.table !== this.table || part.expected !== n) return damagedEventError(this.table, n + 1, 'it is missing from the journal')
      lines += part.lines
      n += part.count
    }
    if (n < this.#version) return damagedEventError(this.table, n + 1, 'it is missing from the journal')
    if (n > this.#version) return damagedEventError(this.table, this.#version + 1, 'it should not be there')
    return this.intact ? lines : changed(this.table, lines)
  }
}

/** Returns the error for a table that has a part in a damaged row. If an event is invalid, the error is about the first invalid event. */
function changed(table: TableId, lines: string): Error {
  try {
    decodeEvents(table, lines)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
  return damagedEventError(table, 1, 'its row of the journal is not as it was written')
}
