import type { StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { StoreError } from '../error.ts'
import type { AppendBatch, EndKind } from '../event-store.ts'
import { type Database, toNumber, toText } from './database.ts'

/*
 * This file defines the format of the journal.
 *
 * The journal is a table of rows (place, batch, crc). Places begin at 1 and have no gap; the first place is higher if compaction has
 * removed the oldest rows. A batch is text with one part for each append. A part is a head line and one line of JSON for each event. Every
 * line begins with a line break.
 *
 *   \n7 3              table 7, after its event 3
 *   \n[0,4,17]           event 4 (events.ts: a move, with its seat, the move, the time)
 *   \n9 0 ended        table 9, a new table, which ends in this part; `counts` if the game is rated
 *   \n{"type":...}       its events
 *
 * The problem: a reader has to find the end of a part but must not parse JSON. The JSON text of an event has no line breaks and begins with
 * `[` or `{`, and a head begins with a digit. So the first character of a line distinguishes an event from a head, even if events contain
 * texts of users.
 *
 * Openings take most of the bytes, because they contain the initial state, and the openings of one game are similar. So a batch has the
 * common beginning of openings only once, after a line `=`. In the following parts, a `^` at the beginning of a line stands for this shared
 * beginning. To read a part with `^`, BatchReader searches for the last `=` before the part, and then reads all parts from there, so that
 * BatchReader never mistakes the text of another part for a shared beginning.
 *
 * The checksum includes the place, so that a row at a wrong place does not match. Rows of files before version 9 have no checksum. The
 * checksum is necessary because SQLite detects damage to the structure of its pages, but not to the text in a row.
 */

/** Journal reads and writes the rows of the table `journal`. */
export class Journal {
  readonly #database: Database
  readonly #add: StatementSync
  readonly #at: StatementSync
  readonly #after: StatementSync
  readonly #upTo: StatementSync
  readonly #remove: StatementSync

  constructor(database: Database) {
    this.#database = database
    this.#add = database.prepare('INSERT INTO journal (place, batch, crc) VALUES (?, ?, ?)')
    this.#at = database.prepare('SELECT batch, crc FROM journal WHERE place = ?')
    this.#after = database.prepare('SELECT place, batch FROM journal WHERE place > ? ORDER BY place')
    this.#upTo = database.prepare('SELECT place, batch, crc FROM journal WHERE place <= ? ORDER BY place')
    this.#remove = database.prepare('DELETE FROM journal WHERE place <= ?')
  }

  /** Adds a batch, inside `Database.transaction`. */
  add(place: number, batch: string): void {
    this.#add.run(place, batch, checksum(place, batch))
  }

  /** Returns the batch at a place; `intact` is true if the checksum matches. Returns an empty batch for a missing row. */
  at(place: number): { readonly batch: string; readonly intact: boolean } {
    const row = this.#database.query(() => this.#at.get(place))
    if (!row) return { batch: '', intact: true }
    const batch = toText(row.batch)
    // rows of versions before 9 have no checksum
    return { batch, intact: row.crc === null || row.crc === checksum(place, batch) }
  }

  /**
   * Returns the oldest rows up to the place `upTo`: rows with at most `characters` characters together, but at least one row if there is a
   * row. Throws a StoreError if a checksum does not match, because compaction would give the moved parts a new checksum, which would hide
   * the damage.
   */
  oldest(upTo: number, characters: number): readonly JournalRow[] {
    return this.#database.query(() => {
      const rows: JournalRow[] = []
      let read = 0
      for (const row of this.#upTo.iterate(upTo)) {
        const batch = toText(row.batch)
        read += batch.length
        if (rows.length > 0 && read > characters) break
        const place = toNumber(row.place)
        if (row.crc !== null && row.crc !== checksum(place, batch)) throw brokenAt(place, 'is not as it was written')
        rows.push({ place, batch })
      }
      return rows
    })
  }

  /** Removes all rows up to a place, inside `Database.transaction`. */
  remove(upTo: number): void {
    this.#remove.run(upTo)
  }

  /** Yields the batches after a place. Throws a StoreError for a missing row. */
  *after(place: number): Iterable<string> {
    let next = place + 1
    for (const row of this.#database.query(() => this.#after.all(place))) {
      if (row.place !== next) throw brokenAt(next, 'is not there')
      yield toText(row.batch)
      next++
    }
  }
}

/** Returns the CRC-32 of a batch with the place as the initial value, so that a row at a wrong place does not match. */
export function checksum(place: number, batch: string): number {
  return crc32(batch, place >>> 0)
}

/** JournalRow is a row of the journal: a place and a batch. */
export interface JournalRow {
  readonly place: number
  readonly batch: string
}

/** Batch collects the parts of one journal row as text. */
export class Batch {
  text = ''
  #beginning = ''

