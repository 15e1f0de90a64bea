import { type TableEvent, type TableId, type TableLog, VersionConflict } from '../hall/ports.ts'
import type { Commits } from './commits.ts'
import { decodeEvent, encodeEvent } from './events.ts'
import { Followers } from './followers.ts'

/** Addition is what one append brings to a shelf: events as text, the first of them with the number `expected` + 1. */
export interface Addition {
  readonly table: TableId
  readonly expected: number
  readonly texts: readonly string[]
  /** Where the table ends with it: the number of that event, and whether it counts for the ladder. */
  readonly ending: { readonly n: number; readonly counts: boolean } | undefined
}

/** Shelf is where the events of a log lie, as text: what memory and a database do each in its own way. */
export interface Shelf {
  /** The highest number that a table has, 0 where there is none. */
  highest(): TableId
  /** Adds events behind a table's last one where that has the expected number; answers whether it has. For `Commits`. */
  add(addition: Addition): boolean
  /** The texts of a table's events after the number `after`, in order. */
  read(table: TableId, after: number): readonly string[]
  /** The tables that have not ended, in order. */
  unfinished(): readonly TableId[]
  /** The tables that have ended and count, in the order in which they did; `undefined` where `after` has not ended. */
  ended(after: TableId | undefined): readonly TableId[] | undefined
}

/** Log is a `TableLog` whose events lie on a shelf. */
export class Log implements TableLog {
  readonly #shelf: Shelf
  readonly #commits: Commits
  readonly #followers = new Followers()
  #next: TableId

  constructor(shelf: Shelf, commits: Commits) {
    this.#shelf = shelf
    this.#commits = commits
    this.#next = shelf.highest() + 1
  }

  newTable(): TableId {
    return this.#next++
  }

  async append(table: TableId, expected: number, events: readonly TableEvent[]): Promise<void> {
    const addition = additionOf(table, expected, events)
    if (table >= this.#next) this.#next = table + 1
    await this.#commits.add(
      () => this.#shelf.add(addition) || new VersionConflict(table, expected),
      (_, onTrouble) => {
        if (events.length > 0) this.#followers.tell(table, events, onTrouble)
      },
    )
  }

  async read(table: TableId, after: number): Promise<readonly TableEvent[]> {
    return this.#shelf.read(table, after).map((text, at) => decodeEvent(table, after + 1 + at, text))
  }

  follow(table: TableId, then: (events: readonly TableEvent[]) => void): () => void {
    return this.#followers.add(table, then)
  }

  async unfinished(): Promise<readonly TableId[]> {
    return this.#shelf.unfinished()
  }

  /** The tables that have ended and count; rejects with a RangeError where `after` has not ended. */
  async ended(after?: TableId): Promise<readonly TableId[]> {
    const tables = this.#shelf.ended(after)
    if (!tables) throw new RangeError(`table ${after} has not ended, so none can be said to have ended after it`)
    return tables
  }
}

/** Throws a RangeError or a TypeError, with a sentence, for what cannot be appended anywhere. */
function additionOf(table: TableId, expected: number, events: readonly TableEvent[]): Addition {
  if (!Number.isSafeInteger(table) || table < 1) throw new RangeError(`the number of a table is a whole number from 1, not ${table}`)
  let ending: Addition['ending']
  const texts = events.map((event, at) => {
    const n = expected + 1 + at
    if (event.n !== n) throw new RangeError(`the event of table ${table} to append has the number ${event.n}, and should have ${n}`)
    if (event.type === 'ended') ending ??= { n, counts: event.counts === true }
    return encodeEvent(table, event)
  })
  return { table, expected, texts, ending }
}
