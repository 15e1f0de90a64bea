import type { TableId } from '../../hall/ports.ts'
import type { OnTrouble } from '../commits.ts'
import type { Addition, Shelf } from '../log.ts'
import { planCleaning } from './cleaning.ts'
import { type Compactable, type Compaction, Compactor } from './compactor.ts'
import type { Database } from './database.ts'
import { type Cover, Directory, type Entry } from './directory.ts'
import { Batch, Journal, partsOf } from './journal.ts'
import { Known, NEW, type Position } from './known.ts'
import type { Progress } from './mark.ts'
import { readTables } from './reading.ts'

/** Pace is how the directory follows the journal. */
export interface Pace {
  /** How many characters the journal is ahead before it follows: so much is read on opening. */
  readonly lag: number
  /** How many entries are written at once, while nothing else can happen; so many go into blocks as soon as there are as many. */
  readonly entries: number
  /** Characters of a full row of the journal; the rest of a commit goes into further rows. */
  readonly row: number
}

const PACE: Pace = { lag: 4_000_000, entries: 128, row: 64_000 }

/** Update is the directory on its way to where the journal was when it began: `done` of these tables have their rows. */
interface Update {
  readonly cover: Cover
  readonly tables: readonly TableId[]
  done: number
}

/**
 * SqliteShelf keeps events in the table `journal`, where each commit adds a row with all that it brings; nothing in it is
 * ever changed, and the oldest rows are taken away where that is asked for. What an append is compared with is in memory, as is where in the journal all that lies which is not
 * yet in the directory: that follows some way behind.
 */
export class SqliteShelf implements Shelf, Compactable {
  readonly #database: Database
  readonly #journal: Journal
  readonly #directory: Directory
  readonly #onTrouble: OnTrouble
  readonly #pace: Pace
  /** The tables that have not ended, and those that the directory does not have as they are. */
  readonly #known = new Map<TableId, Known>()
  /** Those of them that have ended and go into blocks, in the order in which they ended, and how many are enough for that. */
  #finished: TableId[] = []
  #enough: number
  /** Characters that the journal may be ahead of the directory. */
  #lag: number
  #ahead = 0
  /** The last place in the journal, how many tables have ended by then, and the highest number that a table has. */
  #place: number
  #ended: number
  #highest: TableId
  /** The place up to which the directory has everything. */
  #covered: number
  #update: Update | undefined
  #turn: NodeJS.Immediate | undefined
  /** What the commit under way brings. */
  #batch = new Batch()
  #compactor: Compactor | undefined
  /** Checks whether a table has followers, so that more events may come. */
  #inUse: (table: TableId) => boolean = () => false

