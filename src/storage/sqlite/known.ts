import type { Entry } from './directory.ts'

/** Spot is where one addition to a table stands in the journal, after others. */
interface Spot {
  readonly place: number
  /** The character from which on it stands there. */
  readonly from: number
  /** The number of the event before it. */
  readonly expected: number
  readonly before: Spot | undefined
}

/** Known is what is in memory of a table. */
export class Known {
  version: number
  /** Places of its events, as far as the directory has them. */
  places: string
  /** Spots of the events that the directory does not have. */
  spots: Spot | undefined
  ended: number | undefined
  counts: boolean
  /** True if it has ended, and goes into a block with others. */
  finished = false

  constructor({ version, places, ended, counts }: Entry) {
    this.version = version
    this.places = places
    this.spots = undefined
    this.ended = ended
    this.counts = counts
  }

  /** Entry that the directory should have. */
  get entry(): Entry {
    let later = ''
    for (let spot = this.spots; spot; spot = spot.before) later = ` ${spot.place}:${spot.from}${later}`
    return { version: this.version, places: this.places + later, ended: this.ended, counts: this.counts }
  }

  /** The directory has it as it is. */
  noted({ places }: Entry): void {
    this.places = places
    this.spots = undefined
  }
}

/** The entry of a table that has no events. */
export const NEW: Entry = { version: 0, places: '', ended: undefined, counts: false }

/** Position is where a part of a table's events stands: a place in the journal, and a character there. */
export interface Position {
  readonly place: number
  readonly from: number
}

/** The positions of an entry, in the order of the events. */
export function positionsOf({ places }: Entry): Position[] {
  return places
    .split(' ')
    .slice(1)
    .map((one) => {
      const [place = 0, from = 0] = one.split(':').map(Number)
      return { place, from }
    })
}
