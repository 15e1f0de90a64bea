import type { StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { StoreError } from '../error.ts'
import type { Addition, Ending } from '../log.ts'
import { type Database, number, text } from './database.ts'

/**
 * Journal is everything that has happened, in order: a row or more for each commit, at places counted from 1, none of which
 * is missing. It begins with a later place where the oldest rows were taken away.
 */
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

  /** Adds a batch, inside of `Database.transaction`. */
  add(place: number, batch: string): void {
    this.#add.run(place, batch, checksumOf(place, batch))
  }

  /** The batch at a place, and whether it is as it was written; an empty one where there is none. */
  at(place: number): { readonly batch: string; readonly intact: boolean } {
    const row = this.#database.ask(() => this.#at.get(place))
    if (!row) return { batch: '', intact: true }
    const batch = text(row.batch)
    // rows of versions before 9 have no checksum
    return { batch, intact: row.crc === null || row.crc === checksumOf(place, batch) }
  }

  /**
   * The oldest rows up to a place, as many as have so many characters, and one at least. Throws a StoreError for one that is
   * not as it was written: what is moved gets a checksum anew, and damage is not to be hidden by that.
   */
  oldest(upTo: number, characters: number): readonly Row[] {
    return this.#database.ask(() => {
      const rows: Row[] = []
      let read = 0
      for (const row of this.#upTo.iterate(upTo)) {
        const batch = text(row.batch)
        read += batch.length
        if (rows.length > 0 && read > characters) break
        const place = number(row.place)
        if (row.crc !== null && row.crc !== checksumOf(place, batch)) throw brokenAt(place, 'is not as it was written')
        rows.push({ place, batch })
      }
      return rows
    })
  }

  /** Takes away all rows up to a place, inside of `Database.transaction`. */
  remove(upTo: number): void {
    this.#remove.run(upTo)
  }

  /** The batches after a place. Throws a StoreError where one of them is missing. */
  *after(place: number): Iterable<string> {
    let next = place + 1
    for (const row of this.#database.ask(() => this.#after.all(place))) {
      if (row.place !== next) throw brokenAt(next, 'is not there')
      yield text(row.batch)
      next++
    }
  }
}

/** The checksum of a batch: of another text, or at another place, it is another. */
export function checksumOf(place: number, batch: string): number {
  return crc32(batch, place >>> 0)
}

/** Row is a row of the journal. */
export interface Row {
  readonly place: number
  readonly batch: string
}

/**
 * Batch is what one commit brings, as text, a part for each addition: a line with the table, the number of the event
 * before, and how the table ends, if it does; then the events, a line each, all with a line break before it. JSON has no
 * line breaks, and no digit at its beginning here, so that it is clear where the next part begins, whatever people say.
 * What openings have in common is written once: in a line behind one of `=`. `^` stands for it, in the parts after that.
 */
export class Batch {
  /** All of it. */
  text = ''
  #beginning = ''

  /** Adds a part; answers at which character, from 0. */
  add({ table, expected, beginning, lines }: Addition, ending: Ending | undefined): number {
    if (beginning !== '' && beginning !== this.#beginning) {
      this.text += `${SHARED}${beginning}`
      this.#beginning = beginning
    }
    const from = this.text.length
    this.text += `\n${table} ${expected}${ending ? ` ${ending}` : ''}${beginning === '' ? '' : SAME}${lines}`
    return from
  }
}

const SHARED = '\n='
const SAME = '\n^'

/** Part is an addition as it stands in a batch, from a character to another, both counted from 0. */
export interface Part extends Omit<Addition, 'beginning'> {
  readonly from: number
  readonly to: number
}

/** A batch of parts, with nothing shared between them. */
export function batchOf(parts: readonly Part[]): string {
  return parts.map(({ table, expected, ending, lines }) => `\n${table} ${expected}${ending ? ` ${ending}` : ''}${lines}`).join('')
}

/** The parts of the batch at a place, in order. Throws a StoreError for what is no batch. */
export function* partsOf(batch: string, place: number): Iterable<Part> {
  for (const part of partsFrom(batch, 0)) {
    if (typeof part === 'number') throw brokenAt(place, `cannot be read from character ${part + 1} on`)
    yield part
  }
}

/** BatchReader finds parts of a batch, one behind the other, and goes through the batch once. */
export class BatchReader {
  readonly #batch: string
  /** The parts behind the last shared beginning that was needed, the one that was reached, and where the next shared beginning stands. */
  #parts: Iterator<Part | number> | undefined
  #part: Part | number | undefined
  #next: number

  constructor(batch: string) {
    this.#batch = batch
    this.#next = batch.indexOf(`${SHARED}\n`)
  }

  /** The part that begins at a character behind that of the part before; nothing where none does. */
  partAt(from: number): Part | undefined {
    const part = readPart(this.#batch, from, '')
    if (part !== NO_BEGINNING) return part
    let shared: number | undefined
    while (this.#next >= 0 && this.#next < from) {
      shared = this.#next
      this.#next = this.#batch.indexOf(`${SHARED}\n`, shared + 1)
    }
    // the shared part stands before parts that must all be whole, so that it is not taken for that of others
    if (shared !== undefined) this.#goOn(partsFrom(this.#batch, shared)[Symbol.iterator]())
    while (typeof this.#part === 'object' && this.#part.from < from) this.#goOn(this.#parts)
    return typeof this.#part === 'object' && this.#part.from === from ? this.#part : undefined
  }

  #goOn(parts: Iterator<Part | number> | undefined): void {
    this.#parts = parts
    this.#part = parts?.next().value
  }
}

/** The parts of a batch from one, or from a shared beginning, on; where there is none, its character at last. */
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

/** How a part begins, before its first event. */
const BEGINNING = /\n(\d+) (\d+)(?: (ended|counts))?(?=\n[[{^])/y
/** There is a part that needs what it shares with others. */
const NO_BEGINNING = 'no beginning'

function readPart(batch: string, from: number, shared: string): Part | typeof NO_BEGINNING | undefined {
  BEGINNING.lastIndex = from
  const match = BEGINNING.exec(batch)
  if (!match) return undefined
  const [head, table, expected, how] = match
  const ending: Ending | undefined = how === 'ended' || how === 'counts' ? how : undefined
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
  return { table: Number(table), expected: Number(expected), count, lines, ending, from, to }
}

/** Where the line ends whose line break stands at a character. */
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