  /** What goes wrong with the directory is told to `onTrouble`: nothing is lost by that, and it will be tried again. */
  constructor(database: Database, onTrouble: OnTrouble, pace: Partial<Pace> = {}) {
    this.#database = database
    this.#journal = new Journal(database)
    this.#directory = new Directory(database)
    this.#onTrouble = onTrouble
    this.#pace = { ...PACE, ...pace }
    this.#enough = this.#pace.entries
    this.#lag = this.#pace.lag
    const { place, ended } = this.#directory.covered()
    this.#place = place
    this.#covered = place
    this.#ended = ended
    this.#highest = this.#directory.highest()
    for (const [table, entry] of this.#directory.unfinished()) this.#known.set(table, new Known(entry))
    this.#readOn()
  }

  highest(): TableId {
    return this.#highest
  }

  /** Progress of the journal. */
  get progress(): Progress {
    return { place: this.#place, highest: this.#highest, ended: this.#ended }
  }

  get covered(): number {
    return this.#covered
  }

  /** Holds the file to a size from now on, by dropping tables that have ended and are not in use, the oldest first. */
  compact(compaction: Compaction, inUse: (table: TableId) => boolean): void {
    this.#inUse = inUse
    // events that the directory does not cover have to stay, and are to be a small part
    this.#lag = Math.min(this.#pace.lag, compaction.keep / 8)
    this.#compactor = new Compactor(this.#database, this, compaction, this.#onTrouble)
  }

  /** Runs work that may add, and keeps what it adds, in one transaction. */
  transaction(work: () => void): void {
    const place = this.#place
    const ended = this.#ended
    const finished = this.#finished.length
    const ahead = this.#ahead
    try {
      this.#database.transaction(() => {
        work()
        this.#endRow()
      })
    } catch (error) {
      this.#batch = new Batch()
      this.#finished.length = finished
      this.#ahead = ahead
      this.#place = place
      this.#forget(place, ended)
      throw error
    }
    if (this.#finished.length >= this.#enough) this.#fillBlocks()
    this.#compactor?.added(this.#ahead - ahead)
  }

  add(addition: Addition): boolean {
    const { table, expected, count } = addition
    const inMemory = this.#known.get(table)
    const known = inMemory ?? this.#find(table)
    if (known.version !== expected) return false
    if (count === 0) return true
    // a row that is read again for one of its tables is not to be as long as what all of them bring at once
    if (this.#batch.text.length >= this.#pace.row) this.#endRow()
    const from = this.#batch.add(addition, known.ended === undefined ? addition.ending : undefined)
    this.#learn(addition, from, known, !inMemory)
    return true
  }

  read(tables: readonly TableId[]): ReadonlyMap<TableId, string | Error> {
    return this.#database.ask(() =>
      readTables(
        this.#journal,
        tables.map((table) => [table, (this.#known.get(table) ?? this.#find(table)).entry]),
      ),
    )
  }

  unfinished(): readonly TableId[] {
    const tables = this.#database.ask(() => [...this.#known].filter(([, { ended }]) => ended === undefined))
    return tables.map(([table]) => table).sort((one, other) => one - other)
  }

  ended(after: TableId | undefined): readonly TableId[] | undefined {
    const from = after === undefined ? 0 : (this.#known.get(after) ?? this.#find(after)).ended
    if (from === undefined) return undefined
    const tables = new Map(this.#directory.ended(from))
    for (const [table, { ended, counts }] of this.#known) if (counts && ended !== undefined && ended > from) tables.set(ended, table)
    return [...tables].sort(([one], [other]) => one - other).map(([, table]) => table)
  }

  /** Brings the directory up to date, so that there is nothing to be read when the store is opened again. */
  close(): void {
    clearImmediate(this.#turn)
    this.#compactor?.close()
    if (this.#covered < this.#place) this.#update = this.#begun()
    while (this.#update) this.#write(this.#update)
  }

  clean(characters: number): number | undefined {
    if (this.#finished.length > 0) this.#fillBlocks()
    const rows = this.#journal.oldest(this.#covered, characters)
    const last = rows.at(-1)?.place
    if (last === undefined) return undefined
    const recorded = this.#entry(this.#directory.lastRecorded())?.ended ?? 0
    const { batch, moved, dropped } = planCleaning(rows, {
      place: this.#place + 1,
      find: (table) => this.#entry(table),
      mayDrop: (table, entry, positions) => this.#mayDrop(table, entry, positions, recorded),
    })
    this.#database.transaction(() => {
      if (batch !== '') this.#journal.add(this.#place + 1, batch)
      for (const [table, entry] of moved) this.#directory.set(table, entry)
      this.#directory.drop(dropped)
      this.#journal.remove(last)
    })
    if (batch !== '') this.#passed(batch)
    for (const [table, entry] of moved) {
      const known = this.#known.get(table)
      known?.noted(entry)
      if (known?.ended !== undefined && !known.finished) this.#drop(table)
    }
    return last
  }

  #entry(table: TableId): Entry | undefined {
    const known = this.#known.get(table)
    return known ? known.entry : this.#directory.find(table)
  }

  /**
   * Checks whether a finished table may be dropped: not if a part of it is read when the store opens, if it is the last
   * of all, or the last that was recorded, behind which others are looked for.
   */
  #mayDrop(table: TableId, { ended = 0, counts }: Entry, positions: readonly Position[], recorded: number): boolean {
    if (table === this.#highest || this.#inUse(table) || (counts && ended >= recorded)) return false
    return positions.every(({ place }) => place <= this.#covered)
  }

  /** Reads what stands in the journal behind the directory. */
  #readOn(): void {
    const found = new Map<TableId, Known>()
    for (const batch of this.#journal.after(this.#place)) {
      for (const part of partsOf(batch, this.#place + 1)) {
        const inMemory = this.#known.get(part.table)
        const known = inMemory ?? found.get(part.table) ?? this.#find(part.table)
        if (!inMemory) found.set(part.table, known)
        if (part.expected >= known.version) this.#learn(part, part.from, known, !inMemory)
        else if (part.ending) this.#ended++
      }
      this.#passed(batch)
    }
  }

  /** What is known of a table that is not in memory. */
  #find(table: TableId): Known {
    const entry = table > this.#highest ? undefined : this.#directory.find(table)
    return new Known(entry ?? NEW)
  }

  /** Learns what the next place of the journal has of a table, from a character on; `isNew` where nothing of that is in memory. */
  #learn({ table, expected, count, ending }: Omit<Addition, 'beginning' | 'lines'>, from: number, known: Known, isNew: boolean): void {
    if (isNew) this.#known.set(table, known)
    if (table > this.#highest) this.#highest = table
    if (ending !== undefined && known.ended === undefined) {
      known.ended = ++this.#ended
      known.counts = ending === 'counts'
      known.finished = !known.counts && known.places === ''
      if (known.finished) this.#finished.push(table)
    }
    known.version = expected + count
    known.spots = { place: this.#place + 1, from, expected, before: known.spots }
  }

  /** Forgets the entries behind a place, which is rolled back; as many tables had `ended` before. */
  #forget(place: number, ended: number): void {
    for (const [table, known] of this.#known) {
      for (; known.spots && known.spots.place > place; known.spots = known.spots.before) known.version = known.spots.expected
      if ((known.ended ?? 0) > ended) {
        known.ended = undefined
        known.counts = false
        known.finished = false
      }
      if (known.version === 0 || (known.ended !== undefined && !known.spots)) this.#known.delete(table)
    }
    this.#ended = ended
  }

  /** Adds what was gathered to the journal as its next row, inside of `Database.transaction`. */
  #endRow(): void {
    const { text } = this.#batch
    if (text === '') return
    this.#batch = new Batch()
    this.#journal.add(this.#place + 1, text)
    this.#passed(text)
  }

  /** The next place of the journal has this batch. */
  #passed(batch: string): void {
    this.#place++
    this.#ahead += batch.length
    if (this.#ahead > this.#lag) this.#turn ??= setImmediate(() => this.#advance())
  }

  /** Lets the directory follow, some entries a turn. */
  #advance(): void {
    this.#turn = undefined
    this.#update ??= this.#begun()
    this.#write(this.#update)
    if (this.#update) this.#turn = setImmediate(() => this.#advance())
  }

  #begun(): Update {
    this.#ahead = 0
    const tables: TableId[] = []
    for (const [table, known] of this.#known) if (known.spots && !known.finished) tables.push(table)
    return { cover: { place: this.#place, ended: this.#ended }, tables: tables.sort((one, other) => one - other), done: 0 }
  }

  /** Writes some of the entries of an update; it ends with the last of them, or where they cannot be written. */
  #write(update: Update): void {
    const { tables, cover, done } = update
    const rows = tables.slice(done, done + this.#pace.entries)
    const finished = this.#finished.slice(0, this.#pace.entries - rows.length)
    // what has ended only since then may have begun before, and so have no row
    const last = done + rows.length === tables.length && finished.length === this.#finished.length
    if (last) this.#update = undefined
    try {
      this.#database.transaction(() => {
        for (const table of rows) {
          const known = this.#known.get(table)
          // one that has ended meanwhile goes into a block, or has gone there
          if (known && !known.finished) this.#directory.set(table, known.entry)
        }
        this.#directory.add(this.#entriesOf(finished))
        if (last) this.#directory.cover(cover)
      })
    } catch (error) {
      this.#update = undefined
      this.#onTrouble(error)
      return
    }
    if (last) this.#covered = cover.place
    update.done += rows.length
    for (const table of rows) this.#noted(table)
    this.#filled(finished)
  }

  /** Lets the directory have some of those that have ended. Where it cannot, that is tried again when they are twice as many. */
  #fillBlocks(): void {
    const tables = this.#finished.slice(0, this.#pace.entries)
    try {
      this.#database.transaction(() => this.#directory.add(this.#entriesOf(tables)))
    } catch (error) {
      this.#enough = 2 * this.#finished.length
      this.#onTrouble(error)
      return
    }
    this.#enough = this.#pace.entries
    this.#filled(tables)
  }

  #entriesOf(tables: readonly TableId[]): (readonly [TableId, Entry])[] {
    const entries: (readonly [TableId, Entry])[] = []
    for (const table of tables) {
      const known = this.#known.get(table)
      if (known) entries.push([table, known.entry])
    }
    return entries
  }

  /** The first of those that have ended are in blocks. */
  #filled(tables: readonly TableId[]): void {
    for (const table of tables) this.#drop(table)
    this.#finished = this.#finished.slice(tables.length)
  }

  /** The directory has a row for a table, as that is: one that has ended need not be in memory any more. */
  #noted(table: TableId): void {
    const known = this.#known.get(table)
    if (!known || known.finished) return
    if (known.ended !== undefined) return this.#drop(table)
    known.noted(known.entry)
  }

  /** Forgets a table that the directory has. A Map keeps what was in it for a while: so at least not where all that stands. */
  #drop(table: TableId): void {
    const known = this.#known.get(table)
    if (known) known.spots = undefined
    this.#known.delete(table)
  }
}
