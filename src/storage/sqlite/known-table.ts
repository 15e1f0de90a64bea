import type { TableIndexEntry } from './table-index.ts'

/** Spot is the position of a part of a table in the journal, linked to the position of the previous part. */
interface Spot {
  readonly place: number
  /** The character in the row at which the part begins. */
  readonly from: number
  /** The number of the event before the part. */
  readonly expected: number
  readonly before: Spot | undefined
}

/** KnownTable has the data of a table in memory: the version, and the positions of the parts. */
export class KnownTable {
  version: number
  /** Positions of the parts that the index has. */
  places: string
  /** Positions of the parts that the index lacks, beginning with the last part. */
  spots: Spot | undefined
  ended: number | undefined
  counts: boolean
  /** True if the table has ended, and its entry waits for a block. */
  finished = false

  constructor({ version, places, ended, counts }: TableIndexEntry) {
    this.version = version
    this.places = places
    this.spots = undefined
    this.ended = ended
    this.counts = counts
  }

  /** The present entry of the table, which the index perhaps does not have yet. */
  get entry(): TableIndexEntry {
    let later = ''
    for (let spot = this.spots; spot; spot = spot.before) later = ` ${spot.place}:${spot.from}${later}`
    return { version: this.version, places: this.places + later, ended: this.ended, counts: this.counts }
  }

  /** Records that the index now has this entry. */
  markIndexed({ places }: TableIndexEntry): void {
    this.places = places
    this.spots = undefined
  }
}

/** The entry of a table without events. */
export const NEW_ENTRY: TableIndexEntry = { version: 0, places: '', ended: undefined, counts: false }

/** JournalPosition is the position of a part in the journal: a place, and a character in the row. */
export interface JournalPosition {
  readonly place: number
  readonly from: number
}

/** Parses the positions of an entry, in the order of the events. */
export function parsePositions({ places }: TableIndexEntry): JournalPosition[] {
  return places
    .split(' ')
    .slice(1)
    .map((one) => {
      const [place = 0, from = 0] = one.split(':').map(Number)
      return { place, from }
    })
}
