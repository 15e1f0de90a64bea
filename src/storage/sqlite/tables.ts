import type { TableId } from '../../hall/ports.ts'
import type { OnTrouble } from '../commits.ts'
import { damaged } from '../events.ts'
import type { Addition, Shelf } from '../log.ts'
import type { Database } from './database.ts'
import { type Cover, Directory, type Entry } from './directory.ts'
import { Journal, partAt, partOf, partsOf } from './journal.ts'

/** How the directory follows the journal. */
export interface Pace {
  /** How many characters the journal is ahead before it follows: so much is read on opening. */
  readonly lag: number
  /** How many entries are written at once, while nothing else can happen. */
  readonly entries: number
}

const PACE: Pace = { lag: 4_000_000, entries: 128 }

/** Known is what is in memory of a table. */
interface Known extends Entry {
  /** The directory has it as it is here. */
  readonly noted: boolean
}

const NEW: Known = { version: 0, places: '', ended: undefined, counts: false, noted: true }

/** Update is the directory on its way to where the journal was when it began: `done` of these tables have their entries. */
interface Update {
  readonly cover: Cover
  readonly tables: readonly TableId[]
  done: number
}

/**
 * SqliteShelf keeps events in the table `journal`, where each commit adds one row with all that it brings, and nothing
 * is ever changed. What an append is compared with is in memory, as is where in the journal all that lies which is not
 * yet in the directory: that follows some way behind.
 */
export class SqliteShelf implements Shelf {
  readonly #database: Database
  readonly #journal: Journal
  readonly #directory: Directory
  readonly #onTrouble: OnTrouble
  readonly #pace: Pace
  /** The tables that have not ended, and those that the directory does not have as they are. */
  readonly #known = new Map<TableId, Known>()
  /** Characters that the journal is ahead of the directory, or of where that is on its way to. */
  #ahead = 0
  /** The last place in the journal, how many tables have ended by then, and the highest number that a table has. */
  #place: number
  #ended: number
  #highest: TableId
  #update: Update | undefined
  #turn: NodeJS.Immediate | undefined
  /** What the commit under way brings, and what was in memory before of the tables that it is about. */
  #parts = ''
  #before: (readonly [TableId, Known | undefined])[] = []

  /** What goes wrong with the directory is told to `onTrouble`: nothing is lost by that, and it will be tried again. */
  constructor(database: Database, onTrouble: OnTrouble, pace = PACE) {
    this.#database = database
    this.#journal = new Journal(database)
    this.#directory = new Directory(database)
    this.#onTrouble = onTrouble
    this.#pace = pace
    const { place, ended } = this.#directory.covered()
    this.#place = place
    this.#ended = ended
    this.#highest = this.#directory.highest()
    for (const [table, entry] of this.#directory.unfinished()) this.#known.set(table, { ...entry, noted: true })
    this.#readOn()
  }

  highest(): TableId {
    return this.#highest
  }

  /** Runs work that may add, and keeps what it adds, in one transaction. */
  transaction(work: () => void): void {
    const ended = this.#ended
    try {
      this.#database.transaction(() => {
        work()
        if (this.#parts !== '') this.#journal.add(this.#place + 1, this.#parts)
      })
      if (this.#parts !== '') this.#passed(this.#parts)
    } catch (error) {
      for (const [table, known] of this.#before.toReversed()) this.#restore(table, known)
      this.#ended = ended
      throw error
    } finally {
      this.#parts = ''
      this.#before = []
    }
  }

  add(addition: Addition): boolean {
    const known = this.#known.get(addition.table)
    const before = known ?? this.#find(addition.table)
    if (before.version !== addition.expected) return false
    if (addition.count === 0) return true
    this.#before.push([addition.table, known])
    this.#learn(addition, this.#parts.length, before)
    this.#parts += partOf(addition, before.ended === undefined ? addition.ending : undefined)
    return true
  }

  read(table: TableId): string {
    return this.#database.ask(() => {
      const { version, places } = this.#known.get(table) ?? this.#find(table)
      let lines = ''
      let n = 0
      for (const [place = 0, from = 0] of places
        .split(' ')
        .slice(1)
        .map((one) => one.split(':').map(Number))) {
        const part = partAt(this.#journal.at(place), from)
        if (part?.table !== table || part.expected !== n) throw damaged(table, n + 1, 'it is not there')
        lines += part.lines
        n += part.count
      }
      if (n < version) throw damaged(table, n + 1, 'it is not there')
      if (n > version) throw damaged(table, version + 1, 'it should not be there')
      return lines
    })
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
    if (this.#ahead > 0 || this.#update) this.#update = this.#begun()
    while (this.#update) this.#write(this.#update)
  }

  /** Reads what stands in the journal behind the directory. */
  #readOn(): void {
    for (const batch of this.#journal.after(this.#place)) {
      for (const part of partsOf(batch, this.#place + 1)) {
        const before = this.#known.get(part.table) ?? this.#find(part.table)
        if (part.expected >= before.version) this.#learn(part, part.from, before)
        else if (part.ending) this.#ended++
      }
      this.#passed(batch)
    }
  }

  /** What is known of a table that is not in memory. */
  #find(table: TableId): Known {
    const entry = table > this.#highest ? undefined : this.#directory.find(table)
    return entry ? { ...entry, noted: true } : NEW
  }

  /** Learns what the next place of the journal has of a table, from a character on. */
  #learn({ table, expected, count, ending }: Addition, from: number, before: Known): void {
    const ends = ending !== undefined && before.ended === undefined
    if (ends) this.#ended++
    if (table > this.#highest) this.#highest = table
    this.#known.set(table, {
      version: expected + count,
      places: `${before.places} ${this.#place + 1}:${from}`,
      ended: ends ? this.#ended : before.ended,
      counts: ends ? ending === 'counts' : before.counts,
      noted: false,
    })
  }

  #restore(table: TableId, known: Known | undefined): void {
    if (known) this.#known.set(table, known)
    else this.#known.delete(table)
  }

  /** The next place of the journal has this batch. */
  #passed(batch: string): void {
    this.#place++
    this.#ahead += batch.length
    if (this.#ahead > this.#pace.lag) this.#turn ??= setImmediate(() => this.#advance())
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
    const tables = [...this.#known].filter(([, { noted }]) => !noted).map(([table]) => table)
    return { cover: { place: this.#place, ended: this.#ended }, tables: tables.sort((one, other) => one - other), done: 0 }
  }

  /** Writes some of the entries of an update; it ends with the last of them, or where they cannot be written. */
  #write(update: Update): void {
    const { tables, cover, done } = update
    const chunk = tables.slice(done, done + this.#pace.entries)
    const last = done + chunk.length === tables.length
    if (last) this.#update = undefined
    try {
      this.#database.transaction(() => {
        for (const table of chunk) this.#directory.set(table, this.#known.get(table) ?? NEW)
        if (last) this.#directory.cover(cover)
      })
    } catch (error) {
      this.#update = undefined
      this.#onTrouble(error)
      return
    }
    update.done += chunk.length
    for (const table of chunk) this.#noted(table)
  }

  /** The directory has a table as it is: one that has ended need not be in memory any more. */
  #noted(table: TableId): void {
    const known = this.#known.get(table)
    if (known?.ended !== undefined) this.#known.delete(table)
    else if (known) this.#known.set(table, { ...known, noted: true })
  }
}