  /** Adds a part to the text. Returns the character at which the part begins, from 0. */
  add({ table, expected, prefix, lines }: AppendBatch, ending: EndKind | undefined): number {
    if (prefix !== '' && prefix !== this.#beginning) {
      this.text += `${SHARED}${prefix}`
      this.#beginning = prefix
    }
    const from = this.text.length
    this.text += `\n${table} ${expected}${ending ? ` ${ending}` : ''}${prefix === '' ? '' : SAME}${lines}`
    return from
  }
}

const SHARED = '\n='
const SAME = '\n^'

/** Part is an append in a batch: the characters from the index `from` to the index before `to`. */
export interface Part extends Omit<AppendBatch, 'prefix'> {
  readonly from: number
  readonly to: number
}

/** Formats parts as a batch without shared beginnings. */
export function formatBatch(parts: readonly Part[]): string {
  return parts.map(({ table, expected, endKind, lines }) => `\n${table} ${expected}${endKind ? ` ${endKind}` : ''}${lines}`).join('')
}

/** Yields the parts of a batch in order. Throws a StoreError that names the place if the batch is invalid. */
export function* parseParts(batch: string, place: number): Iterable<Part> {
  for (const part of partsFrom(batch, 0)) {
    if (typeof part === 'number') throw brokenAt(place, `cannot be read from character ${part + 1} on`)
    yield part
  }
}

/** BatchReader finds parts of a batch in ascending order, in one pass over the batch. */
export class BatchReader {
  readonly #batch: string
  /**
   * `#parts` has the parts after the shared beginning that the reader has used last, and `#part` is the current part. `#next` is the
   * character at which the next shared beginning starts.
   */
  #parts: Iterator<Part | number> | undefined
  #part: Part | number | undefined
  #next: number

  constructor(batch: string) {
    this.#batch = batch
    this.#next = batch.indexOf(`${SHARED}\n`)
  }

  /**
   * Returns the part that begins at the character `from`; `undefined` if no part begins there. Each call must have a higher `from` than the
   * previous call.
   */
  partAt(from: number): Part | undefined {
    const part = readPart(this.#batch, from, '')
    if (part !== NO_BEGINNING) return part
    let shared: number | undefined
    while (this.#next >= 0 && this.#next < from) {
      shared = this.#next
      this.#next = this.#batch.indexOf(`${SHARED}\n`, shared + 1)
    }
    // the reader checks all parts after the shared beginning, because the text at `from` may be inside another part
    if (shared !== undefined) this.#goOn(partsFrom(this.#batch, shared)[Symbol.iterator]())
    while (typeof this.#part === 'object' && this.#part.from < from) this.#goOn(this.#parts)
    return typeof this.#part === 'object' && this.#part.from === from ? this.#part : undefined
  }

  #goOn(parts: Iterator<Part | number> | undefined): void {
    this.#parts = parts
    this.#part = parts?.next().value
  }
}

/**
 * Yields the parts of a batch from the character `start` on. At an invalid part, yields the index of the part's first character and stops.
 */
function* partsFrom(batch: string, start: number): Iterable<Part | number> {
  let beginning = ''
  for (let from = start; from < batch.length; ) {
    if (batch.startsWith(`${SHARED}\n`, from)) {
      const line = from + SHARED.length
      from = endOf(batch, line)
      beginning = batch.slice(line, from)
    }
    const part = readPart(batch, from, beginning)
    if (!part || part === NO_BEGINNING) {
      yield from
      return
    }
    yield part
    from = part.to
  }
}

/** The head of a part, before its first event. */
const BEGINNING = /\n(\d+) (\d+)(?: (ended|counts))?(?=\n[[{^])/y
/** Result of `readPart` for a part that needs a shared beginning. */
const NO_BEGINNING = 'no beginning'

function readPart(batch: string, from: number, shared: string): Part | typeof NO_BEGINNING | undefined {
  BEGINNING.lastIndex = from
  const match = BEGINNING.exec(batch)
  if (!match) return undefined
  const [head, table, expected, how] = match
  const ending: EndKind | undefined = how === 'ended' || how === 'counts' ? how : undefined
  const events = from + head.length
  const same = batch.startsWith(SAME, events)
  if (same && shared === '') return NO_BEGINNING
  let to = same ? endOf(batch, events) : events
  let count = same ? 1 : 0
  while (batch[to + 1] === '[' || batch[to + 1] === '{') {
    to = endOf(batch, to)
    count++
  }
  const lines = same ? shared + batch.slice(events + SAME.length, to) : batch.slice(events, to)
  return { table: Number(table), expected: Number(expected), count, lines, endKind: ending, from, to }
}

/** Returns the index of the next line break after `from`, or the length of the batch. */
function endOf(batch: string, from: number): number {
  const next = batch.indexOf('\n', from + 1)
  return next < 0 ? batch.length : next
}

function brokenAt(place: number, amiss: string): StoreError {
  return new StoreError(
    'damaged',
    `the store is damaged: place ${place} of its journal ${amiss}: put back a copy, or choose another folder`,
  )
}
